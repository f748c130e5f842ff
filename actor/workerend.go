package actor

import (
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/internal/poolpb"
	"github.com/ansar-go/ansar/lifecycle"
)

// stop ends a worker that has nothing to do.
func (w *worker) stop(reason string) { w.end(stopIn(DefaultGrace, reason)) }

// end tells the worker to stop. It does not wait.
func (w *worker) end(stop *lifecycle.Stop) {
	c := w.crew
	c.mu.Lock()
	child, t := w.child, w.task
	switch {
	case !c.spec.order.inProcess:
	case t != nil:
		child = t.child
	case w.ready:
		c.remove(w)
		c.settle()
	}
	c.mu.Unlock()
	if child != nil { // otherwise it is about to be begun, and told then
		child.stop(stop, false)
	}
}

// interrupt stops the worker because of the call that it has.
func (w *worker) interrupt(t *task, stop *lifecycle.Stop) {
	c := w.crew
	c.mu.Lock()
	child := w.child
	switch {
	case w.task != t:
		c.mu.Unlock()
		return
	case c.spec.order.inProcess:
		child = t.child
	default:
		w.leaving = true
	}
	c.mu.Unlock()
	if child != nil {
		child.stop(stop, false)
	}
}

// remove takes a worker off the list. Called with the lock held.
func (c *crew) remove(w *worker) {
	if _, ok := c.workers[w]; !ok {
		return
	}
	delete(c.workers, w)
	if i := slices.Index(c.idle, w); i >= 0 {
		c.idle = slices.Delete(c.idle, i, i+1)
	}
	if !w.ready {
		c.starting--
	}
	if !w.token {
		c.own = false
	}
}

// ended is called when the worker's process is gone.
func (w *worker) ended(pid *PID, completed *lifecycle.Completed) {
	c := w.crew
	c.node.direct.Delete(w.reply.ID)
	c.mu.Lock()
	c.remove(w)
	t := w.task
	w.task = nil
	switch {
	case t == nil:
	case w.unbegun(completed):
		c.takeBack(t)
		t = nil
	default:
		t.over, t.prints = true, nil // all that it printed is logged
		c.running--
	}
	failed := c.bury(w)
	starts := c.grow()
	c.settle()
	c.mu.Unlock()
	if w.token {
		c.node.ration.giveBack()
	}
	if c.owner != nil {
		c.owner.reaped(pid)
	}
	if t != nil {
		t.finish(w.death(completed))
	}
	for _, t := range failed {
		t.finish(completed)
	}
	if len(starts) > 0 {
		go c.begin(starts) // here the log waits
	}
}

// bury decides what the end of a worker means for the others, and gives the calls
// that fail with it: a worker that never was of use makes all calls fail, if there
// is no other. Called with the lock held.
func (c *crew) bury(w *worker) (failed []*task) {
	switch {
	case w.leaving:
		return nil
	case w.fit:
		if time.Since(w.born) < quick {
			c.pause.failed(c.spec.size)
		}
		return nil
	}
	c.pause.failed(0)
	if len(c.workers) > 0 {
		return nil
	}
	for e := c.queue.Front(); e != nil; e = c.queue.Front() {
		t, _ := c.queue.Remove(e).(*task)
		t.place, t.over = nil, true
		failed = append(failed, t)
	}
	return failed
}

// unbegun reports whether the worker ended in order without having taken the last
// call that it was sent.
func (w *worker) unbegun(completed *lifecycle.Completed) bool {
	left := new(poolpb.Left)
	value := completed.GetValue()
	return value.MessageName() == nameOf(left) && proto.Unmarshal(value.GetValue(), left) == nil && left.GetTaken() < w.sent
}

// death is what a call is worth whose worker has ended.
func (w *worker) death(completed *lifecycle.Completed) *lifecycle.Completed {
	what := fmt.Sprintf("the worker process %d ended during the call", w.pid)
	switch fault := faultIn(completed.GetValue()).(type) {
	case *lifecycle.Aborted:
		if fault.Explanation != "" {
			what += ": " + fault.Explanation
		}
		fault.Explanation = what
		return lifecycle.Complete(fault)
	case nil:
		return lifecycle.Complete(&lifecycle.Aborted{Executable: w.crew.spec.order.name, Explanation: what})
	case *lifecycle.Faulted:
		fault.Explanation = what + ": " + fault.Explanation
		return lifecycle.Complete(fault)
	}
	return completed
}
