package actor

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/ansar-go/ansar/lifecycle"
)

// child is something that was started and ends exactly once, here or in a
// process of its own.
type child struct {
	pid   *PID
	name  string
	grace time.Duration                // the most a stop may leave; 0: DefaultGrace
	halt  func(stop *lifecycle.Stop)   // asks it to end; never blocks
	kill  func()                       // ends it now, and what it has started; may wait for that
	tell  func(c *lifecycle.Completed) // hears of its end; nil: nobody
	last  func(announce func())        // calls announce when nothing is to come before the end; nil: at once
	ended chan struct{}                // closed when it is gone

	timedOut atomic.Bool

	mu       sync.Mutex           // guards the fields below
	deadline time.Time            // zero: none
	timer    *time.Timer          // of the deadline; nil if there is none
	lend     *time.Timer          // of a part of it, when its own children are stopped for it; nil if there is none
	giveUp   *time.Timer          // of the grace, for one that cannot be killed; nil if there is none
	until    time.Time            // when giveUp is due
	outcome  *lifecycle.Completed // its end; read it without mu once ended is closed
}

// limit has the child stopped at its deadline.
func (c *child) limit() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.deadline.IsZero() && c.outcome == nil {
		c.timer = time.AfterFunc(time.Until(c.deadline), func() { c.stop(stopIn(DefaultGrace, "out of time"), true) })
	}
}

// stop asks the child to end. After a time-out its end counts as one, whatever
// it returns.
func (c *child) stop(stop *lifecycle.Stop, timedOut bool) {
	if timedOut {
		c.timedOut.Store(true)
	}
	if c.grace > 0 && stop.GetGrace().AsDuration() > c.grace {
		stop = stopIn(c.grace, stop.GetReason())
	}
	c.halt(stop)
}

// giveUpAfter settles the child, an object of this process, when the grace is
// over, whether it has ended or not. As in a process of its own, it has a
// quarter of the grace to stop its children; what is left of them is killed at
// the end. The earliest time that was ever set counts.
func (c *child) giveUpAfter(grace, settles time.Duration, self *Context, reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	until := time.Now().Add(grace)
	switch {
	case c.outcome != nil || c.giveUp != nil && !until.Before(c.until):
		return
	case c.giveUp != nil:
		c.lend.Stop()
		c.giveUp.Stop()
	}
	c.until = until
	c.lend = time.AfterFunc(grace/4, func() { self.endChildren(lessReserve(time.Until(until)), reason) })
	c.giveUp = time.AfterFunc(grace+settles, c.kill)
}

// abandon kills what the object has started, and settles it without its doing.
func (c *child) abandon(self *Context) {
	self.killChildren()
	c.settle(lifecycle.Complete(&lifecycle.Aborted{Executable: c.name, Explanation: "it did not stop in time"}))
}

// settle is the child's end. Only the first counts.
func (c *child) settle(completed *lifecycle.Completed) {
	c.mu.Lock()
	if c.outcome != nil {
		c.mu.Unlock()
		return
	}
	for _, t := range []*time.Timer{c.timer, c.lend, c.giveUp} {
		if t != nil {
			t.Stop()
		}
	}
	if c.timedOut.Load() || c.overdue() {
		completed = lifecycle.Complete(c.lateness(completed))
	}
	c.outcome = completed
	c.mu.Unlock()
	if c.last != nil {
		c.last(c.announce)
		return
	}
	c.announce()
}

// announce tells of the end, once it is settled.
func (c *child) announce() {
	if c.tell != nil {
		c.tell(c.outcome)
	}
	close(c.ended)
}

// overdue reports whether the deadline is over. What the child does then may
// come before the stop that the deadline brings.
func (c *child) overdue() bool { return !c.deadline.IsZero() && !time.Now().Before(c.deadline) }

// lateness is the fault of a child that ran out of time. One that could not
// even be started says why.
func (c *child) lateness(completed *lifecycle.Completed) *lifecycle.TimedOut {
	fault, ok := faultIn(completed.GetValue()).(*lifecycle.Faulted)
	if ok && fault.GetCause() == lifecycle.Faulted_CAUSE_NO_RESOURCES {
		return &lifecycle.TimedOut{Explanation: fault.Error()}
	}
	return &lifecycle.TimedOut{Explanation: c.name + " did not return in time"}
}

// begin starts what the order says, here or in a process of its own, and
// returns at once. Whatever goes wrong becomes the child's fault.
func (n *node) begin(parent *Context, o *order) *child {
	c := &child{name: o.name, grace: o.grace, deadline: o.deadline, ended: make(chan struct{})}
	if o.tell != nil {
		c.tell = func(m *lifecycle.Completed) { o.tell(c.pid, m) }
	}
	n.inherit(parent, o, c)
	if o.inProcess {
		n.beginHere(parent, o, c)
	} else {
		n.beginProcess(parent, o, c)
	}
	if parent != nil && parent.buried() {
		c.stop(stopIn(DefaultGrace, "its parent has ended"), false)
	}
	if order := n.stopOrder(); order != nil {
		c.stop(stopIn(time.Until(order.deadline), order.reason), false)
	}
	return c
}

// beginHere starts an object of this program in this process. An object that
// does not heed a stop is given up after its grace: a goroutine cannot be
// ended from outside.
func (n *node) beginHere(parent *Context, o *order, c *child) {
	b := &birth{settings: clone(o.settings), input: clone(o.input), deadline: o.deadline, kind: o.kind, ready: o.ready, waited: o.ready != nil, headers: o.headers}
	if parent != nil {
		b.parent = parent.pid
	}
	if o.stands {
		b.parent = parent.parent
	}
	b.grace, b.log, b.env, b.called, b.onStarted = o.grace, o.log, o.env, o.sink != nil, o.onStarted
	b.end = c.settle
	b.id = n.newID()
	c.pid = &PID{Address: n.address, Id: b.id}
	if o.kind == nil {
		c.halt, c.kill = func(*lifecycle.Stop) {}, func() {}
		parent.adopt(c)
		c.settle(lifecycle.Complete(&lifecycle.Faulted{
			Cause: lifecycle.Faulted_CAUSE_NOT_FOUND, Condition: "cannot run " + o.name + " in this process",
			Explanation: "call the defined object instead of its name",
		}))
		return
	}
	b.born = func(self *Context) {
		c.halt = func(stop *lifecycle.Stop) {
			self.tell(stop)
			if o.stands { // whoever gives up its creator ends it
				return
			}
			c.giveUpAfter(stop.GetGrace().AsDuration(), o.kind.settles, self, stop.GetReason())
		}
		c.kill = func() { c.abandon(self) }
		if o.stands {
			parent.inner.Store(self)
		}
		parent.adopt(c)
	}
	n.spawn(b)
	c.limit()
}
