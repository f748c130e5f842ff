package actor

import (
	"container/list"
	"context"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/internal/poolpb"
	"github.com/ansar-go/ansar/lifecycle"
)

// task is one call to a pool.
type task struct {
	order *order
	owner *Context // who calls; nil: no object
	done  func(*lifecycle.Completed)
	work  *poolpb.Work // nil: in this process
	last  func(announce func())

	// The crew's lock guards these.
	timer   *time.Timer   // of the time-out; nil: there is none, or it has not begun
	place   *list.Element // in the queue; nil: it is not there
	worker  *worker       // that has it; nil: none
	child   *child        // that runs it in this process; nil: none
	dropped bool          // whoever called waits for its end no more
	over    bool          // done was called, or is about to be
}

// pack makes a call ready to be sent.
func (t *task) pack(c *crew) error {
	if c.spec.order.inProcess {
		return nil
	}
	o := t.order
	w := &poolpb.Work{Headers: o.headers, Environment: o.env, TellMemory: c.spec.memory > 0}
	if t.owner != nil {
		w.Caller = t.owner.pid.Id
	}
	if given(o.input) {
		payload, err := proto.Marshal(o.input)
		if err != nil {
			return err
		}
		w.Type, w.Input = string(nameOf(o.input)), payload
	}
	if o.sink != nil || t.owner != nil && t.owner.log.links {
		t.logs(c, w)
	}
	t.work = w
	return nil
}

// logs gives the call the log of its own that it asked for, or that of its caller.
func (t *task) logs(c *crew, w *poolpb.Work) {
	log := &child{}
	c.node.inherit(t.owner, t.order, log)
	t.last = log.last
	headers := map[string]string{logHeader: t.order.log.target.Address + "/" + t.order.log.target.ID, filesHeader: t.order.log.files}
	if t.order.sink != nil {
		headers[ownLogHeader] = "1"
	}
	for name, value := range w.GetHeaders() {
		headers[name] = value
	}
	w.Headers, w.LogLevel, w.Environment = headers, t.order.log.level.Load(), t.order.env
}

// hurry tells the worker how much time is left, just before the call is sent.
func (t *task) hurry() {
	if !t.order.deadline.IsZero() {
		t.work.DeadlineLeftMs = proto.Int64(max(0, time.Until(t.order.deadline).Milliseconds()))
	}
}

// limit begins the time of the call, when a worker has it. Called with the crew's
// lock held.
func (t *task) limit(c *crew) {
	if !t.order.timed {
		return
	}
	if until := time.Now().Add(t.order.timeout); t.order.deadline.IsZero() || until.Before(t.order.deadline) {
		t.order.deadline = until
		t.timer = time.AfterFunc(t.order.timeout, func() { c.drop(t, "out of time") })
	}
}

// finish gives the end to whoever waits. A call that ended too late has run out of
// time, as any call.
func (t *task) finish(completed *lifecycle.Completed) {
	if t.timer != nil {
		t.timer.Stop()
	}
	if t.worker != nil && t.order.late() {
		completed = lifecycle.Complete(t.timedOut())
	}
	if t.last != nil {
		t.last(func() { t.done(completed) })
		return
	}
	t.done(completed)
}

func (t *task) timedOut() *lifecycle.TimedOut {
	return &lifecycle.TimedOut{Explanation: t.order.name + " did not return in time"}
}

// late reports whether the time of the order is over.
func (o *order) late() bool { return !o.deadline.IsZero() && !time.Now().Before(o.deadline) }

// task begins a call, whose end done is told. It does not block.
func (c *crew) task(ctx context.Context, o *order, done func(*lifecycle.Completed)) (*task, error) {
	switch {
	case ctx.Err() != nil:
		return nil, interrupted(ctx)
	case o.late() || o.timed && o.timeout <= 0:
		return nil, &lifecycle.TimedOut{Explanation: "there was no time left to call " + o.name}
	}
	t := &task{order: o, owner: owner(ctx), done: done}
	if err := t.pack(c); err != nil {
		return nil, err
	}
	return t, c.submit(t)
}

// call is one call, from its beginning to its end.
func (c *crew) call(ctx context.Context, o *order) (*lifecycle.Completed, error) {
	answer := make(chan *lifecycle.Completed, 1)
	t, err := c.task(ctx, o, func(completed *lifecycle.Completed) { answer <- completed })
	if err != nil {
		return nil, err
	}
	select {
	case completed := <-answer:
		return completed, nil
	case <-ctx.Done():
	}
	c.drop(t, "its caller stopped waiting")
	t.await(answer)
	return nil, interrupted(ctx)
}

// await waits for the end of a call whose worker was told to stop.
func (t *task) await(answer <-chan *lifecycle.Completed) {
	if t.owner != nil {
		t.owner.waiting.Add(1)
		defer t.owner.waiting.Add(-1)
	}
	<-answer
}
