package actor

import (
	"fmt"
	"slices"
	"time"
)

// adopt notes a child, before it begins. Nobody has no children.
func (self *Context) adopt(c *child) {
	if self == nil {
		return
	}
	self.mu.Lock()
	defer self.mu.Unlock()
	if self.children == nil {
		self.children = map[string]*child{}
	}
	key := c.pid.key()
	self.children[key] = c
	self.order = append(self.order, key)
}

// buried reports whether the object has ended, so that nobody stops what it
// begins.
func (self *Context) buried() bool {
	self.mu.Lock()
	defer self.mu.Unlock()
	return self.over
}

// reaped forgets a child that has ended.
func (self *Context) reaped(pid *PID) {
	self.mu.Lock()
	defer self.mu.Unlock()
	key := pid.key()
	if self.children[key] == nil {
		return
	}
	delete(self.children, key)
	if i := slices.Index(self.order, key); i >= 0 {
		self.order = slices.Delete(self.order, i, i+1)
	}
}

// live lists the children, youngest first.
func (self *Context) live() []*child {
	self.mu.Lock()
	defer self.mu.Unlock()
	list := make([]*child, 0, len(self.order))
	for _, key := range slices.Backward(self.order) {
		list = append(list, self.children[key])
	}
	return list
}

// Stop asks a child, or any object, to end within this object's own grace. It
// does not wait: the Completed of a child tells when it has.
func (self *Context) Stop(pid *PID) {
	self.mu.Lock()
	c := self.children[pid.key()]
	self.mu.Unlock()
	stop := stopIn(self.left(), "")
	if c == nil {
		_ = self.Send(pid, stop) // whoever has ended needs no stop
		return
	}
	self.line(tagSent, "Sent Stop to %s", self.node.text(pid))
	c.stop(stop, false)
}

// AutoStop stops all children, youngest first, and waits until they are gone.
// Written with defer it makes an object leave nothing behind on any way out.
// What the children return is lost. Every object does the same after it has
// returned, so AutoStop matters where something else is to come after it.
//
// AutoStop waits no longer than the children are given: the grace that is left
// to this object, or the default.
func (self *Context) AutoStop() {
	children := self.live()
	if len(children) == 0 {
		return
	}
	stop := stopIn(self.left(), "its parent is ending")
	for _, c := range children {
		c.stop(stop, false)
	}
	for _, c := range children {
		self.awaitEnd(c)
		self.reaped(c.pid)
	}
}

// Assign notes what a child is for, until Debrief.
func (self *Context) Assign(pid *PID, job any) {
	self.mu.Lock()
	defer self.mu.Unlock()
	if self.jobs == nil {
		self.jobs = map[string]any{}
	}
	self.jobs[pid.key()] = job
}

// Debrief gives what the sender of m was assigned, and forgets it. It reports
// false if nothing was assigned to it.
func (self *Context) Debrief(m Message) (any, bool) {
	self.mu.Lock()
	defer self.mu.Unlock()
	job, ok := self.jobs[m.From.key()]
	delete(self.jobs, m.From.key())
	return job, ok
}

// DebriefAs is Debrief for jobs of one type. It gives the zero T if nothing
// was assigned to the sender of m, and panics if the job is of another type.
func DebriefAs[T any](self *Context, m Message) T {
	var none T
	job, ok := self.Debrief(m)
	if !ok {
		return none
	}
	t, ok := job.(T)
	if !ok {
		panic(fmt.Sprintf("the job of %s is a %T, not a %T", m.From.key(), job, none))
	}
	return t
}

// Progress gives what pid was assigned, without forgetting it.
func (self *Context) Progress(pid *PID) (any, bool) {
	self.mu.Lock()
	defer self.mu.Unlock()
	job, ok := self.jobs[pid.key()]
	return job, ok
}

// Working counts the jobs that are assigned and not debriefed.
func (self *Context) Working() int {
	self.mu.Lock()
	defer self.mu.Unlock()
	return len(self.jobs)
}

// Job is a piece of work and who does it.
type Job struct {
	PID *PID
	Job any
}

// Running lists the jobs that are assigned and not debriefed, by address.
func (self *Context) Running() []Job {
	self.mu.Lock()
	defer self.mu.Unlock()
	list := make([]Job, 0, len(self.jobs))
	for _, key := range sortedKeys(self.jobs) {
		list = append(list, Job{pidOfKey(key), self.jobs[key]})
	}
	return list
}

// OnCompleted has call deal with the Completed of a child instead of Select:
// it runs in the object's own goroutine, within whatever Select comes to the
// message, and that Select goes on waiting.
func (self *Context) OnCompleted(pid *PID, call func(Message)) {
	if self.callbacks == nil {
		self.callbacks = map[string]func(Message){}
	}
	self.callbacks[pid.key()] = call
}

// endChildren is what the framework does for an object that takes too long:
// the rest of the grace is for the children.
func (self *Context) endChildren(grace time.Duration, reason string) {
	for _, c := range self.live() {
		c.stop(stopIn(grace, reason), false)
	}
}

// awaitEnd waits for a child that was told to stop. Meanwhile the object counts
// as one that heeds its own stop: it only waits for others. See Host.overdue.
func (self *Context) awaitEnd(c *child) {
	self.waiting.Add(1)
	defer self.waiting.Add(-1)
	<-c.ended
}

// killChildren ends what the object has started, and whatever it still begins,
// and waits until it is gone.
func (self *Context) killChildren() {
	self.mu.Lock()
	self.over = true
	self.mu.Unlock()
	children := self.live()
	for _, c := range children {
		c.kill()
	}
	for _, c := range children {
		<-c.ended
	}
}
