package actor

import (
	"cmp"
	"context"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/ansar-go/ansar/lifecycle"
)

// Defaults of how long ends may take.
const (
	// DefaultGrace is how long an object that was told to stop may take.
	DefaultGrace = 10 * time.Second

	// DefaultOrphanLimit is how long a process may take whose parent is gone.
	DefaultOrphanLimit = 5 * time.Second
)

// tell stops the object, once: its context is cancelled, and one Select or
// Call that waits, now or next, ends with the stop as its error. A later stop
// that leaves less time shortens the grace.
func (self *Context) tell(stop *lifecycle.Stop) {
	grace := DefaultGrace
	if stop.GetGrace() != nil {
		grace = stop.GetGrace().AsDuration()
	}
	self.mu.Lock()
	first, until := self.stop == nil, time.Now().Add(grace)
	if self.over || !first && !until.Before(self.deadline) {
		self.mu.Unlock()
		return
	}
	self.deadline = until
	if self.cleanup != nil {
		self.cleanup.endIn(grace)
	}
	if !first {
		self.mu.Unlock()
		return
	}
	self.stop = proto.CloneOf(stop)
	self.forSelect = self.selecting
	self.mu.Unlock()
	self.line(tagReceived, "Received Stop")
	self.cancel(self.stop)
	self.inbox.signal()
}

// heed gives the stop that nobody has been told of yet, and counts as telling.
func (self *Context) heed() *lifecycle.Stop {
	self.mu.Lock()
	defer self.mu.Unlock()
	if self.stop == nil || self.told {
		return nil
	}
	self.told = true
	return self.stop
}

// heedInCall is heed for a Call. A Select that waits goes first: the Call may
// be that of another goroutine.
func (self *Context) heedInCall() *lifecycle.Stop {
	self.mu.Lock()
	defer self.mu.Unlock()
	if self.stop == nil || self.told || self.forSelect {
		return nil
	}
	self.told = true
	return self.stop
}

// heeds reports whether the object only waits for others to end.
func (self *Context) heeds() bool {
	for inner := self.inner.Load(); inner != nil; inner = self.inner.Load() {
		self = inner
	}
	return self.waiting.Load() > 0
}

// wasTold reports whether a Select, a Call or a Send has ended by the stop.
func (self *Context) wasTold() bool {
	self.mu.Lock()
	defer self.mu.Unlock()
	return self.told
}

// Stopped reports whether the object was told to stop.
func (self *Context) Stopped() bool {
	self.mu.Lock()
	defer self.mu.Unlock()
	return self.stop != nil
}

// left is how much of the grace remains, or the default for an object that
// was not told to stop. What is asked of others gets a little less, so that
// whoever waits for a stubborn one is not itself out of time at that instant.
func (self *Context) left() time.Duration {
	self.mu.Lock()
	defer self.mu.Unlock()
	if self.stop == nil { // at a deadline the stop is about to come
		return cmp.Or(self.grace, DefaultGrace)
	}
	return lessReserve(time.Until(self.deadline))
}

// lessReserve keeps something back, so that whoever waits for a stubborn child
// has time to see its end and to clean up, on a busy machine too: the same at
// every level as long as there is plenty, a quarter of what there is after
// that. The healthy do not need what is left at the end of a long chain.
func lessReserve(left time.Duration) time.Duration {
	return max(left-min(left/4, reserve), leastGrace)
}

const (
	reserve = 300 * time.Millisecond

	// leastGrace is what a stop leaves at least.
	leastGrace = 100 * time.Millisecond
)

func stopIn(grace time.Duration, reason string) *lifecycle.Stop {
	return &lifecycle.Stop{Reason: reason, Grace: durationpb.New(max(0, grace))}
}

// cleanup is a context for what an object does after it was told to stop. It
// ends with the grace, not with the stop.
type cleanup struct {
	context.Context
	self   *Context
	cancel context.CancelCauseFunc
	timer  *time.Timer
}

// Value implements [context.Context].
func (c *cleanup) Value(key any) any {
	if key == (contextKey{}) {
		return c.self
	}
	return c.Context.Value(key)
}

func (c *cleanup) endIn(grace time.Duration) {
	if c.timer != nil {
		c.timer.Stop()
	}
	c.timer = time.AfterFunc(grace, func() {
		c.cancel(&lifecycle.TimedOut{Explanation: "the grace for cleaning up is over"})
	})
}

func (c *cleanup) end() {
	if c.timer != nil {
		c.timer.Stop()
	}
	c.cancel(context.Canceled)
}

// Cleanup is a context for the last things to do: it lives until the grace of
// a stop is over, while the object's own context has ended already. Calls with
// it work as usual. It ends with the object at the latest.
func (self *Context) Cleanup() context.Context {
	self.mu.Lock()
	defer self.mu.Unlock()
	if self.cleanup == nil {
		ctx, cancel := context.WithCancelCause(self.node.base) // with what is carried
		self.cleanup = &cleanup{Context: ctx, self: self, cancel: cancel}
		if self.stop != nil {
			self.cleanup.endIn(time.Until(self.deadline))
		}
	}
	return self.cleanup
}
