package runner

import (
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/osproc"
)

// found is a process that plays a role already. It is held by a descriptor, so
// that it stays the same one whoever gets its id later.
type found struct {
	pid  int
	file *os.File
	done chan struct{}
}

// findHolder holds the process that holds a lock. It returns nil if that has ended.
func findHolder(holder *home.Holder) (*found, error) {
	fd, err := unix.PidfdOpen(holder.PID, unix.PIDFD_NONBLOCK)
	if err == unix.EINVAL { // a kernel before 5.10
		if fd, err = unix.PidfdOpen(holder.PID, 0); err == nil {
			err = unix.SetNonblock(fd, true)
		}
	}
	if err == unix.ESRCH {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("watch process %d: %w", holder.PID, err)
	}
	f := &found{holder.PID, os.NewFile(uintptr(fd), "pidfd"), make(chan struct{})}
	if !holder.Alive() { // another process has the id by now
		_ = f.file.Close()
		return nil, nil
	}
	go f.await()
	return f, nil
}

// await waits for the end of the process. It takes no thread.
func (f *found) await() {
	defer close(f.done)
	conn, err := f.file.SyscallConn()
	if err != nil {
		return
	}
	_ = conn.Read(func(fd uintptr) bool {
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		n, err := unix.Poll(fds, 0)
		return n > 0 || err != nil && err != unix.EINTR
	})
}

func (f *found) Pid() int              { return f.pid }
func (f *found) Done() <-chan struct{} { return f.done }
func (f *found) Exit() osproc.Exit     { return osproc.Exit{Status: -1} }

// Signal sends a signal to the process and nothing else.
func (f *found) Signal(s syscall.Signal) error {
	conn, err := f.file.SyscallConn()
	if err != nil {
		return err
	}
	closed := conn.Control(func(fd uintptr) { err = unix.PidfdSendSignal(int(fd), s, nil, 0) })
	if closed != nil {
		return closed
	}
	return err
}

// SignalGroup sends a signal to the group that the process leads, too.
func (f *found) SignalGroup(s syscall.Signal) error {
	if f.Signal(0) == nil { // it is there, so the id is its own
		if group, err := syscall.Getpgid(f.pid); err == nil && group == f.pid {
			_ = syscall.Kill(-f.pid, s)
		}
	}
	return f.Signal(s)
}
