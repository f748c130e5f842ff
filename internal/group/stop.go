package group

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/ansar-go/ansar/internal/home"
)

// terminateLimit is how long a process has between SIGTERM and SIGKILL.
const terminateLimit = 2 * time.Second

// killLimit is how long the kernel has to end what was killed.
const killLimit = 10 * time.Second

// defaultGrace is how long a process that was told to stop may take.
const defaultGrace = 10 * time.Second

// Hard is a role that did not stop when it was told to, and the last signal
// that it was sent.
type Hard struct {
	Role   string
	PID    int
	Signal syscall.Signal
}

// String returns one line for people.
func (e Hard) String() string {
	how := "terminated"
	if e.Signal == syscall.SIGKILL {
		how = "killed"
	}
	return fmt.Sprintf("role %q (%d) did not stop in time and was %s", e.Role, e.PID, how)
}

// Stop stops processes, all at once, and returns when the last of them is gone:
// SIGINT, after the grace (zero: 10 seconds) SIGTERM, 2 seconds later SIGKILL to
// its process group. It returns the roles that took more than SIGINT.
//
// When ctx ends, Stop stops waiting and returns its error; what was told to stop
// stays told. Processes that cannot be seen from here are not signalled, and are
// an error.
func Stop(ctx context.Context, members []Member, grace time.Duration) ([]Hard, error) {
	for _, m := range members {
		if !m.Holder.Visible {
			return nil, fmt.Errorf("cannot stop %q, process %d is in another pid namespace or on another machine: stop it there",
				m.Role, m.Holder.PID)
		}
	}
	var (
		wait sync.WaitGroup
		mu   sync.Mutex // guards the fields below
		hard []Hard
		errs []error
	)
	for _, m := range members {
		wait.Go(func() {
			last, err := stopOne(ctx, m, cmp.Or(grace, defaultGrace))
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				errs = append(errs, err)
			}
			if last != syscall.SIGINT {
				hard = append(hard, Hard{m.Role, m.Holder.PID, last})
			}
		})
	}
	wait.Wait()
	if err := ctx.Err(); err != nil {
		return hard, err
	}
	return hard, errors.Join(errs...)
}

// stopOne stops the process of one role. It returns the last signal sent.
func stopOne(ctx context.Context, m Member, grace time.Duration) (syscall.Signal, error) {
	p, err := openProcess(m.Holder.PID)
	if errors.Is(err, syscall.ESRCH) {
		return syscall.SIGINT, nil
	}
	if err != nil {
		return syscall.SIGINT, fmt.Errorf("stop %q (%d): %w", m.Role, m.Holder.PID, err)
	}
	defer p.close()
	if !m.Holder.Alive() { // another process has the id by now
		return syscall.SIGINT, nil
	}
	last := syscall.SIGINT
	for _, step := range []struct {
		signal syscall.Signal
		limit  time.Duration
	}{{syscall.SIGINT, grace}, {syscall.SIGTERM, terminateLimit}, {syscall.SIGKILL, killLimit}} {
		last = step.signal
		if err := p.signal(step.signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return last, fmt.Errorf("stop %q (%d): %w", m.Role, m.Holder.PID, err)
		}
		_ = p.signal(syscall.SIGCONT) // one that is suspended must wake to end
		ended, err := p.wait(ctx, step.limit)
		if ended || err != nil {
			return last, err
		}
	}
	return last, fmt.Errorf("stop %q (%d): it cannot be killed, the system holds it", m.Role, m.Holder.PID)
}

// killGroup kills the process group of pid, if it leads one of its own. The
// caller has seen that pid is still the process meant.
func killGroup(pid int) {
	group, err := syscall.Getpgid(pid)
	if err == nil && group == pid && pid != os.Getpid() {
		_ = syscall.Kill(-pid, syscall.SIGKILL) // it may be gone already
	}
}

// Clear sees to it that none of the roles runs: it is an error, a
// *[RunningError], if one does, unless force is set: then they are stopped as by
// [Stop].
func Clear(ctx context.Context, h *home.Home, search string, roles []home.Role, force bool, grace time.Duration) ([]Hard, error) {
	members, err := Running(h, roles)
	if err != nil || len(members) == 0 {
		return nil, err
	}
	if !force {
		return nil, &RunningError{search, members}
	}
	hard, err := Stop(ctx, members, grace)
	if err != nil {
		return hard, err
	}
	members, err = Running(h, roles)
	if err == nil && len(members) > 0 {
		err = &RunningError{search, members} // somebody has started them again
	}
	return hard, err
}
