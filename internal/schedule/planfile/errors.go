package planfile

import (
	"fmt"
	"strings"
)

// Error says what is wrong with one place of a text.
type Error struct {
	File    string // as given by the caller, perhaps empty
	Line    int    // from 1; 0 if not known
	Column  int    // from 1; 0 except where the text cannot be read at all
	Path    string // of the field, such as jobs[3].timeout; perhaps empty
	Problem string // what is wrong, and what to do
}

// Error returns one line: plan.yaml:12: jobs[3].timeout: expected a span ...
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		if b.Len() > 0 {
			b.WriteByte(':')
		}
		fmt.Fprintf(&b, "%d", e.Line)
		if e.Column > 0 {
			fmt.Fprintf(&b, ":%d", e.Column)
		}
	}
	for _, s := range []string{e.Path, e.Problem} {
		if s != "" && b.Len() > 0 {
			b.WriteString(": ")
		}
		b.WriteString(s)
	}
	return b.String()
}

// Errors are all that is wrong with a text, in its order, but not more than 20.
// It is never empty as an error.
type Errors []*Error

// Error returns a line for each.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns each as an error.
func (e Errors) Unwrap() []error {
	all := make([]error, len(e))
	for i, one := range e {
		all[i] = one
	}
	return all
}

// errorsMost is how many errors are collected of one text.
const errorsMost = 20

// emptyText is the problem of a text with no value in it.
const emptyText = "the text is empty"

// At returns where the problem is, and what it is, without the file.
func (e *Error) At() (path, problem string) { return e.Path, e.Problem }
