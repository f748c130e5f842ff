package actor

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/lifecycle"
)

// hears collects what comes until limit: the kind of each message and when it
// came, in milliseconds.
func hears(self *Context, limit time.Duration) []string {
	begun := time.Now()
	var heard []string
	for {
		m, err := self.SelectWithin(limit - time.Since(begun))
		if err != nil {
			return heard
		}
		heard = append(heard, fmt.Sprintf("%s at %d", nameOf(m.Body).Name(), time.Since(begun).Milliseconds()))
	}
}

func TestTimers(t *testing.T) {
	const ms = time.Millisecond
	tests := []struct {
		name string
		do   func(self *Context) []string
		want []string
	}{
		{"a timer fires once", func(self *Context) []string {
			self.StartTimer(T1, 250*ms)
			return hears(self, time.Second)
		}, []string{"T1 at 250"}},
		{"each kind has a timer of its own", func(self *Context) []string {
			self.StartTimer(T2, 20*ms)
			self.StartTimer(T1, 10*ms)
			self.StartTimer(KindOf[*wrapperspb.StringValue](), 15*ms)
			return hears(self, time.Second)
		}, []string{"T1 at 10", "StringValue at 15", "T2 at 20"}},
		{"starting again restarts", func(self *Context) []string {
			self.StartTimer(T1, 100*ms)
			time.Sleep(50 * ms)
			self.StartTimer(T1, 100*ms)
			return hears(self, time.Second)
		}, []string{"T1 at 100"}},
		{"a restart takes back what has fired and was not received", func(self *Context) []string {
			self.StartTimer(T1, 10*ms)
			time.Sleep(50 * ms)
			self.StartTimer(T1, 100*ms)
			return hears(self, time.Second)
		}, []string{"T1 at 100"}},
		{"a cancelled timer does not fire", func(self *Context) []string {
			self.StartTimer(T1, 10*ms)
			self.CancelTimer(T1)
			return hears(self, time.Second)
		}, nil},
		{"a cancel takes back what has fired and was not received", func(self *Context) []string {
			self.StartTimer(T1, 10*ms)
			time.Sleep(50 * ms)
			self.CancelTimer(T1)
			return hears(self, time.Second)
		}, nil},
		{"a cancel concerns its kind alone", func(self *Context) []string {
			self.StartTimer(T1, 10*ms)
			self.StartTimer(T2, 20*ms)
			self.CancelTimer(T1)
			self.CancelTimer(T3) // never started
			return hears(self, time.Second)
		}, []string{"T2 at 20"}},
		{"a repeating timer goes on until it is cancelled", func(self *Context) []string {
			self.StartRepeating(T1, 100*ms)
			heard := hears(self, 350*ms)
			self.CancelTimer(T1)
			return append(heard, hears(self, time.Second)...)
		}, []string{"T1 at 100", "T1 at 200", "T1 at 300"}},
		{"a repeating timer does not pile up", func(self *Context) []string {
			self.StartRepeating(T1, 100*ms)
			time.Sleep(550 * ms)
			return hears(self, 200*ms)
		}, []string{"T1 at 0", "T1 at 50", "T1 at 150"}},
		{"a repeating timer can become a single one", func(self *Context) []string {
			self.StartRepeating(T1, 100*ms)
			heard := hears(self, 250*ms)
			self.StartTimer(T1, 100*ms)
			return append(heard, hears(self, time.Second)...)
		}, []string{"T1 at 100", "T1 at 200", "T1 at 100"}},
		{"no time between repetitions is a millisecond", func(self *Context) []string {
			self.StartRepeating(T1, 0)
			heard := hears(self, 2500*time.Microsecond)
			self.StartRepeating(T1, -time.Second)
			return append(heard, hears(self, 2500*time.Microsecond)...)
		}, []string{"T1 at 1", "T1 at 2", "T1 at 1", "T1 at 2"}},
		{"no time is soon", func(self *Context) []string {
			self.StartTimer(T1, 0)
			heard := hears(self, time.Second)
			self.StartTimer(T2, -time.Second)
			return append(heard, hears(self, time.Second)...)
		}, []string{"T1 at 0", "T2 at 0"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, b *bubble) {
				var got []string
				b.run(func(self *Context) error {
					got = tt.do(self)
					return nil
				})
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("heard (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// Timers of an object end with it.
func TestTimersEndWithTheirObject(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.keepLog(LevelDebug)
		b.run(func(self *Context) error {
			self.StartRepeating(T1, time.Second)
			return nil
		})
		before := b.lines.Len()
		time.Sleep(time.Minute)
		if b.lines.Len() != before {
			t.Errorf("after its end: %s", b.lines.String()[before:])
		}
	})
}

// A Select with a limit waits exactly so long, and a zero limit takes what is
// there.
func TestSelectWithin(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.run(func(self *Context) error {
			begun := time.Now()
			if _, err := self.SelectWithin(3 * time.Second); !errors.Is(err, lifecycle.ErrTimedOut) {
				t.Errorf("nothing came, and the error is %v", err)
			}
			if took := time.Since(begun); took != 3*time.Second {
				t.Errorf("it took %v", took)
			}
			if err := self.Send(self.Address(), &lifecycle.Ack{}); err != nil {
				return err
			}
			_, err := self.SelectWithin(0)
			return err
		})
	})
}
