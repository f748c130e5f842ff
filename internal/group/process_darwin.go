package group

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// process is another process, whose end a kernel queue tells.
type process struct{ pid, queue int }

func openProcess(pid int) (*process, error) {
	queue, err := unix.Kqueue()
	if err != nil {
		return nil, err
	}
	unix.CloseOnExec(queue)
	event := []unix.Kevent_t{{Ident: uint64(pid), Filter: unix.EVFILT_PROC, Flags: unix.EV_ADD, Fflags: unix.NOTE_EXIT}}
	if _, err := unix.Kevent(queue, event, nil, nil); err != nil {
		_ = unix.Close(queue)
		return nil, err
	}
	return &process{pid, queue}, nil
}

func (p *process) close() { _ = unix.Close(p.queue) }

// signal sends a signal; SIGKILL goes to the whole group that the process leads.
func (p *process) signal(s syscall.Signal) error {
	if s == syscall.SIGKILL {
		killGroup(p.pid)
	}
	return syscall.Kill(p.pid, s)
}

// wait waits for the end of the process, and reports whether it came.
func (p *process) wait(ctx context.Context, limit time.Duration) (bool, error) {
	var wake [2]int
	if err := unix.Pipe(wake[:]); err != nil {
		return false, err
	}
	defer unix.Close(wake[0])
	unwatch := context.AfterFunc(ctx, func() { _ = unix.Close(wake[1]) })
	defer func() {
		if unwatch() {
			_ = unix.Close(wake[1])
		}
	}()
	watch := []unix.Kevent_t{{Ident: uint64(wake[0]), Filter: unix.EVFILT_READ, Flags: unix.EV_ADD}}
	until := time.Now().Add(limit)
	for {
		left := unix.NsecToTimespec(max(0, time.Until(until)).Nanoseconds())
		events := make([]unix.Kevent_t, 1)
		n, err := unix.Kevent(p.queue, watch, events, &left)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case err != nil:
			return false, err
		case n == 0:
			return false, nil
		case events[0].Filter == unix.EVFILT_PROC:
			return true, nil
		default:
			return false, ctx.Err()
		}
	}
}

// killGroup kills the process group of pid, if it leads one of its own. The
// caller has seen that pid is still the process meant.
func killGroup(pid int) {
	group, err := syscall.Getpgid(pid)
	if err == nil && group == pid && pid != os.Getpid() {
		_ = syscall.Kill(-pid, syscall.SIGKILL) // it may be gone already
	}
}
