package settings

import (
	"fmt"
	"strings"
)

// ReadError says what is wrong with a text of JSON, and where.
type ReadError struct {
	File         string // as given by the caller, perhaps empty
	Line, Column int    // from 1
	Path         string // of the field, such as settings.limits.max_size; perhaps empty
	Problem      string
}

// Error returns one line: short-snooze:1:25: settings.seconds: "x" is not a
// number.
func (e *ReadError) Error() string {
	s := where(e.File, e.Line, e.Column)
	if e.Path != "" {
		s += e.Path + ": "
	}
	return s + e.Problem
}

func where(file string, line, column int) string {
	at := fmt.Sprintf("%d:%d: ", line, column)
	if file == "" {
		return at
	}
	return file + ":" + at
}

// UsageError says what is wrong with an argument or with a variable of the
// environment. A program that gets one exits with status 2.
type UsageError struct {
	// Name is what was given: --seconds or environment NOOP_SECONDS.
	Name string

	// Problem says what is wrong with it, and what to do.
	Problem string
}

// Error returns one line: --seconds: "abc" is not a number.
func (e *UsageError) Error() string {
	switch {
	case e.Name == "":
		return e.Problem
	case strings.HasPrefix(e.Problem, "is "), strings.HasPrefix(e.Problem, "needs "):
		return e.Name + " " + e.Problem
	default:
		return e.Name + ": " + e.Problem
	}
}

// rooted puts the first word of a path before it.
func rooted(root string, p *path) string {
	s := p.String()
	if root == "" || s == "" || s[0] == '[' {
		return root + s
	}
	return root + "." + s
}
