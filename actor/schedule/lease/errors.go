package lease

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/lifecycle"
)

// ErrNoObject is the error of a Take whose context belongs to no object: nobody could
// see such a holder end.
var ErrNoObject = errors.New("cannot take a lease: the context belongs to no object: call Take with the context of one")

// Holder is an object that holds a lease, or waits for it.
type Holder struct {
	Name string        // what it is called and where it is: tester <00000008@1.3>
	Age  time.Duration // since it holds it, or waits
}

// TimeoutError is a wait that was not long enough. It is lifecycle.ErrTimedOut, too.
type TimeoutError struct {
	Lease   string
	Wait    time.Duration
	Holders []Holder
}

// Error implements error.
func (e *TimeoutError) Error() string {
	var held []string
	for _, h := range e.Holders {
		held = append(held, fmt.Sprintf("%s for %v", h.Name, h.Age.Round(time.Millisecond)))
	}
	when := "not free within " + e.Wait.String()
	if e.Wait <= 0 {
		when = "not free"
	}
	return fmt.Sprintf("cannot take %s: %s: held by %s", e.Lease, when, strings.Join(held, ", "))
}

// Is implements the matching of errors.Is.
func (e *TimeoutError) Is(target error) bool { return errors.Is(&lifecycle.TimedOut{}, target) }

// DeadlockError is a wait that could not end, since those who hold the lease wait
// themselves, in the end for whoever asked.
type DeadlockError struct {
	Lease string
	Waits []Waiting
}

// Waiting is somebody who waits for a lease that another holds.
type Waiting struct{ Waiter, Lease, Holder string }

// Error implements error.
func (e *DeadlockError) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "cannot take %s: deadlock: ", e.Lease)
	for i, w := range e.Waits {
		if i == 0 {
			fmt.Fprintf(&text, "%s waits for %s, held by %s", w.Waiter, w.Lease, w.Holder)
		} else {
			fmt.Fprintf(&text, ", which waits for %s, held by %s", w.Lease, w.Holder)
		}
	}
	return text.String()
}

// UnknownError is a lease that the keeper does not have.
type UnknownError struct {
	Lease string
	Known []string
}

// Error implements error.
func (e *UnknownError) Error() string {
	return fmt.Sprintf("cannot take %s: there is no such lease: there are %s", e.Lease, strings.Join(e.Known, ", "))
}

// errorOf is the error of a refusal.
func errorOf(name string, o options, r *schedulepb.LeaseRefused) error {
	switch r.GetReason() {
	case schedulepb.LeaseRefused_REASON_TIMED_OUT:
		return &TimeoutError{Lease: name, Wait: o.wait, Holders: holdersOf(r.GetHolders())}
	case schedulepb.LeaseRefused_REASON_DEADLOCK:
		e := &DeadlockError{Lease: name}
		for _, w := range r.GetWaits() {
			e.Waits = append(e.Waits, Waiting{w.GetWaiter(), w.GetLease(), w.GetHolder()})
		}
		return e
	default:
		return &UnknownError{Lease: name, Known: slices.Clone(r.GetKnown())}
	}
}

func holdersOf(list []*schedulepb.LeaseHolder) []Holder {
	var holders []Holder
	for _, h := range list {
		holders = append(holders, Holder{h.GetName(), h.GetAge().AsDuration()})
	}
	return holders
}
