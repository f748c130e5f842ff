//go:build linux && !posixlocks

package home

import (
	"os"

	"golang.org/x/sys/unix"
)

// fileLock is an open lock file, locked or not. The lock is one of an open file
// description: it ends with the process, however that ends, or with close, and
// excludes other openers in this process too. It is a bare descriptor and no
// *os.File, so that no finalizer can drop a lock that is kept for life.
//
// The length of the locked range is the id of the holder: the kernel tells no
// id for such locks, but this way it tells one, and at once, not only when the
// holder gets to writing it down.
type fileLock struct {
	path string
	fd   int
}

// openLock opens the file at path to lock it, and makes it where it is missing,
// or only to ask about it.
func openLock(path string, toLock bool) (*fileLock, error) {
	flags := unix.O_RDONLY
	if toLock {
		flags = unix.O_RDWR | unix.O_CREAT
	}
	fd, err := openRetry(path, flags)
	if err != nil {
		return nil, err
	}
	return &fileLock{path, fd}, nil
}

// try takes the lock if it is free.
func (l *fileLock) try() (bool, error) {
	err := fcntl(l.fd, unix.F_OFD_SETLK, wholeLock())
	if busy(err) {
		return false, nil
	}
	return err == nil, err
}

// wait blocks until it has the lock.
func (l *fileLock) wait() error { return fcntl(l.fd, unix.F_OFD_SETLKW, wholeLock()) }

// query asks whether another opener holds the lock, and its process id.
func (l *fileLock) query() (pid int, held bool, err error) {
	lock := unix.Flock_t{Type: unix.F_WRLCK, Len: 1}
	if err := fcntl(l.fd, unix.F_OFD_GETLK, &lock); err != nil {
		return 0, false, err
	}
	return int(lock.Len), lock.Type != unix.F_UNLCK, nil
}

// close drops the lock, if it is held. To close alone would leave it to a child
// that is between fork and exec at this moment.
func (l *fileLock) close() {
	_ = fcntl(l.fd, unix.F_OFD_SETLK, &unix.Flock_t{Type: unix.F_UNLCK})
	_ = unix.Close(l.fd)
}

func wholeLock() *unix.Flock_t {
	return &unix.Flock_t{Type: unix.F_WRLCK, Len: int64(os.Getpid())}
}
