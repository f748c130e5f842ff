package history

import (
	"context"
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// process is another process, held by a descriptor that tells its end.
type process struct{ file *os.File }

func openProcess(pid int) (*process, error) {
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return nil, err
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		return nil, errors.Join(err, unix.Close(fd))
	}
	file := os.NewFile(uintptr(fd), "process")
	if err := file.SetReadDeadline(time.Time{}); err != nil { // the one way to ask whether it is polled
		return nil, errors.Join(err, file.Close())
	}
	return &process{file}, nil
}

func (p *process) close() { _ = p.file.Close() }

// ended reports whether all of the process has ended.
func (p *process) ended() (ended bool) {
	conn, err := p.file.SyscallConn()
	if err != nil {
		return false
	}
	_ = conn.Control(func(fd uintptr) { ended = readable(fd) }) // it is open
	return ended
}

// wait waits for the end of the process or of ctx, and reports whether the
// process has ended.
func (p *process) wait(ctx context.Context) (ended bool) {
	conn, err := p.file.SyscallConn()
	if err != nil {
		return false
	}
	unwatch := context.AfterFunc(ctx, func() { _ = p.file.SetReadDeadline(time.Unix(1, 0)) })
	defer unwatch()
	_ = conn.Read(func(fd uintptr) bool { // an error is that of ctx
		ended = readable(fd)
		return ended
	})
	return ended
}

func readable(fd uintptr) bool {
	for {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
		if !errors.Is(err, unix.EINTR) {
			return n > 0
		}
	}
}
