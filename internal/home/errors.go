package home

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// Errors to match with [errors.Is]. The text of the error that wraps one says
// which home, role or file it is about, in one line.
var (
	ErrExists        = errors.New("home already exists")
	ErrNotHome       = errors.New("not a home")
	ErrDamaged       = errors.New("damaged home")
	ErrNewer         = errors.New("home of a newer version")
	ErrBusy          = errors.New("home is locked by another command")
	ErrLocked        = errors.New("role is running")
	ErrNoRole        = errors.New("no such role")
	ErrCollision     = errors.New("role exists already")
	ErrNoMatch       = errors.New("no matches")
	ErrUsage         = errors.New("wrong usage") // a name, number, area or expression that cannot be
	ErrNotExecutable = errors.New("not an executable")
	ErrNotSet        = errors.New("property is not set")
)

// fault is an error with a text of its own that still matches its kind.
type fault struct {
	kind error
	text string
}

func (f *fault) Error() string { return f.text }
func (f *fault) Unwrap() error { return f.kind }

func faultf(kind error, format string, args ...any) error {
	return &fault{kind, fmt.Sprintf(format, args...)}
}

func notHome(path string) error {
	return faultf(ErrNotHome, "home at %q does not exist or is incomplete", path)
}

// LockedError is the error from [Home.Acquire] when the role is running. It
// matches [ErrLocked].
type LockedError struct {
	Role   string
	Holder Holder // who holds the lock
}

func (e *LockedError) Error() string {
	return fmt.Sprintf("role %q is already running as %d: stop it first", e.Role, e.Holder.PID)
}

func (e *LockedError) Unwrap() error { return ErrLocked }

// cannot says what could not be done to path, why, and what helps. The result
// matches the error of the operating system.
func cannot(verb, path string, err error) error {
	err = reason(err)
	if hint := hints(err); hint != "" {
		return fmt.Errorf("%s %q: %w (%s)", verb, path, err, hint)
	}
	return fmt.Errorf("%s %q: %w", verb, path, err)
}

// reason returns what the operating system said, without the path.
func reason(err error) error {
	var pathError *fs.PathError
	var linkError *os.LinkError
	switch {
	case errors.As(err, &pathError):
		return pathError.Err
	case errors.As(err, &linkError):
		return linkError.Err
	}
	return err
}

func hints(err error) string {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "run as the user who owns it, or change its mode"
	case errors.Is(err, syscall.EROFS):
		return "mount it writable"
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return "free some space, the old content is unchanged"
	case errors.Is(err, syscall.EFBIG):
		return "raise the limit on file size, the old content is unchanged"
	case errors.Is(err, syscall.EMFILE):
		return "raise the limit on open files"
	}
	return ""
}
