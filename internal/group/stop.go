package group

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall"
	"time"

	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/property"
)

const (
	// terminateLimit is how long a process has between SIGTERM and SIGKILL.
	terminateLimit = 2 * time.Second

	// killLimit is how long the kernel has to end what was killed.
	killLimit = 10 * time.Second

	// defaultGrace is how long a process that was told to stop may take.
	defaultGrace = 10 * time.Second
)

// StopOptions adjust [Stop]. A nil *StopOptions means the defaults.
type StopOptions struct {
	// Grace is how long a role may take after it was told to stop. If zero, 10
	// seconds, and for a plain program what its property command says.
	Grace time.Duration

	// By is what stops them, for the history. If empty, "ansar stop".
	By string

	// Stopped is called for each role that is gone, one at a time. If nil, nobody
	// is told.
	Stopped func(role string)
}

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

// Stop stops the roles of a selection that are running, and returns when the last
// of their processes is gone. A role that comes after another by the property
// after is stopped before it, all others at once. It returns the roles that took
// more than to be told.
//
// A component is told by SIGINT; a keeper or the runner of a plain program by
// SIGTERM, and tells its program in turn. What is left after the grace gets
// SIGTERM, 2 seconds later SIGKILL, with its process group and its session. One
// that takes its time holds up only those that must outlive it.
//
// When ctx ends, Stop stops waiting and returns its error; what was told to stop
// stays told. Processes that cannot be seen from here are not signalled, and are
// an error. The caller has reserved the roles.
func Stop(ctx context.Context, h *home.Home, roles []home.Role, members []Member, o *StopOptions) ([]Hard, error) {
	o = cmp.Or(o, &StopOptions{})
	for _, m := range members {
		for _, p := range m.holders() {
			if !p.Visible {
				return nil, fmt.Errorf("cannot stop %q, process %d is in another pid namespace or on another machine: stop it there",
					m.Role, p.PID)
			}
		}
	}
	known, after := map[string]home.Role{}, map[string][]string{}
	if order, err := newOrder(h, roles); err == nil { // what cannot be ordered must be stopped all the same
		after = order.backwards()
	}
	for _, role := range roles {
		known[role.Name] = role
	}
	names := make([]string, 0, len(members))
	for _, m := range members {
		names = append(names, m.Role)
	}
	gates := newGates(names, after)
	var (
		wait sync.WaitGroup
		mu   sync.Mutex // guards the fields below
		hard []Hard
		errs []error
	)
	for _, m := range members {
		wait.Go(func() {
			defer gates.open(m.Role, nil) // also of one that cannot be stopped: the others still must be
			if _, err := gates.pass(ctx, m.Role); err != nil {
				return
			}
			s := &stopping{home: h, role: known[m.Role], by: cmp.Or(o.By, "ansar stop"), grace: o.Grace}
			last, err := s.stop(ctx, m)
			mu.Lock()
			defer mu.Unlock()
			if err == nil && o.Stopped != nil {
				o.Stopped(m.Role)
			}
			if err != nil {
				errs = append(errs, err)
			}
			if last != syscall.SIGINT {
				hard = append(hard, Hard{m.Role, m.PID(), last})
			}
		})
	}
	wait.Wait()
	if err := ctx.Err(); err != nil {
		return hard, err
	}
	return hard, errors.Join(errs...)
}

// stopping is the stop of one role.
type stopping struct {
	home  *home.Home
	role  home.Role
	by    string
	grace time.Duration // zero: by the role
}

// stop stops all processes of a role, and what a keeper starts in between. It
// returns the last signal that was needed, SIGINT if it was enough to tell them.
func (s *stopping) stop(ctx context.Context, m Member) (syscall.Signal, error) {
	hardest := syscall.SIGINT
	for next := &m; next != nil; {
		s.note(m)
		last, err := s.stopMember(ctx, *next)
		hardest = harder(hardest, last)
		if err != nil {
			return hardest, err
		}
		if next, err = member(s.home, s.role); err != nil {
			return hardest, err
		}
	}
	if m.runs() && m.Holder != nil {
		hardest = harder(hardest, s.byRunner(m.Plain))
	}
	return hardest, nil
}

// byRunner is the last signal that the runner of the role had to use, as far as
// the history tells: what it says of a plain program, and what has ended a
// component, which was told by SIGINT.
func (s *stopping) byRunner(plain bool) syscall.Signal {
	last, err := history.Of(s.home, s.role.Name).Last()
	if err != nil || last == nil || last.End == nil {
		return syscall.SIGINT
	}
	used := last.End.Forced
	if !plain && last.End.How == history.Signalled {
		used = last.End.Signal
	}
	for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM} {
		if used == signal.String() {
			return signal
		}
	}
	return syscall.SIGINT
}

// note writes into the history who stops the role. That it cannot must not keep
// the role from being stopped.
func (s *stopping) note(m Member) {
	file := history.Of(s.home, m.Role)
	if last, err := file.Last(); err == nil && last != nil && last.Open() {
		_ = file.Stopping(last.Number, s.by)
	}
}

// stopMember stops the processes that a role has now.
func (s *stopping) stopMember(ctx context.Context, m Member) (syscall.Signal, error) {
	var processes []*process
	defer func() {
		for _, p := range processes {
			p.close()
		}
	}()
	for _, holder := range m.holders() {
		p, err := openProcess(holder.PID)
		if errors.Is(err, syscall.ESRCH) {
			continue
		}
		if err != nil {
			return syscall.SIGINT, s.blame(m, err)
		}
		processes = append(processes, p)
		if !holder.Alive() { // another process has the id by now
			p.close()
			processes = processes[:len(processes)-1]
		}
	}
	last := syscall.SIGINT
	for _, step := range s.steps(m) {
		last = step.result
		if err := s.send(processes, step.signal); err != nil {
			return last, s.blame(m, err)
		}
		if ended, err := waitAll(ctx, processes, step.limit); ended || err != nil {
			return last, err
		}
	}
	return last, s.blame(m, errors.New("it cannot be killed, the system holds it"))
}

func (s *stopping) blame(m Member, err error) error {
	return fmt.Errorf("stop %q (%d): %w", m.Role, m.PID(), err)
}

// step is a signal, how long it may take, and what it is to people.
type step struct {
	signal, result syscall.Signal
	limit          time.Duration
}

// steps are what is tried to stop a member, in order. A runner has a plan of its
// own: it gets the time to carry it out, unless the caller was in a hurry.
func (s *stopping) steps(m Member) []step {
	first := step{syscall.SIGINT, syscall.SIGINT, cmp.Or(s.grace, defaultGrace)}
	if m.runs() {
		first.signal = syscall.SIGTERM
		if s.grace == 0 {
			first.limit = ownGrace(s.role) + terminateLimit + time.Second
		}
	}
	return []step{
		first,
		{syscall.SIGTERM, syscall.SIGTERM, terminateLimit},
		{syscall.SIGKILL, syscall.SIGKILL, killLimit},
	}
}

// send signals the leader of the processes, which is the first, or kills all of
// them with all that is below them.
func (s *stopping) send(processes []*process, signal syscall.Signal) error {
	if signal != syscall.SIGKILL {
		processes = processes[:min(1, len(processes))]
	}
	for _, p := range processes {
		if err := p.signal(signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return err
		}
		_ = p.signal(syscall.SIGCONT) // one that is suspended must wake to end
	}
	return nil
}

// waitAll waits until all the processes have ended, and reports whether they
// have.
func waitAll(ctx context.Context, processes []*process, limit time.Duration) (bool, error) {
	until := time.Now().Add(limit)
	for _, p := range processes {
		if ended, err := p.wait(ctx, time.Until(until)); !ended || err != nil {
			return false, err
		}
	}
	return true, nil
}

// harder returns the harder of two signals, as stops go.
func harder(a, b syscall.Signal) syscall.Signal {
	rank := map[syscall.Signal]int{syscall.SIGINT: 0, syscall.SIGTERM: 1, syscall.SIGKILL: 2}
	if rank[b] > rank[a] {
		return b
	}
	return a
}

// ownGrace is how long a role may take to stop by its own account.
func ownGrace(role home.Role) time.Duration {
	set, err := property.Of(role)
	if err != nil || set.Command() == nil {
		return defaultGrace
	}
	return set.Command().Grace
}
