package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/ansar-go/ansar/internal/group"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/settings"
)

// Exit statuses; see the help topic exit-codes.
const (
	statusDone        = 0
	statusFailed      = 1
	statusUsage       = 2
	statusInterrupted = 130
)

// usageError says that the command line is wrong.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// eitherOr refuses two flags that mean the same.
func eitherOr(one, other string) error {
	return usagef("%s and %s are two of an either-or: give one of them", one, other)
}

// failure is the error of what was tried in vain.
type failure struct{ error }

func (f *failure) Unwrap() error { return f.error }

// precondition is the error of a home or role that is not as the command needs
// it.
type precondition struct{ error }

func (p *precondition) Unwrap() error { return p.error }

func preconditionf(format string, args ...any) error {
	return &precondition{fmt.Errorf(format, args...)}
}

// silent is the error of a command that has said everything already.
type silent struct{ status int }

func (s *silent) Error() string { return fmt.Sprintf("status %d", s.status) }

// explain returns the line that an error is told by, and the exit status.
func explain(command string, err error) (string, int) {
	var (
		said    *silent
		wrong   *usageError
		setting *settings.UsageError
		tried   *failure
		unfit   *precondition
		running *group.RunningError
	)
	text := strings.TrimRight(err.Error(), "\n")
	switch {
	case errors.As(err, &said):
		return "", said.status
	case errors.Is(err, context.Canceled):
		return "", statusInterrupted
	case errors.As(err, &wrong), errors.As(err, &setting), errors.Is(err, home.ErrUsage):
		if command == "" {
			return text, statusUsage
		}
		return fmt.Sprintf("cannot perform %q command, %s", command, text), statusUsage
	case errors.As(err, &tried):
		return fmt.Sprintf("command %q failed, %s", command, text), statusFailed
	case errors.As(err, &unfit), errors.As(err, &running), isPrecondition(err):
		return fmt.Sprintf("cannot perform %q, %s", command, text), statusFailed
	case command == "":
		return text, statusFailed
	default:
		return fmt.Sprintf("cannot perform %q command, %s", command, text), statusFailed
	}
}

// isPrecondition reports whether err is about a home that is not as it must be.
func isPrecondition(err error) bool {
	for _, kind := range []error{
		home.ErrExists, home.ErrNotHome, home.ErrDamaged, home.ErrNewer, home.ErrBusy, home.ErrLocked, home.ErrNoRole, home.ErrNoMatch,
	} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}
