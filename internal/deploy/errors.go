package deploy

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
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
