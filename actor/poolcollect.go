package actor

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"google.golang.org/protobuf/proto"
)

// CallError is what went wrong with one call of several.
type CallError struct {
	Index int // of its input, from 0
	Err   error
}

// Error implements error.
func (e *CallError) Error() string { return fmt.Sprintf("call %d: %v", e.Index, e.Err) }

// Unwrap returns the error of the call.
func (e *CallError) Unwrap() error { return e.Err }

// Collect reads all results of a Map. It gives the outputs in the order of the inputs,
// however the results come, with nil for calls that have failed, and the errors of all
// of those, joined in that order, each a *[CallError].
func Collect[I, O proto.Message](results iter.Seq[Result[I, O]]) ([]O, error) {
	var outputs []O
	var failed []*CallError
	for r := range results {
		for len(outputs) <= r.Index {
			outputs = append(outputs, *new(O))
		}
		if r.Err != nil {
			failed = append(failed, &CallError{r.Index, r.Err})
			continue
		}
		outputs[r.Index] = r.Output
	}
	slices.SortFunc(failed, func(a, b *CallError) int { return a.Index - b.Index })
	var all []error
	for _, e := range failed {
		all = append(all, e)
	}
	return outputs, errors.Join(all...)
}
