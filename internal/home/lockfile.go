package home

import (
	"encoding/json"
	"errors"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Holder is a process that holds the lock of a role.
type Holder struct {
	// PID is the id that the process has where it runs.
	PID int

	// Since is when it took the lock, with milliseconds. Zero for a holder
	// that has not yet written it.
	Since time.Time

	// Visible says that PID is this very process here: same boot, same start
	// time. If false it runs in another pid namespace or on another machine
	// that shares the file, and PID must not be signalled.
	Visible bool

	start uint64 // as processStart counts
}

// lockText is the content of a lock file: for people, and for the start time,
// which tells the holder from a later process with the same id. That the lock
// is held, and by which id, the kernel says.
type lockText struct {
	PID   int    `json:"pid"`
	Start uint64 `json:"start"` // clock of processStart
	Boot  string `json:"boot"`
	Since string `json:"since"`

	Command string `json:"command,omitempty"` // of a reservation
}

// sign writes who holds the lock. An error is of no consequence: holders can
// be told without the text, and a full disk shall not keep a role from starting.
func (l *fileLock) sign() { l.write(signature("")) }

// ownText is what does not change about this process.
var ownText = sync.OnceValue(func() lockText {
	pid := os.Getpid()
	start, _ := processStart(pid)
	return lockText{PID: pid, Start: start, Boot: bootID()}
})

// signature is the text of a lock that this process holds, for a command if it
// is a reservation.
func signature(command string) []byte {
	text := ownText()
	text.Since, text.Command = time.Now().UTC().Format(timeLayout), command
	return append(plainJSON(text), '\n')
}

func (l *fileLock) write(text []byte) {
	if n, err := unix.Pwrite(l.fd, text, 0); err == nil {
		_ = unix.Ftruncate(l.fd, int64(n))
	}
}

// blank empties the lock file. The caller still holds the lock.
func (l *fileLock) blank() { _ = unix.Ftruncate(l.fd, 0) }

func (l *fileLock) read() (t lockText, ok bool) {
	text := make([]byte, 1024)
	n, err := unix.Pread(l.fd, text, 0)
	return t, err == nil && json.Unmarshal(text[:n], &t) == nil && t.PID > 0
}

// holder returns who holds the lock, nil if nobody does. It never takes it.
func (l *fileLock) holder() (*Holder, error) {
	for {
		pid, held, err := l.query()
		if !held || err != nil {
			return nil, err
		}
		text, signed := l.read()
		if signed && (pid == 0 || text.PID == pid) {
			since, _ := time.Parse(timeLayout, text.Since)
			start, alive := processStart(text.PID)
			visible := alive && start == text.Start && bootID() == text.Boot
			return &Holder{text.PID, since, visible, text.Start}, nil
		}
		// Taken an instant ago and not signed yet: what runs under the id now is
		// the holder if the lock is still its own afterwards.
		start, alive := processStart(pid)
		again, held, err := l.query()
		if err != nil {
			return nil, err
		}
		if held && again == pid {
			return &Holder{PID: pid, Visible: alive, start: start}, nil
		}
	}
}

// current reports whether the open file is still the one at its path.
func (l *fileLock) current() bool {
	var mine, there unix.Stat_t
	return unix.Fstat(l.fd, &mine) == nil && unix.Stat(l.path, &there) == nil &&
		mine.Ino == there.Ino && mine.Dev == there.Dev
}

// openRetry opens a lock file, not for children to inherit.
func openRetry(path string, flags int) (int, error) {
	for {
		fd, err := unix.Open(path, flags|unix.O_CLOEXEC|unix.O_NOFOLLOW, 0o600)
		if !errors.Is(err, syscall.EINTR) {
			return fd, err
		}
	}
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

// busy reports whether err says that another holds the lock.
func busy(err error) bool {
	return errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EACCES)
}
