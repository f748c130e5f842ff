package actor

import (
	"fmt"
	"strings"
	"time"

	protoactor "github.com/asynkron/protoactor-go/actor"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/ansar-go/ansar/lifecycle"
)

// StartTimer sends a message of the kind to this object after d; T1 to T4 are
// there for it, and any message type will do. Starting a timer of a kind that
// runs already restarts it. A timer that was cancelled or restarted never
// sends what the earlier one would have sent. With a d of zero or less, it sends
// at once.
func (self *Context) StartTimer(kind Kind, d time.Duration) { self.startTimer(kind, d, false) }

// StartRepeating is StartTimer again and again, every d, until CancelTimer. A
// message that was not received yet is not doubled. A d below one millisecond is
// one millisecond.
func (self *Context) StartRepeating(kind Kind, d time.Duration) {
	self.startTimer(kind, max(d, time.Millisecond), true)
}

func (self *Context) startTimer(kind Kind, d time.Duration, repeating bool) {
	self.mu.Lock()
	self.lastTime++
	generation := self.lastTime
	if self.timers == nil {
		self.timers = map[string]uint64{}
	}
	self.timers[string(kind.name)] = generation
	self.mu.Unlock()
	self.tellTimers(&lifecycle.StartTimer{
		Kind: string(kind.name), Delay: durationpb.New(d), Repeating: repeating, Generation: generation,
	})
}

// CancelTimer stops the timer of that kind, if one runs.
func (self *Context) CancelTimer(kind Kind) {
	self.mu.Lock()
	_, runs := self.timers[string(kind.name)]
	delete(self.timers, string(kind.name))
	self.mu.Unlock()
	if runs {
		self.tellTimers(&lifecycle.CancelTimer{Kind: string(kind.name)})
	}
}

func (self *Context) tellTimers(m proto.Message) {
	self.node.startTimers()
	to := &PID{Address: self.node.address, Id: timerID}
	if self.log.shows(tagSent) {
		self.line(tagSent, "Sent %s to %s", nameOf(m).Name(), self.node.text(to))
	}
	self.node.post(to, &mail{body: m, from: self.pid})
}

// stale reports whether m is of a timer that was cancelled or restarted.
func (self *Context) stale(m *mail) bool {
	if m.generation == 0 {
		return false
	}
	self.mu.Lock()
	defer self.mu.Unlock()
	return self.timers[string(nameOf(m.body))] != m.generation
}

// fired tells the timer object that the message was taken, so that a
// repeating timer may send the next.
func (self *Context) fired(m *mail) {
	self.node.post(&PID{Address: self.node.address, Id: timerID},
		&mail{body: &lifecycle.Timer{Kind: string(nameOf(m.body)), Generation: m.generation}, from: self.pid})
}

// bodyOfTimer is the message that an object sees of a timer.
func bodyOfTimer(t *lifecycle.Timer) proto.Message {
	m, err := decode(t.GetKind(), nil)
	if err != nil { // the kind came from KindOf: the type is linked in
		return t
	}
	return m
}

// alarm is one timer that runs.
type alarm struct {
	start   *lifecycle.StartTimer
	timer   *time.Timer
	waiting bool // a message of it was not taken yet
}

// startTimers starts the timer object at its first use.
func (n *node) startTimers() {
	n.timers.Do(func() {
		alarms := map[string]*alarm{}
		n.spawnEngine(timerID, func(ctx protoactor.Context) {
			switch m := ctx.Message().(type) {
			case *mail:
				n.onTimer(alarms, m)
			case *protoactor.Stopping:
				for _, a := range alarms {
					a.timer.Stop()
				}
			}
		})
		n.timing.Store(true)
	})
}

func (n *node) timersStarted() bool { return n.timing.Load() }

func (n *node) onTimer(alarms map[string]*alarm, m *mail) {
	owner := m.from.key() + " "
	switch body := m.body.(type) {
	case *lifecycle.StartTimer:
		if old := alarms[owner+body.GetKind()]; old != nil {
			old.timer.Stop()
		}
		a := &alarm{start: body}
		alarms[owner+body.GetKind()] = a
		a.timer = time.AfterFunc(body.GetDelay().AsDuration(), func() { n.due(m.from, body) })
	case *lifecycle.CancelTimer:
		for key, a := range alarms {
			if key == owner+body.GetKind() || body.GetKind() == "" && strings.HasPrefix(key, owner) {
				a.timer.Stop()
				delete(alarms, key)
			}
		}
	case *lifecycle.Timer: // due, sent by the clock; or taken, sent by the object
		a := alarms[owner+body.GetKind()]
		if a == nil || a.start.GetGeneration() != body.GetGeneration() {
			return
		}
		n.ring(alarms, owner, a, m)
	}
}

// ring handles both ends of a message of a timer: the time is up (done is
// set), or the object took it.
func (n *node) ring(alarms map[string]*alarm, owner string, a *alarm, m *mail) {
	if m.done == nil {
		a.waiting = false
		return
	}
	if !a.waiting {
		a.waiting = true
		n.post(m.from, &mail{
			body: &lifecycle.Timer{Kind: a.start.GetKind(), Generation: a.start.GetGeneration()},
			from: &PID{Address: n.address, Id: timerID},
		})
	}
	if a.start.GetRepeating() {
		a.timer.Reset(a.start.GetDelay().AsDuration())
		return
	}
	delete(alarms, owner+a.start.GetKind())
}

// due runs on the clock's goroutine.
func (n *node) due(to *PID, s *lifecycle.StartTimer) {
	n.post(&PID{Address: n.address, Id: timerID}, &mail{
		body: &lifecycle.Timer{Kind: s.GetKind(), Generation: s.GetGeneration()}, from: to, done: func() {},
	})
}

// sampleText renders names and values for a sample line.
func sampleText(namesAndValues []any) string {
	namesAndValues = redactArgs(namesAndValues)
	var text strings.Builder
	for i := 0; i < len(namesAndValues); i += 2 {
		if i > 0 {
			text.WriteByte(' ')
		}
		if i+1 == len(namesAndValues) {
			fmt.Fprintf(&text, "%v=", namesAndValues[i])
			break
		}
		fmt.Fprintf(&text, "%v=%v", namesAndValues[i], namesAndValues[i+1])
	}
	return text.String()
}
