package actor

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/lifecycle"
)

// Call runs the executable called name in a process of its own, gives it the
// input (nil for none), and waits for what it returns. The executable is
// looked for in the home's bin (in a component), beside the running
// executable, and in PATH; a name with a slash is a path.
//
// Called with an object's context, the process becomes a child of that
// object; with any other context it has no parent. When the context ends, the
// process is told to stop, and Call returns after it is gone, at the latest
// when the grace is over and it was killed: nothing that Call started outlives
// it.
//
// A system that is short of descriptors, processes or memory is asked again for
// ten seconds, or for as long as the call may take, if that is shorter.
//
// The error is a fault of package lifecycle, found by errors.Is and errors.As:
//
//	what the object returned as an error      that fault, another error as *Faulted
//	the object panicked                       *Faulted with CAUSE_PANIC and the stack
//	the process died, or ended with no word   *Aborted with its signal or exit status
//	the time ran out                          *TimedOut, which is context.DeadlineExceeded too
//	the context ended                         *Aborted, which is the context's cause too
//	it could not be started, or is not ours   *Faulted with its cause
//
// Call may be used from any goroutine. Goroutines that an object starts should
// give a context derived from the object's own: a Call with self itself counts
// as having told the object of a stop.
func Call[O proto.Message](ctx context.Context, name string, input proto.Message, options ...Option) (O, error) {
	o := &order{name: name}
	if given(input) {
		o.input = input
	}
	return call[O](ctx, o, options)
}

func call[O proto.Message](ctx context.Context, o *order, options []Option) (O, error) {
	o.apply(ctx, options)
	completed, err := here().wait(ctx, o)
	if err != nil {
		var none O
		return none, err
	}
	return valueOf[O](completed)
}

// Process starts the executable called name as a child, and returns without
// waiting. Messages to the address reach the main object of the child's
// process, and its end comes as a Completed from there. The input may be nil.
func (self *Context) Process(name string, input proto.Message, options ...Option) *PID {
	o := &order{name: name}
	if given(input) {
		o.input = input
	}
	return self.begin(o, options)
}

func (self *Context) begin(o *order, options []Option) *PID {
	o.apply(self, options)
	o.tell = self.completed
	c := self.node.begin(self, o)
	return &PID{Address: c.pid.Address, Id: c.pid.Id}
}

// completed puts the end of a child into the inbox.
func (self *Context) completed(from *PID, m *lifecycle.Completed) {
	self.node.post(self.pid, &mail{body: m, from: from, size: len(m.GetValue().GetValue())})
}

// wait runs the order and waits for its end, or stops it when ctx ends and
// waits all the same.
func (n *node) wait(ctx context.Context, o *order) (*lifecycle.Completed, error) {
	parent := owner(ctx)
	if parent != nil {
		n = parent.node
	}
	if ctx.Err() != nil {
		return nil, interrupted(ctx)
	}
	if !o.deadline.IsZero() && !time.Now().Before(o.deadline) {
		return nil, &lifecycle.TimedOut{Explanation: "there was no time left to call " + o.name}
	}
	c := n.begin(parent, o)
	if parent != nil {
		defer parent.reaped(c.pid)
	}
	select {
	case <-c.ended:
		return c.outcome, nil
	case <-ctx.Done():
	}
	timedOut := outOfTime(ctx)
	grace := DefaultGrace
	if parent != nil {
		grace = parent.left()
	}
	c.stop(stopIn(grace, "its caller stopped waiting"), timedOut)
	if parent != nil {
		parent.awaitEnd(c)
	}
	<-c.ended
	if timedOut {
		return c.outcome, nil
	}
	return nil, interrupted(ctx)
}

// outOfTime reports whether ctx ended because of its deadline. Its cause may
// be anything: that of an errgroup is the time-out of somebody else.
func outOfTime(ctx context.Context) bool { return errors.Is(ctx.Err(), context.DeadlineExceeded) }

// interrupted is the error of a call whose context ended. If that was an
// object's own, and no Select waits to be told, it counts as having told the
// object of its stop.
func interrupted(ctx context.Context) error {
	if self, ok := ctx.(*Context); ok {
		_ = self.heedInCall() // the cause of the context says it
	}
	if outOfTime(ctx) {
		return &lifecycle.TimedOut{Explanation: "the context ended"}
	}
	return &interruption{cause: context.Cause(ctx)}
}

// interruption is an Aborted whose cause can be matched too.
type interruption struct{ cause error }

// Error implements error.
func (i *interruption) Error() string { return "call aborted: " + i.cause.Error() }

// Unwrap gives the fault and the cause of the context.
func (i *interruption) Unwrap() []error {
	return []error{&lifecycle.Aborted{Explanation: i.cause.Error()}, i.cause}
}
