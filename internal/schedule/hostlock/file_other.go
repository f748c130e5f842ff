//go:build !linux

package hostlock

import (
	"context"
	"errors"

	"golang.org/x/sys/unix"
)

// file is an open lock file, locked or not, by flock.
type file struct {
	fd   int
	path string
}

// open opens the file to lock it, and makes it where it is missing, or only to ask about it.
func open(path string, toLock bool) (*file, error) {
	flags := unix.O_RDONLY
	if toLock {
		flags = unix.O_RDWR | unix.O_CREAT
	}
	fd, err := openFile(path, flags)
	if err != nil {
		return nil, err
	}
	return &file{fd, path}, nil
}

// close drops the lock, if it is held.
func (f *file) close() {
	_ = flock(f.fd, unix.LOCK_UN)
	_ = unix.Close(f.fd)
}

// holder returns who holds the lock: who has signed, and lives. The lock itself cannot be
// asked without taking it.
func (f *file) holder() (*Info, error) {
	info, ok := f.signed()
	if !ok || errors.Is(unix.Kill(info.PID, 0), unix.ESRCH) {
		return nil, nil
	}
	return &info, nil
}

// take takes the lock, or waits for it.
func (f *file) take(ctx context.Context, wait bool) (bool, error) {
	err := flock(f.fd, unix.LOCK_EX|unix.LOCK_NB)
	if err == nil {
		return true, nil
	}
	if !errors.Is(err, unix.EWOULDBLOCK) || !wait {
		return false, ignore(err, unix.EWOULDBLOCK)
	}
	mine, err := unix.Dup(f.fd) // the same lock: of the thread that waits, if this one gives up
	if err != nil {
		return false, err
	}
	unix.CloseOnExec(mine)
	result := make(chan error, 1)
	given := make(chan struct{})
	go func() {
		result <- flock(mine, unix.LOCK_EX)
		<-given
		_ = unix.Close(mine)
	}()
	select {
	case err := <-result:
		close(given)
		return err == nil, err
	case <-ctx.Done():
		go func() {
			if <-result == nil {
				_ = flock(mine, unix.LOCK_UN)
			}
			close(given)
		}()
		return false, context.Cause(ctx)
	}
}

func ignore(err error, reason error) error {
	if errors.Is(err, reason) {
		return nil
	}
	return err
}

func flock(fd, how int) error {
	for {
		err := unix.Flock(fd, how)
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
