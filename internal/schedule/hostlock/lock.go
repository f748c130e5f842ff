package hostlock

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// Info is what others are told of a holder.
type Info struct {
	// PID is the process that holds the lock. Acquire fills it in.
	PID int `json:"pid"`

	// Run is what the holder calls its run.
	Run string `json:"run"`

	// Since is when it got the lock. Acquire fills it in.
	Since time.Time `json:"since"`
}

// HeldError says that another holds the lock.
type HeldError struct {
	Name string
	Info
}

func (e *HeldError) Error() string {
	text := fmt.Sprintf("lock %s: process %d holds it", e.Name, e.PID)
	if e.Run != "" {
		text += ", for run " + e.Run
	}
	if !e.Since.IsZero() {
		text += ", since " + e.Since.Local().Format(time.DateTime)
	}
	return text + ": wait for it, or end it"
}

// Lock is a lock that this process holds.
type Lock struct {
	name string
	file *file
}

// FolderVariable names another folder than the usual one, for tests.
const FolderVariable = "ANSAR_LOCKS"

// Folder returns where the locks of this user are: /tmp/ansar-locks-<uid>, whatever
// TMPDIR says, for that differs between runs that are to see each other.
func Folder() string {
	if folder := os.Getenv(FolderVariable); folder != "" {
		return folder
	}
	return fmt.Sprintf("/tmp/ansar-locks-%d", os.Getuid())
}

// Acquire takes the lock called name, which may be any text. If another holds it,
// in this process or in another, the error is a *[HeldError], at once; or Acquire waits if wait is true,
// in no order with others that wait, until ctx ends; then the error wraps both that
// and the cause of ctx. Safe for concurrent use.
//
// The lock ends with [Lock.Release] or with the process. Children do not inherit it.
func Acquire(ctx context.Context, name string, owner Info, wait bool) (*Lock, error) {
	path, err := path(name)
	if err != nil {
		return nil, err
	}
	for {
		f, err := open(path, true)
		if err != nil {
			return nil, cannot(name, err)
		}
		taken, err := f.take(ctx, wait)
		if taken && f.current() {
			owner.PID, owner.Since = os.Getpid(), time.Now().Round(time.Millisecond)
			f.sign(owner)
			return &Lock{name, f}, nil
		}
		if !taken && !errors.Is(err, errStale) {
			err = refusal(ctx, name, f, err)
		}
		f.close()
		if err != nil && !errors.Is(err, errStale) {
			return nil, err
		}
		// Once more: what was held is free now, or somebody removed the file, so that the
		// next one there is another lock.
	}
}

// errStale says that the file is no longer the one at its path.
var errStale = errors.New("the file was removed")

// refusal says why the lock was not taken. It returns nil if that is over.
func refusal(ctx context.Context, name string, f *file, err error) error {
	holder, asked := f.holder()
	switch {
	case err != nil && ctx.Err() == nil:
		return cannot(name, err)
	case asked != nil:
		return cannot(name, asked)
	case holder == nil && err == nil:
		return nil
	case holder == nil:
		return cannot(name, err)
	case err != nil:
		return fmt.Errorf("%w (waited until %w)", &HeldError{name, *holder}, err)
	default:
		return &HeldError{name, *holder}
	}
}

// Probe returns who holds the lock, nil if nobody does. It never takes it.
func Probe(name string) (*Info, error) {
	path, err := path(name)
	if err != nil {
		return nil, err
	}
	f, err := open(path, false)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil // it was never held
	}
	if err != nil {
		return nil, cannot(name, err)
	}
	defer f.close()
	return f.holder()
}

// Name returns what the lock was acquired as.
func (l *Lock) Name() string { return l.name }

// Release gives the lock back, and wakes who waits for it. It is called once.
func (l *Lock) Release() {
	l.file.blank()
	l.file.close()
}

// path returns the file of a lock, and makes the folder.
func path(name string) (string, error) {
	folder := Folder()
	err := os.Mkdir(folder, 0o700)
	if errors.Is(err, os.ErrExist) {
		err = trusted(folder)
	}
	if err != nil {
		return "", cannot(name, err)
	}
	return filepath.Join(folder, url.PathEscape(name)+".lock"), nil
}

// trusted returns an error if the folder is not one of this user's own, for anybody may
// make one of that name.
func trusted(folder string) error {
	var there unix.Stat_t
	if err := unix.Lstat(folder, &there); err != nil {
		return err
	}
	if there.Mode&unix.S_IFMT != unix.S_IFDIR || int(there.Uid) != os.Getuid() {
		return fmt.Errorf("%s is not a folder of this user: remove it", folder)
	}
	return nil
}

func cannot(name string, err error) error { return fmt.Errorf("lock %s: %w", name, err) }

// current reports whether the open file is still the one at its path.
func (f *file) current() bool {
	var mine, there unix.Stat_t
	return unix.Fstat(f.fd, &mine) == nil && unix.Stat(f.path, &there) == nil &&
		mine.Ino == there.Ino && mine.Dev == there.Dev
}

// sign writes who holds the lock. An error is of no consequence but that less is told.
func (f *file) sign(owner Info) {
	text, _ := json.Marshal(owner) // it cannot fail
	text = append(text, '\n')
	if n, err := unix.Pwrite(f.fd, text, 0); err == nil {
		_ = unix.Ftruncate(f.fd, int64(n))
	}
}

// blank empties the file. The caller still holds the lock.
func (f *file) blank() { _ = unix.Ftruncate(f.fd, 0) }

// signed returns what the file says.
func (f *file) signed() (info Info, ok bool) {
	text := make([]byte, 4096)
	n, err := unix.Pread(f.fd, text, 0)
	return info, err == nil && json.Unmarshal(text[:max(0, n)], &info) == nil && info.PID > 0
}

// openFile opens the file of a lock, not for children to inherit.
func openFile(path string, flags int) (int, error) {
	for {
		fd, err := unix.Open(path, flags|unix.O_CLOEXEC|unix.O_NOFOLLOW, 0o600)
		if !errors.Is(err, unix.EINTR) {
			return fd, err
		}
	}
}
