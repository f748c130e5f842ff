package selection

import "fmt"

// Error says what is wrong with an expression, and where.
type Error struct {
	Text    string // the whole expression
	Column  int    // from 1, in characters
	Problem string // what is wrong, and what to do
}

// Error returns one line: selection "a and", column 6: ...
func (e *Error) Error() string {
	return fmt.Sprintf("selection %q, column %d: %s", e.Text, e.Column, e.Problem)
}
