//go:build !linux || posixlocks

package home

import (
	"errors"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// fileLock is an open lock file, locked or not. This system has no locks of
// open file descriptions. Its locks belong to the process: they do not exclude
// openers in one process, and closing any descriptor of the file drops them. So
// a process opens each lock file once, and its openers share that descriptor;
// no other code of a process may open a lock file that it holds.
//
// Build with the tag posixlocks to try this on Linux.
type fileLock struct {
	path   string
	fd     int
	shared *sharedLock
}

// sharedLock is what the openers of one lock file in this process share.
type sharedLock struct {
	fd      int
	openers int       // guarded by openLocks.mu
	owner   *fileLock // guarded by openLocks.mu; who has the lock, or waits for it in the kernel
	has     bool      // guarded by openLocks.mu; the owner has it
}

// openLocks mirrors what the kernel keeps for this process.
var openLocks = struct {
	mu   sync.Mutex // guards the fields below
	free *sync.Cond // an owner went
	at   map[string]*sharedLock
}{at: map[string]*sharedLock{}}

func init() { openLocks.free = sync.NewCond(&openLocks.mu) }

// openLock opens the file at path to lock it, and makes it where it is missing,
// or only to ask about it.
func openLock(path string, toLock bool) (*fileLock, error) {
	openLocks.mu.Lock()
	defer openLocks.mu.Unlock()
	if s := openLocks.at[path]; s != nil {
		l := &fileLock{path, s.fd, s}
		if l.current() {
			s.openers++
			return l, nil
		}
		delete(openLocks.at, path) // of a file that was deleted: its openers will notice
	}
	flags := unix.O_RDWR // to ask too: who locks may come to share the descriptor
	if toLock {
		flags |= unix.O_CREAT
	}
	fd, err := openRetry(path, flags)
	if !toLock && (errors.Is(err, unix.EACCES) || errors.Is(err, unix.EROFS)) {
		fd, err = openRetry(path, unix.O_RDONLY)
	}
	if err != nil {
		return nil, err
	}
	s := &sharedLock{fd: fd, openers: 1}
	openLocks.at[path] = s
	return &fileLock{path, fd, s}, nil
}

// try takes the lock if it is free.
func (l *fileLock) try() (bool, error) {
	openLocks.mu.Lock()
	defer openLocks.mu.Unlock()
	if l.shared.owner != nil {
		return l.shared.owner == l, nil
	}
	err := fcntl(l.fd, unix.F_SETLK, wholeLock(unix.F_WRLCK))
	if busy(err) {
		return false, nil
	}
	if err == nil {
		l.shared.owner, l.shared.has = l, true
	}
	return err == nil, err
}

// wait blocks until it has the lock.
func (l *fileLock) wait() error {
	openLocks.mu.Lock()
	for l.shared.owner != nil && l.shared.owner != l {
		openLocks.free.Wait()
	}
	l.shared.owner = l
	openLocks.mu.Unlock()
	err := fcntl(l.fd, unix.F_SETLKW, wholeLock(unix.F_WRLCK))
	if err != nil {
		l.release()
		return err
	}
	openLocks.mu.Lock()
	l.shared.has = true
	openLocks.mu.Unlock()
	return nil
}

// query asks whether another opener holds the lock, and its process id.
func (l *fileLock) query() (pid int, held bool, err error) {
	openLocks.mu.Lock()
	ours := l.shared.has && l.shared.owner != l
	openLocks.mu.Unlock()
	if ours {
		return os.Getpid(), true, nil
	}
	lock := wholeLock(unix.F_WRLCK)
	if err := fcntl(l.fd, unix.F_GETLK, lock); err != nil {
		return 0, false, err
	}
	return int(lock.Pid), lock.Type != unix.F_UNLCK, nil
}

func (l *fileLock) release() {
	openLocks.mu.Lock()
	defer openLocks.mu.Unlock()
	if l.shared.owner == l {
		_ = fcntl(l.fd, unix.F_SETLK, wholeLock(unix.F_UNLCK))
		l.shared.owner, l.shared.has = nil, false
		openLocks.free.Broadcast()
	}
}

// close drops the lock, if it is held.
func (l *fileLock) close() {
	l.release()
	openLocks.mu.Lock()
	defer openLocks.mu.Unlock()
	if l.shared.openers--; l.shared.openers == 0 {
		_ = unix.Close(l.fd)
		if openLocks.at[l.path] == l.shared {
			delete(openLocks.at, l.path)
		}
	}
}

func wholeLock(kind int16) *unix.Flock_t { return &unix.Flock_t{Type: kind, Len: 1} }
