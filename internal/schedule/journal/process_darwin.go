package journal

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// process is another process, whose end a kernel queue tells.
type process struct {
	pid   int
	queue int
	wake  [2]int // a pipe: its end is closed to end the waiting
}

// openProcess returns the process with that id. The error is ESRCH if there is none.
func openProcess(pid int) (*process, error) {
	p := &process{pid: pid}
	var err error
	if p.queue, err = unix.Kqueue(); err != nil {
		return nil, err
	}
	unix.CloseOnExec(p.queue)
	if err := unix.Pipe(p.wake[:]); err != nil {
		return nil, errors.Join(err, unix.Close(p.queue))
	}
	unix.CloseOnExec(p.wake[0])
	unix.CloseOnExec(p.wake[1])
	events := []unix.Kevent_t{
		{Ident: uint64(pid), Filter: unix.EVFILT_PROC, Flags: unix.EV_ADD, Fflags: unix.NOTE_EXIT},
		{Ident: uint64(p.wake[0]), Filter: unix.EVFILT_READ, Flags: unix.EV_ADD},
	}
	if _, err := unix.Kevent(p.queue, events, nil, nil); err != nil {
		p.cancel()
		p.close()
		return nil, err
	}
	return p, nil
}

// wait returns when the process has ended, or after cancel.
func (p *process) wait() {
	for {
		_, err := unix.Kevent(p.queue, nil, make([]unix.Kevent_t, 1), nil)
		if !errors.Is(err, syscall.EINTR) {
			return
		}
	}
}

func (p *process) cancel() { _ = unix.Close(p.wake[1]) }

func (p *process) close() {
	_ = unix.Close(p.wake[0])
	_ = unix.Close(p.queue)
}
