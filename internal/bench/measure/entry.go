package measure

import (
	"context"
	"errors"
)

// ErrMissing is wrapped by the error of a measurement for which this machine
// lacks something. The table says what, and it is no failure.
var ErrMissing = errors.New("not available")

// A Func measures once and returns the figure, in the unit of its entry. It
// returns soon after ctx ends, and leaves no process behind.
type Func func(ctx context.Context) (float64, error)

// An Entry is a row of the table.
type Entry struct {
	Name string

	// Unit of the figure: "ms", "/s", "MB".
	Unit string

	// Measure is called once a round.
	Measure Func

	// Against names what the figure is divided by.
	Against []Bound

	// Rounds is the number of rounds it takes part in, for what is slow and
	// steady. If zero, all.
	Rounds int
}

// A Bound is a ratio to another entry of the same run, and what it should be.
type Bound struct {
	Entry string

	// AtMost and AtLeast are what the ratio is held against. If zero, it is
	// only printed.
	AtMost, AtLeast float64
}

// met reports whether a ratio keeps the bound.
func (b Bound) met(ratio float64) bool {
	return (b.AtMost == 0 || ratio <= b.AtMost) && (b.AtLeast == 0 || ratio >= b.AtLeast)
}
