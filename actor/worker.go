package actor

import (
	"cmp"
	"errors"
	"time"

	"github.com/ansar-go/ansar/internal/link"
	"github.com/ansar-go/ansar/internal/poolpb"
	"github.com/ansar-go/ansar/lifecycle"
)

// worker is one process of a pool, or the place of one goroutine.
type worker struct {
	crew  *crew
	token bool // it has one of the budget
	born  time.Time
	reply link.PID // where its answers come
	main  link.PID // where its work goes

	// The crew's lock guards these.
	child   *child // the process; nil: it is not begun, or there is none
	process *process
	pid     int
	came    bool  // it said that it is ready
	ready   bool  // it counts as such
	fit     bool  // it has done a call, or needs none to be of use
	heavy   bool  // it has more memory than it should
	leaving bool  // no more work for it
	task    *task // what it works at; nil: nothing
	sent    uint64
}

// quick is how short the life of a worker is that ended "at once".
const quick = time.Second

// worn reports whether it is to be replaced.
func (w *worker) worn(s *poolSpec) bool {
	return !s.order.inProcess && (w.heavy || s.recycle > 0 && w.sent >= uint64(s.recycle))
}

// begin starts the process.
func (w *worker) begin() {
	c := w.crew
	if c.spec.order.inProcess {
		w.isReady()
		return
	}
	n := c.node
	w.reply = link.PID{Address: n.address, ID: n.newID()}
	n.receive(w.reply.ID, w.answered)
	o := c.spec.worker()
	o.ready = w.isReady
	o.tell = w.ended
	started := o.onStarted
	o.onStarted = func(pid int) {
		c.mu.Lock()
		w.pid = pid
		c.mu.Unlock()
		if started != nil {
			started(pid)
		}
	}
	child := n.begin(c.owner, o)
	process := n.process(child.pid)
	c.mu.Lock()
	w.child, w.process = child, process
	w.main = link.PID{Address: child.pid.GetAddress(), ID: workID}
	came, ending := w.came, c.ending
	c.mu.Unlock()
	if ending != nil {
		child.stop(ending, false)
	}
	if came {
		w.isReady()
	}
}

// streams are what the process prints to.
func (w *worker) streams() []*lines {
	if w.process == nil {
		return nil
	}
	return []*lines{&w.process.stdout, &w.process.stderr}
}

// isReady is called once it can work.
func (w *worker) isReady() {
	c := w.crew
	c.mu.Lock()
	if w.came = true; w.child == nil && !c.spec.order.inProcess { // begin is not done
		c.mu.Unlock()
		return
	}
	if _, lives := c.workers[w]; w.ready || !lives {
		c.mu.Unlock()
		return
	}
	w.ready = true
	c.starting--
	if c.spec.first != nil && !c.spec.order.inProcess && !w.leaving {
		t := &task{order: &order{name: c.spec.order.name, input: c.spec.first}, done: w.warmed}
		if err := t.pack(c); err == nil {
			c.assign(w, t)
			c.mu.Unlock()
			w.hand(t)
			return
		}
	}
	w.fit = true
	c.mu.Unlock()
	c.free(w)
}

// warmed is the end of the call with the first input.
func (w *worker) warmed(completed *lifecycle.Completed) {
	if fault := faultIn(completed.GetValue()); fault != nil {
		w.crew.node.log.line(tagWarning, w.reply.ID, w.crew.spec.order.name, "", "the first input of a worker: %v", fault)
	}
}

// hand gives it a call. It does not block.
func (w *worker) hand(t *task) {
	c := w.crew
	if c.spec.order.inProcess {
		w.handHere(t)
		return
	}
	t.tell(w)
	err := c.node.router.TrySend(w.main, w.reply, t.work)
	switch {
	case err == nil:
	case errors.Is(err, link.ErrNoRoute): // it is going: nothing of the call was done
		c.mu.Lock()
		back := w.task == t
		w.leaving = true
		if back {
			w.task = nil
			c.takeBack(t)
		}
		starts := c.grow()
		c.settle()
		c.mu.Unlock()
		c.begin(starts)
	default:
		t.unprinted(w)
		w.settle(t, lifecycle.Complete(refusedInput(t.order.name, err)))
	}
}

func refusedInput(name string, err error) *lifecycle.Faulted {
	f := &lifecycle.Faulted{Condition: "cannot give " + name + " its input", Explanation: err.Error()}
	if errors.Is(err, link.ErrTooLarge) {
		f.Cause = lifecycle.Faulted_CAUSE_TOO_LARGE
	}
	return f
}

func isTooLarge(err error) bool { return errors.Is(err, link.ErrTooLarge) }

// takeBack puts a call that was not begun in front of the queue. Called with the
// lock held.
func (c *crew) takeBack(t *task) {
	t.worker = nil
	c.running--
	if c.ending != nil || t.dropped != nil { // its time may be over
		t.over = true
		go t.finish(lifecycle.Complete(closedFault()))
		return
	}
	t.unlimit()
	t.place = c.queue.PushFront(t)
}

// handHere runs a call in this process.
func (w *worker) handHere(t *task) {
	c := w.crew
	o := *t.order
	o.deadline = t.until
	o.tell = func(_ *PID, m *lifecycle.Completed) { w.settle(t, m) }
	by := t.owner
	if by == nil {
		by = c.owner
	}
	child := c.node.begin(by, &o)
	c.mu.Lock()
	if w.task == t {
		t.child = child
	}
	stop := cmp.Or(t.dropped, c.ending)
	c.mu.Unlock()
	if stop != nil {
		child.stop(stop, false)
	}
	if by != nil {
		go func() {
			<-child.ended
			by.reaped(child.pid)
		}()
	}
}

// answered takes what the worker has made of its call, in the reader of its link.
func (w *worker) answered(m link.Message) {
	if m.Type == underwayName {
		m.Done()
		w.underway()
		return
	}
	value, memory, err := readWorked(m.Payload, m.Free == nil)
	m.Done()
	completed := &lifecycle.Completed{Value: value}
	if err != nil {
		completed = lifecycle.Complete(&lifecycle.Faulted{
			Cause: lifecycle.Faulted_CAUSE_PROTOCOL, Condition: "cannot read what a worker sent", Explanation: err.Error(),
		})
	}
	c := w.crew
	c.mu.Lock()
	w.heavy = c.spec.memory > 0 && memory > c.spec.memory
	t := w.task
	c.mu.Unlock()
	if t != nil {
		w.settle(t, completed)
	}
}

var underwayName = string(nameOf((*poolpb.Underway)(nil)))

// underway is heard when the called object is ready.
func (w *worker) underway() {
	w.crew.mu.Lock()
	t := w.task
	w.crew.mu.Unlock()
	if t != nil && t.order.ready != nil {
		w.guarded("OnReady", t.order.ready)
	}
}

// guarded calls a function of the caller's making: if it panics, the pool goes on.
func (w *worker) guarded(name string, f func()) {
	defer func() {
		if r := recover(); r != nil {
			w.crew.node.log.line(tagFault, w.reply.ID, w.crew.spec.order.name, "", "panic in %s: %v", name, r)
		}
	}()
	f()
}

// settle is the end of a call that w has. The worker has its next call before
// anybody hears of this one.
func (w *worker) settle(t *task, completed *lifecycle.Completed) {
	c := w.crew
	c.mu.Lock()
	if w.task != t || t.over {
		c.mu.Unlock()
		return
	}
	w.task, t.over, w.fit = nil, true, true
	c.running--
	c.pause.bad = 0
	next, retire := c.next(w)
	if w.leaving && c.spec.order.inProcess {
		c.remove(w)
	}
	c.settle()
	c.mu.Unlock()
	if next != nil {
		w.hand(next)
	}
	if retire {
		w.stop("it has done its part")
	}
	t.finish(completed)
}
