package deploy

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

// cannot says what could not be done to path, why, and what helps. The result
// matches the error of the operating system.
func cannot(verb, path string, err error) error {
	var pathError *fs.PathError
	var linkError *os.LinkError
	switch {
	case errors.As(err, &pathError):
		err = pathError.Err
	case errors.As(err, &linkError):
		err = linkError.Err
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s %q: %w (run as the user who owns it, or change its mode)", verb, path, err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%s %q: %w (free some space)", verb, path, err)
	}
	return fmt.Errorf("%s %q: %w", verb, path, err)
}

// joined returns one error for several, in one line, that matches all of them.
// Those that are nil do not count.
func joined(errs ...error) error {
	var all error
	for _, err := range errs {
		switch {
		case err == nil:
		case all == nil:
			all = err
		default:
			all = fmt.Errorf("%w; %w", all, err)
		}
	}
	return all
}

// AbortedError says that a deployment came to nothing after it had stopped
// roles.
type AbortedError struct {
	Err      error
	Restored []string // the roles that run again
}

// Error returns one line.
func (e *AbortedError) Error() string {
	return fmt.Sprintf("%v; running again - %s", e.Err, strings.Join(e.Restored, ", "))
}

// Unwrap returns what went wrong.
func (e *AbortedError) Unwrap() error { return e.Err }
