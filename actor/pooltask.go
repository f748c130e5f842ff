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
	order *order   // its deadline is that of the caller, which counts from the beginning
	owner *Context // who calls; nil: no object
	done  func(*lifecycle.Completed)
	work  *poolpb.Work          // nil: in this process
	last  func(announce func()) // waits for the log of the call; nil: it has none

	prints *prints // nil: they are not told apart from those of the worker

	// The crew's lock guards these.
	timer   *time.Timer     // of the time-out; nil: there is none, or it has not begun
	until   time.Time       // when the time is over; zero: there is no limit, or it has not begun
	place   *list.Element   // in the queue; nil: it is not there
	worker  *worker         // that has it; nil: none
	child   *child          // that runs it in this process; nil: none
	dropped *lifecycle.Stop // whoever called waits for its end no more; nil: it does
	over    bool            // done was called, or is about to be
}

// pack makes a call ready to be sent.
func (t *task) pack(c *crew) error {
	if c.spec.order.inProcess {
		return nil
	}
	o := t.order
	w := &poolpb.Work{Headers: o.headers, Environment: o.env, TellMemory: c.spec.memory > 0, WantsReady: o.ready != nil}
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

// limit begins the time of the call, when a worker has it. Called with the crew's
// lock held.
func (t *task) limit(c *crew) {
	t.until = t.order.deadline
	if t.order.timed {
		if until := time.Now().Add(t.order.timeout); t.until.IsZero() || until.Before(t.until) {
			t.until = until
			t.timer = time.AfterFunc(t.order.timeout, func() { c.drop(t, stopIn(t.grace(c), "out of time")) })
		}
	}
	if t.work != nil && !t.until.IsZero() {
		t.work.DeadlineLeftMs = proto.Int64(max(0, time.Until(t.until).Milliseconds()))
	}
}

// unlimit takes limit back. Called with the crew's lock held.
func (t *task) unlimit() {
	if t.timer != nil {
		t.timer.Stop()
	}
	t.timer, t.until = nil, time.Time{}
}

// tell says to those who want to know that w is about to have the call.
func (t *task) tell(w *worker) {
	if t.order.sink != nil {
		t.prints = newPrints(t.order.log)
		t.work.Mark = string(t.prints.mark)
		for _, l := range w.streams() {
			l.expect(t.prints)
		}
	}
	if f := t.order.onStarted; f != nil {
		w.guarded("OnStarted", func() { f(w.pid) })
	}
}

// unprinted expects nothing of a call that was not sent.
func (t *task) unprinted(w *worker) {
	if t.prints == nil {
		return
	}
	for _, l := range w.streams() {
		l.forget(t.prints)
	}
	t.prints = nil
}

// grace is how much time a stop of the call leaves.
func (t *task) grace(c *crew) time.Duration {
	grace := c.grace()
	if t.owner != nil {
		grace = t.owner.left()
	}
	if t.order.grace > 0 {
		grace = min(grace, t.order.grace)
	}
	return grace
}

// finish gives the end to whoever waits. A call that ended too late has run out of
// time, as any call.
func (t *task) finish(completed *lifecycle.Completed) {
	if t.timer != nil {
		t.timer.Stop()
	}
	if !t.until.IsZero() && !time.Now().Before(t.until) {
		completed = lifecycle.Complete(t.timedOut())
	}
	end := func() { t.done(completed) }
	if t.last != nil {
		end = func() { t.last(func() { t.done(completed) }) }
	}
	if t.prints != nil && t.worker != nil {
		t.prints.end(t.worker.streams(), end)
		return
	}
	end()
}

func (t *task) timedOut() *lifecycle.TimedOut {
	return &lifecycle.TimedOut{Explanation: t.order.name + " did not return in time"}
}

// submit begins a call. It does not block. If there is no error, done is going to be
// told of its end.
func (c *crew) submit(t *task) error {
	o := t.order
	if o.timed && o.timeout <= 0 || !o.deadline.IsZero() && !time.Now().Before(o.deadline) {
		return &lifecycle.TimedOut{Explanation: "there was no time left to call " + o.name}
	}
	if err := t.pack(c); err != nil {
		return err
	}
	err := c.enqueue(t)
	if err != nil && t.last != nil {
		t.last(func() {})
	}
	return err
}

// call is one call, from its beginning to its end.
func (c *crew) call(ctx context.Context, o *order) (*lifecycle.Completed, error) {
	if ctx.Err() != nil {
		return nil, interrupted(ctx)
	}
	answer := make(chan *lifecycle.Completed, 1)
	t := &task{order: o, owner: owner(ctx), done: func(completed *lifecycle.Completed) { answer <- completed }}
	if err := c.submit(t); err != nil {
		return nil, err
	}
	select {
	case completed := <-answer:
		return completed, nil
	case <-ctx.Done():
	}
	c.drop(t, stopIn(t.grace(c), "its caller stopped waiting"))
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
