package history

import (
	"context"
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// process is another process, whose end a kernel queue tells.
type process struct{ queue int }

func openProcess(pid int) (*process, error) {
	queue, err := unix.Kqueue()
	if err != nil {
		return nil, err
	}
	unix.CloseOnExec(queue)
	event := []unix.Kevent_t{{Ident: uint64(pid), Filter: unix.EVFILT_PROC, Flags: unix.EV_ADD, Fflags: unix.NOTE_EXIT}}
	if _, err := unix.Kevent(queue, event, nil, nil); err != nil {
		return nil, errors.Join(err, unix.Close(queue))
	}
	return &process{queue}, nil
}

func (p *process) close() { _ = unix.Close(p.queue) }

// ended reports whether the process has ended: who has cannot be opened.
func (p *process) ended() bool { return false }

// wait waits for the end of the process or of ctx, and reports whether the
// process has ended.
func (p *process) wait(ctx context.Context) (ended bool) {
	var wake [2]int
	if err := unix.Pipe(wake[:]); err != nil {
		return false
	}
	defer unix.Close(wake[0])
	unwatch := context.AfterFunc(ctx, func() { _ = unix.Close(wake[1]) })
	defer func() {
		if unwatch() {
			_ = unix.Close(wake[1])
		}
	}()
	watch := []unix.Kevent_t{{Ident: uint64(wake[0]), Filter: unix.EVFILT_READ, Flags: unix.EV_ADD}}
	for {
		events := make([]unix.Kevent_t, 1)
		_, err := unix.Kevent(p.queue, watch, events, nil)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		return err == nil && events[0].Filter == unix.EVFILT_PROC
	}
}
