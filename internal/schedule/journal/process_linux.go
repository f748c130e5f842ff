package journal

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// process is another process, held by a descriptor that tells its end.
type process struct {
	pid  int
	file *os.File
}

// openProcess returns the process with that id. The error is ESRCH if there is none.
func openProcess(pid int) (*process, error) {
	fd, err := unix.PidfdOpen(pid, unix.PIDFD_NONBLOCK)
	if err != nil {
		return nil, err
	}
	return &process{pid, os.NewFile(uintptr(fd), "process")}, nil
}

// wait returns when the process has ended, or after cancel.
func (p *process) wait() {
	conn, err := p.file.SyscallConn()
	if err != nil {
		return
	}
	_ = conn.Read(func(fd uintptr) bool { // the error is that of cancel
		for {
			n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
			if !errors.Is(err, unix.EINTR) {
				return n > 0
			}
		}
	})
}

// over reports whether the process has ended.
func (p *process) over() bool {
	over := false
	conn, err := p.file.SyscallConn()
	if err != nil {
		return false
	}
	_ = conn.Control(func(fd uintptr) { // the file is open
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
		over = err == nil && n > 0
	})
	return over
}

func (p *process) cancel() { _ = p.file.SetReadDeadline(time.Unix(1, 0)) }

func (p *process) close() { _ = p.file.Close() }
