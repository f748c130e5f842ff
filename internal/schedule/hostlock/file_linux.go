package hostlock

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// file is an open lock file, locked or not. The length of the locked range is the id of
// the holder: the kernel tells no id for such locks, but this way it tells one, and at once.
type file struct {
	fd   int
	path string
}

// open opens the file to lock it, and makes it where it is missing, or only to ask about it.
func open(path string, toLock bool) (*file, error) {
	flags := unix.O_RDONLY // or those who wait would be woken by the end of the question
	if toLock {
		flags = unix.O_RDWR | unix.O_CREAT
	}
	fd, err := openFile(path, flags)
	if err != nil {
		return nil, err
	}
	return &file{fd, path}, nil
}

// close drops the lock, if it is held, and then closes the file, which wakes who
// waits: to close alone would leave the lock to a child that is between fork and exec at this moment.
func (f *file) close() {
	_ = fcntl(f.fd, unix.F_OFD_SETLK, &unix.Flock_t{Type: unix.F_UNLCK})
	_ = unix.Close(f.fd)
}

// try takes the lock if it is free.
func (f *file) try() (bool, error) {
	err := fcntl(f.fd, unix.F_OFD_SETLK, &unix.Flock_t{Type: unix.F_WRLCK, Len: int64(os.Getpid())})
	if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EACCES) {
		return false, nil
	}
	return err == nil, err
}

// holder returns who holds the lock, nil if nobody else does.
func (f *file) holder() (*Info, error) {
	lock := unix.Flock_t{Type: unix.F_WRLCK, Len: 1}
	if err := fcntl(f.fd, unix.F_OFD_GETLK, &lock); err != nil || lock.Type == unix.F_UNLCK {
		return nil, err
	}
	if info, ok := f.signed(); ok && info.PID == int(lock.Len) {
		return &info, nil
	}
	return &Info{PID: int(lock.Len)}, nil // it has not signed yet
}

// take takes the lock, or waits for it. The error is errStale if the file is no longer
// the one at its path.
func (f *file) take(ctx context.Context, wait bool) (bool, error) {
	taken, err := f.try()
	if taken || err != nil || !wait {
		return taken, err
	}
	changes, err := watch(f.path)
	if err != nil {
		return false, err
	}
	defer changes.Close()
	defer context.AfterFunc(ctx, func() { _ = changes.SetReadDeadline(time.Now()) })()
	for ctx.Err() == nil {
		// The watch is older than these looks, so what changes after them is seen.
		if !f.current() {
			return false, errStale
		}
		if taken, err = f.try(); taken || err != nil {
			return taken, err
		}
		holder, err := f.holder()
		if err != nil {
			return false, err
		}
		if holder != nil {
			awaitChange(ctx, changes, holder.PID)
		}
	}
	return false, context.Cause(ctx)
}

// soon is when to look again after the holder has ended and its lock has not: a child that
// it was just starting has it for an instant, or its id means nobody here.
const soon = 20 * time.Millisecond

// awaitChange returns when the lock may be free: the file was closed, as at the end
// of a release, or the holder has ended, which the kernel tells when its locks are gone.
func awaitChange(ctx context.Context, changes *os.File, holder int) {
	stop := onEnd(holder, func(in time.Duration) { _ = changes.SetReadDeadline(time.Now().Add(in)) })
	var events [4096]byte
	_, _ = changes.Read(events[:]) // the deadline, too, means to look again
	stop()
	if ctx.Err() == nil {
		_ = changes.SetReadDeadline(time.Time{})
	}
}

// onEnd calls do when the process has ended, or with a pause if it has already. The
// caller calls stop, after which do is not called.
func onEnd(pid int, do func(in time.Duration)) (stop func()) {
	fd, err := unix.PidfdOpen(pid, unix.PIDFD_NONBLOCK)
	if err != nil || ended(fd) {
		do(soon)
		_ = unix.Close(fd)
		return func() {}
	}
	process := os.NewFile(uintptr(fd), "process")
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := process.SyscallConn()
		if err == nil && conn.Read(func(fd uintptr) bool { return ended(int(fd)) }) == nil {
			do(0)
		}
	}()
	return func() {
		_ = process.SetReadDeadline(time.Now())
		<-done
		_ = process.Close()
	}
}

// ended reports whether the process of the descriptor has ended.
func ended(pidfd int) bool {
	fds := []unix.PollFd{{Fd: int32(pidfd), Events: unix.POLLIN}}
	n, _ := unix.Poll(fds, 0)
	return n > 0
}

// watch returns what can be read when somebody who could have held the lock has closed the
// file, or it was removed.
func watch(path string) (*os.File, error) {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return nil, err
	}
	if _, err := unix.InotifyAddWatch(fd, path, unix.IN_CLOSE_WRITE|unix.IN_ATTRIB|unix.IN_MOVE_SELF); err != nil {
		_ = unix.Close(fd)
		return nil, err
	}
	return os.NewFile(uintptr(fd), "changes"), nil
}

// fcntl makes a lock request, again if a signal interrupts it.
func fcntl(fd, command int, lock *unix.Flock_t) error {
	for {
		err := unix.FcntlFlock(uintptr(fd), command, lock)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
