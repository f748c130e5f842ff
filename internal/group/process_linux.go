package group

import (
	"context"
	"errors"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// process is another process, held by a descriptor: it stays the same one
// whoever gets its id later.
type process struct{ pid, fd int }

func openProcess(pid int) (*process, error) {
	fd, err := unix.PidfdOpen(pid, 0)
	return &process{pid, fd}, err
}

func (p *process) close() { _ = unix.Close(p.fd) }

// signal sends a signal; SIGKILL goes to all that is below the process as well,
// and to the group and the session that it leads.
func (p *process) signal(s syscall.Signal) error {
	if s != syscall.SIGKILL {
		return unix.PidfdSendSignal(p.fd, s, nil, 0)
	}
	below := offspring(p.pid)
	err := unix.PidfdSendSignal(p.fd, s, nil, 0)
	if err == nil || errors.Is(err, syscall.ESRCH) && len(below) > 0 {
		killAll(below)
	}
	return err
}

// wait waits for the end of the process, and reports whether it came.
func (p *process) wait(ctx context.Context, limit time.Duration) (bool, error) {
	var wake [2]int
	if err := unix.Pipe2(wake[:], unix.O_CLOEXEC); err != nil {
		return false, err
	}
	defer unix.Close(wake[0])
	unwatch := context.AfterFunc(ctx, func() { _ = unix.Close(wake[1]) })
	defer func() {
		if unwatch() {
			_ = unix.Close(wake[1])
		}
	}()
	until := time.Now().Add(limit)
	for {
		fds := []unix.PollFd{{Fd: int32(p.fd), Events: unix.POLLIN}, {Fd: int32(wake[0]), Events: unix.POLLIN}}
		left := max(0, time.Until(until))
		_, err := unix.Poll(fds, int((left+time.Millisecond-1)/time.Millisecond))
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case err != nil:
			return false, err
		case fds[0].Revents != 0:
			return true, nil
		case fds[1].Revents != 0:
			return false, ctx.Err()
		case left == 0:
			return false, nil
		}
	}
}
