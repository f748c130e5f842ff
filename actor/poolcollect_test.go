package actor_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/actor"
)

// Of several calls all values and all errors are had at once, in the order of the inputs.
func TestCollect(t *testing.T) {
	type result = actor.Result[*wrapperspb.Int64Value, *wrapperspb.Int64Value]
	none, never := errors.New("none"), errors.New("never")
	outputs, err := actor.Collect(slices.Values([]result{
		{Index: 3, Err: never}, {Index: 2, Output: wrapperspb.Int64(4)}, {Index: 0, Output: wrapperspb.Int64(0)}, {Index: 1, Err: none},
	}))
	var got []any
	for _, o := range outputs {
		if o == nil {
			got = append(got, nil)
			continue
		}
		got = append(got, o.GetValue())
	}
	if diff := cmp.Diff([]any{int64(0), nil, int64(4), nil}, got); diff != "" {
		t.Errorf("outputs (-want +got):\n%s", diff)
	}
	if want := "call 1: none\ncall 3: never"; err == nil || err.Error() != want || !errors.Is(err, never) {
		t.Errorf("error %q, want %q", err, want)
	}
	var first *actor.CallError
	if !errors.As(err, &first) || first.Index != 1 {
		t.Errorf("the first error is %v", first)
	}
	if outputs, err := actor.Collect(slices.Values([]result{})); len(outputs) != 0 || err != nil {
		t.Errorf("of no call there are %v, %v", outputs, err)
	}
}
