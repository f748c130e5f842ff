package actor

import (
	"context"
	"errors"
	"time"

	protoactor "github.com/asynkron/protoactor-go/actor"
	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/lifecycle"
)

// Select waits for a message of one of the kinds, or for any message if no
// kind is given, and takes it. What does not match stays, in order, for a
// later Select. A stop ends one Select (or Call) with the *lifecycle.Stop as
// its error; Selects after that wait as usual, so that an object can hear its
// children out.
//
// Select blocks, and belongs to the object's own goroutine.
func (self *Context) Select(kinds ...Kind) (Message, error) {
	return self.selectUntil(nil, kinds)
}

// SelectWithin is Select with a limit: after d it gives lifecycle.ErrTimedOut.
func (self *Context) SelectWithin(d time.Duration, kinds ...Kind) (Message, error) {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	return self.selectUntil(ctx.Done(), kinds)
}

func (self *Context) selectUntil(over <-chan struct{}, kinds []Kind) (Message, error) {
	match := func(m *mail) bool {
		if len(kinds) == 0 {
			return true
		}
		for _, k := range kinds {
			if k.accepts(m) {
				return true
			}
		}
		return self.callbacks[m.from.key()] != nil && isCompleted(m)
	}
	self.selects(true)
	defer self.selects(false)
	for {
		if stop := self.heed(); stop != nil {
			return Message{}, stop
		}
		m := self.inbox.take(match, self.stale)
		if m == nil {
			if !self.awaitMail(over) {
				return Message{}, &lifecycle.TimedOut{Explanation: "waited for a message"}
			}
			continue
		}
		if got, ok := self.took(m); ok {
			return got, nil
		}
	}
}

// selects notes whether a Select is at work, which is then told of a stop
// rather than a Call of another goroutine.
func (self *Context) selects(now bool) {
	self.mu.Lock()
	defer self.mu.Unlock()
	self.selecting, self.forSelect = now, false
}

// awaitMail waits until there is something new to look at, or reports false.
// After a stop the object only waits for others, its children most likely.
func (self *Context) awaitMail(over <-chan struct{}) bool {
	if self.wasTold() {
		self.waiting.Add(1)
		defer self.waiting.Add(-1)
	}
	if over == nil {
		<-self.inbox.wake
		return true
	}
	select {
	case <-self.inbox.wake:
		return true
	case <-over:
		return false
	}
}

// took finishes the taking of a message. It reports false if a callback has
// dealt with it.
func (self *Context) took(m *mail) (Message, bool) {
	if self.log.shows(tagReceived) {
		self.line(tagReceived, "Received %s from %s", m.name().Name(), self.node.text(m.from))
	}
	if m.generation != 0 {
		self.fired(m)
	}
	m.unpack()
	self.sender = m.from
	got := Message{Body: m.body, From: m.from}
	if isCompleted(m) {
		self.reaped(m.from)
		if call := self.callbacks[m.from.key()]; call != nil {
			delete(self.callbacks, m.from.key())
			call(got)
			return got, false
		}
	}
	return got, true
}

func isCompleted(m *mail) bool { _, ok := m.body.(*lifecycle.Completed); return ok }

// Send sends m to another object, wherever it lives. The receiver gets a copy.
// Send waits while the receiver has too much waiting already (1 MiB), until
// there is room or this object is told to stop; it does not wait for the
// message to arrive. What is sent to an object that has ended is lost: use
// Watch or Request to know.
//
// The error is the stop, or says that the message is too large or that the
// process of the receiver is gone.
func (self *Context) Send(to *PID, m proto.Message) error { return self.send(to, m, self.pid) }

// Reply sends m to the sender of the message that was received last.
func (self *Context) Reply(m proto.Message) error { return self.Send(self.sender, m) }

// Forward sends m as if from another object, which so gets the answer.
func (self *Context) Forward(to *PID, m proto.Message, from *PID) error {
	if m != nil && to != nil && self.log.shows(tagSent) {
		self.line(tagSent, "Forward %s to %s (from %s)", nameOf(m).Name(), self.node.text(to), self.node.text(from))
	}
	return self.sent(self.node.send(self, to, m, from))
}

// sent counts a send that a stop ended as having told the object of it.
func (self *Context) sent(err error) error {
	if errors.Is(err, lifecycle.ErrStopped) {
		_ = self.heedInCall() // err is the stop
	}
	return err
}

func (self *Context) send(to *PID, m proto.Message, from *PID) error {
	if m != nil && to != nil && self.log.shows(tagSent) {
		self.line(tagSent, "Sent %s to %s", nameOf(m).Name(), self.node.text(to))
	}
	return self.sent(self.node.send(self, to, m, from))
}

// Watch asks for one Terminated when the object at pid is gone. It comes after
// the last message of that object, and at once if there is no such object.
func (self *Context) Watch(pid *PID) {
	there := engineOf(pid)
	self.mu.Lock()
	if self.watched == nil {
		self.watched = map[string]*protoactor.PID{}
	}
	self.watched[pid.key()] = there
	self.mu.Unlock()
	self.node.watch(there, engineOf(self.pid))
}

// Unwatch takes a Watch back. A Terminated may be on its way already.
func (self *Context) Unwatch(pid *PID) {
	self.forgetWatch(pid)
	self.node.unwatch(engineOf(pid), engineOf(self.pid))
}

func (self *Context) forgetWatch(pid *PID) {
	self.mu.Lock()
	defer self.mu.Unlock()
	delete(self.watched, pid.key())
}
