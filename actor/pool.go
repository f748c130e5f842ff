package actor

import (
	"context"
	"errors"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/lifecycle"
)

// ErrPoolClosed is the error of a call to a pool that was closed, or has ended.
var ErrPoolClosed = errors.New("the pool is closed")

// Pool is a number of workers that wait to be called: each is a process that runs
// one call after the other, so that a call costs a message and not the start of a
// process. A call is an object of its own, as in [Call]: what it started ends with
// it, a panic is its error alone. If a worker ends, that costs the one call that it
// was at, and the worker is replaced.
//
// A call that calls the pool that it runs in, which only [InProcess] makes possible, may
// wait for ever: all workers may be waiting like that.
//
// What a worker keeps outside of its calls (variables of the package, what it began
// with a context of its own) lives until the worker ends.
//
// A pool belongs to the object whose context it was made with, and ends with it, or
// with any other context, at the latest: what runs is stopped, what waits fails, and
// the workers end. All its methods may be used by any goroutine.
type Pool[I, O proto.Message] struct{ crew *crew }

// Result is what came of one input of a Map.
type Result[I, O proto.Message] struct {
	// Index counts the inputs, from 0.
	Index int

	// Input is the input itself, not a copy.
	Input I

	// Output is what the call returned, if Err is nil.
	Output O

	// Err is the error that [Pool.Call] would give.
	Err error
}

// Pool makes a pool of workers of the object. They are processes of this program
// (its main function begins with [Main] or framework.CreateObject), or with
// [InProcess] goroutines of this one, which cannot crash alone nor be killed; all
// else is the same. Workers are started when calls need them, and kept.
//
// What all pools of a tree of processes start is bounded by one budget; see
// [Budget].
func (o *Object[S, I, O]) Pool(ctx context.Context, options ...PoolOption) *Pool[I, O] {
	w := &order{kind: o.kind, name: o.kind.name}
	if given(o.settings) {
		w.settings = o.settings
	}
	return &Pool[I, O]{here().newCrew(ctx, newPoolSpec(w, options))}
}

// NewPool makes a pool of workers that run the executable called name, which may be
// any program of this framework; see [Call] for how it is found, and [Object.Pool]. One
// that cannot be started fails the calls that wait for it. It is tried again for later
// calls, after pauses that grow up to a second.
func NewPool[I, O proto.Message](ctx context.Context, name string, options ...PoolOption) *Pool[I, O] {
	return &Pool[I, O]{here().newCrew(ctx, newPoolSpec(&order{name: name}, options))}
}

// Call gives the input (nil for none) to the worker that is free next, and waits for
// what it returns. Calls are served in the order in which they came.
//
// The time of [Timeout] begins when a worker has the call; a deadline of ctx counts
// for the wait, too.
//
// The errors are those of the function [Call], and ErrPoolClosed. If the time runs
// out or ctx ends, the worker is stopped, at the latest killed when the grace is
// over, and replaced; only this call fails. A call that still waits for a worker
// then is never begun. The process id of a worker that died is in the text of the
// error.
//
// The options InProcess, Settings, Role, LogLevel and Processors are for the pool, and
// mean nothing here.
func (p *Pool[I, O]) Call(ctx context.Context, input I, options ...Option) (O, error) {
	completed, err := p.crew.call(ctx, p.order(ctx, input, options))
	if err != nil {
		var none O
		return none, err
	}
	return valueOf[O](completed)
}

func (p *Pool[I, O]) order(ctx context.Context, input I, options []Option) *order {
	o := p.crew.spec.each()
	for _, option := range options {
		option(o)
	}
	o.inProcess, o.settings = p.crew.spec.order.inProcess, p.crew.spec.order.settings
	o.deadline, _ = ctx.Deadline() // the time-out begins when a worker has the call
	if given(input) {
		o.input = input
	}
	return o
}

// Create begins a call as a child of self, and returns without waiting. Its end comes
// as a Completed from the address that is returned, which is of no other use than that:
// Stop of self ends the call, as the end of a context does for Call.
func (p *Pool[I, O]) Create(self *Context, input I, options ...Option) *PID {
	c := p.crew
	o := p.order(context.Background(), input, options)
	call := &child{
		pid: &PID{Address: self.node.address, Id: self.node.newID()}, name: o.name, grace: o.grace, ended: make(chan struct{}),
	}
	call.tell = func(m *lifecycle.Completed) { self.completed(call.pid, m) }
	t := &task{order: o, owner: self, done: call.settle}
	call.halt = func(stop *lifecycle.Stop) { c.drop(t, stop) }
	call.kill = func() { c.cut(t) }
	self.adopt(call)
	if err := c.submit(t); err != nil {
		call.settle(lifecycle.Complete(lifecycle.FaultOf(err)))
	}
	if self.buried() {
		c.drop(t, stopIn(DefaultGrace, "its parent has ended"))
	}
	return &PID{Address: call.pid.Address, Id: call.pid.Id}
}

// Close waits until the calls that were made have ended, ends the workers, and
// returns when they are gone. Calls that come later fail with ErrPoolClosed. To end
// the calls too, end the context that the pool was made with, or theirs. Closing
// again does the same.
func (p *Pool[I, O]) Close() { p.crew.close() }

// closedFault is what a call becomes that the end of its pool has overtaken.
func closedFault() *lifecycle.Aborted {
	return &lifecycle.Aborted{Explanation: "the pool of its worker has ended"}
}
