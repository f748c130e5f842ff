package schedule

import (
	"strings"

	"github.com/ansar-go/ansar/internal/schedule/check"
)

// Problem is one thing that is wrong with a plan.
type Problem = check.Problem

// RefusedError is the error of [Run] for a plan that cannot work. Nothing was
// started, and nothing was created.
type RefusedError struct {
	Problems []Problem // at least one, in the order of the plan
}

// Error implements error, with a line for each problem.
func (e *RefusedError) Error() string {
	lines := make([]string, 0, len(e.Problems))
	for _, p := range e.Problems {
		lines = append(lines, p.Path+": "+p.Text)
	}
	return "refuse plan: " + strings.Join(lines, "\n")
}
