package actor

import (
	"errors"
	"testing"
	"time"

	"github.com/ansar-go/ansar/lifecycle"
)

// A utility that heeds nothing is gone when its call returns, however the
// call's time-out and its stop interleave.
func TestUtilityIsGone(t *testing.T) {
	for range 4 {
		p := newPlace(t)
		begun := time.Now()
		o := Utility("sh", "-c", "trap '' TERM; while :; do sleep 60 & wait; done")
		_, err := orderIn[*UtilityReturned](p, t.Context(), o.order(nil, nil), []Option{Timeout(50 * time.Millisecond), Grace(200 * time.Millisecond)})
		checkFault(t, err, lifecycle.ErrTimedOut, `^timed out \(sh did not return in time\)$`)
		if took := time.Since(begun); took > 20*time.Second {
			t.Errorf("it took %v", took)
		}
		p.nothingLeft()
	}
}

// An end after the deadline is a time-out, even if it comes before the stop
// that the deadline brings.
func TestDeadlineWins(t *testing.T) {
	for range 50 {
		inBubble(t, func(t *testing.T, b *bubble) {
			quick := runs("quick", func(self *Context) error {
				<-self.Done()
				return errors.New("whatever")
			})
			c := b.begin(nil, &order{name: "quick", kind: quick, inProcess: true, deadline: time.Now().Add(time.Second)})
			checkFault(t, b.ends(c), lifecycle.ErrTimedOut, `^timed out \(quick did not return in time\)$`)
		})
	}
}
