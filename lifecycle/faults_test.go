package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
)

func TestFaultOf(t *testing.T) {
	killed := &Aborted{Signal: proto.Int32(9)}
	tests := []struct {
		name string
		err  error
		want proto.Message
	}{
		{"no error is no fault", nil, nil},
		{"a fault stays as it is", killed, killed},
		{"a sentinel becomes a copy", ErrMaybe, &Maybe{}},
		{"another error becomes Faulted with its text", errors.New("disk is full"), &Faulted{Condition: "disk is full"}},
		{"a deadline is a time-out", context.DeadlineExceeded, &TimedOut{Explanation: "context deadline exceeded"}},
		{"the first fault of a chain decides", fmt.Errorf("job 3: %w", errors.Join(&Maybe{}, &Cannot{})),
			&Maybe{Condition: "job 3: not now, try again later\ncannot be done"}},
		{"particulars survive wrapping", fmt.Errorf("job 3: %w", killed),
			&Aborted{Signal: proto.Int32(9), Explanation: "job 3: process ended by signal: killed"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got proto.Message
			if f := FaultOf(tt.err); f != nil {
				got = f
			}
			if diff := cmp.Diff(tt.want, got, protocmp.Transform()); diff != "" {
				t.Errorf("fault (-want +got):\n%s", diff)
			}
		})
	}
}

// What an object returns and what its caller reads say the same.
func TestFaultKeepsText(t *testing.T) {
	faults := []error{
		&Faulted{Condition: "cannot read", Explanation: "no such file", Executable: "reader", LastLines: "a\nb\n"},
		&Aborted{}, &Aborted{ExitStatus: proto.Int32(3), Executable: "x", LastLines: "bye"}, &Aborted{Signal: proto.Int32(11)},
		&TimedOut{}, &TimedOut{Explanation: "5s"}, ErrMaybe, &Maybe{Condition: "busy"}, ErrCannot,
		&Exhausted{Attempts: 4}, &LockedOut{Path: "/x", Pid: 7}, &Interrupted{},
	}
	for _, err := range faults {
		wrapped := fmt.Errorf("role a: %w", err)
		data, _ := proto.Marshal(Complete(FaultOf(wrapped)))
		var completed Completed
		if err := proto.Unmarshal(data, &completed); err != nil {
			t.Fatal(err)
		}
		value, unpackErr := completed.Value.UnmarshalNew()
		if unpackErr != nil {
			t.Fatal(unpackErr)
		}
		twin := Err(value)
		if !errors.Is(twin, err) {
			t.Errorf("%T: the decoded twin is no %T", twin, err)
		}
		switch err.(type) {
		case *LockedOut, *Interrupted: // these keep their particulars and drop the words around them
		default:
			if twin.Error() != wrapped.Error() {
				t.Errorf("%T: text\n got %q\nwant %q", err, twin, wrapped)
			}
		}
	}
}

func TestIs(t *testing.T) {
	if errors.Is(&Faulted{}, ErrAborted) || errors.Is(&Aborted{}, ErrFaulted) {
		t.Error("faults of different types match")
	}
	if !errors.Is(&TimedOut{}, context.DeadlineExceeded) {
		t.Error("a time-out is not a deadline exceeded")
	}
	notFound := &Faulted{Cause: Faulted_CAUSE_NOT_FOUND}
	if !errors.Is(notFound, ErrFaulted) || !errors.Is(notFound, &Faulted{Cause: Faulted_CAUSE_NOT_FOUND}) {
		t.Error("a fault with a cause matches neither its type nor its cause")
	}
	if errors.Is(notFound, &Faulted{Cause: Faulted_CAUSE_PANIC}) {
		t.Error("causes that differ match")
	}
	if Err(&Ack{}) != nil {
		t.Error("Ack is taken for a fault")
	}
}

// Faults tell one another apart by type, both ways, for every pair.
func TestFaultTypes(t *testing.T) {
	all := []error{ErrFaulted, ErrAborted, ErrTimedOut, ErrMaybe, ErrCannot, ErrExhausted, ErrLockedOut, ErrInterrupted, ErrStopped}
	for i, a := range all {
		for j, b := range all {
			if got, want := errors.Is(a, b), i == j; got != want {
				t.Errorf("errors.Is(%T, %T) = %v, want %v", a, b, got, want)
			}
		}
	}
}

func ExampleErr() {
	completed := Complete(&Aborted{Signal: proto.Int32(9)})
	value, _ := completed.Value.UnmarshalNew()

	var aborted *Aborted
	if errors.As(Err(value), &aborted) {
		fmt.Println("child:", aborted)
	}
	// Output:
	// child: process ended by signal: killed
}

// A fault whose text is no UTF-8, such as the name of a file, is still that
// fault.
func TestCompleteWithTextThatIsNoUTF8(t *testing.T) {
	tests := []struct {
		name        string
		given, want Fault
	}{
		{"an error of any kind", FaultOf(errors.New("open caf\xe9")), &Faulted{Condition: "open caf\uFFFD"}},
		{"a panic", &Faulted{Cause: Faulted_CAUSE_PANIC, Condition: "\xff", Stack: "x"}, &Faulted{Cause: Faulted_CAUSE_PANIC, Condition: "\uFFFD", Stack: "x"}},
		{"an abort", &Aborted{Explanation: "caf\xe9", Signal: proto.Int32(9)}, &Aborted{Explanation: "caf\uFFFD", Signal: proto.Int32(9)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Complete(tt.given).GetValue().UnmarshalNew()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got, protocmp.Transform()); diff != "" {
				t.Errorf("the fault (-want +got):\n%s", diff)
			}
		})
	}
}
