package actor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	protoactor "github.com/asynkron/protoactor-go/actor"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/ansar-go/ansar/lifecycle"
)

// birth says how an object of this process begins and who hears of its end.
type birth struct {
	kind     *kind
	id       string // empty: the next
	parent   *PID
	settings proto.Message
	input    proto.Message
	deadline time.Time     // zero: none
	grace    time.Duration // 0: DefaultGrace
	ready    func()
	waited   bool // somebody waits for ready
	headers  map[string]string

	log       *log // nil: that of the process
	env       []string
	called    bool // the log is for it alone
	onStarted func(pid int)

	born func(*Context)             // called before it runs; may be nil
	end  func(*lifecycle.Completed) // called once, before ended is closed
}

// spawn begins an object in this process and returns at once.
func (n *node) spawn(b *birth) *Context {
	id := b.id
	if id == "" {
		id = n.newID()
	}
	self := &Context{
		node: n, pid: &PID{Address: n.address, Id: id}, name: b.kind.name, parent: b.parent,
		inbox: newInbox(), ended: make(chan struct{}), onReady: b.ready, headers: b.headers, grace: b.grace,
		log: cmp.Or(b.log, n.log), env: b.env, called: b.called, onStarted: b.onStarted,
	}
	base := n.base
	release := context.CancelFunc(func() {})
	if !b.deadline.IsZero() {
		base, release = context.WithDeadlineCause(base, b.deadline, &lifecycle.TimedOut{Explanation: "the caller's deadline"})
	}
	self.ctx, self.cancel = context.WithCancelCause(base)
	self.engine = engineOf(self.pid)
	n.mu.Lock()
	n.objects[id] = self
	n.mu.Unlock()
	n.spawnEngine(id, self.receive, protoactor.WithMailbox(func() protoactor.Mailbox {
		return &postbox{Mailbox: unbounded(), self: self}
	}))
	self.line(tagCreated, "Created by %s", n.text(b.parent))
	if b.born != nil {
		b.born(self)
	}
	go func() {
		defer release()
		self.live1(b)
	}()
	return self
}

var unbounded = protoactor.Unbounded()

// live1 is the one life of an object: it runs, its children end, its parent
// is told, its watchers are told.
func (self *Context) live1(b *birth) {
	var value proto.Message = &lifecycle.Faulted{
		Condition: "the goroutine of the object ended", Explanation: "it called runtime.Goexit: return an error instead",
	}
	defer func() { // reached by Goexit too
		self.AutoStop()
		completed := lifecycle.Complete(value)
		self.line(tagDestroyed, "Destroyed")
		self.bury()
		self.AutoStop() // of what another goroutine began meanwhile
		if b.end != nil {
			b.end(completed)
		}
		close(self.ended)
	}()
	value = self.perform(b)
}

// bury takes the object away: its mail, its timers, its watches, its contexts, its PID.
func (self *Context) bury() {
	n := self.node
	self.cancel(context.Canceled)
	self.mu.Lock()
	self.over = true
	if self.cleanup != nil {
		self.cleanup.end()
	} else { // a Cleanup that is asked for from now on is over
		self.cleanup = &cleanup{Context: self.ctx, self: self, cancel: self.cancel}
	}
	timed, watched := self.lastTime > 0, self.watched
	self.watched = nil
	self.mu.Unlock()
	if timed {
		n.post(&PID{Address: n.address, Id: timerID}, &mail{body: &lifecycle.CancelTimer{}, from: self.pid})
	}
	for _, pid := range watched { // or they would remember it as long as they live
		n.unwatch(pid, engineOf(self.pid))
	}
	self.inbox.close()
	n.mu.Lock()
	delete(n.objects, self.pid.Id)
	n.mu.Unlock()
	n.system.Root.Stop(engineOf(self.pid))
}

// perform runs the object's own code and gives what it is worth: a value or a
// fault. It recovers from panics.
func (self *Context) perform(b *birth) (value proto.Message) {
	defer func() {
		if r := recover(); r != nil {
			stack := string(debug.Stack())
			self.Fault("panic: %v", r)
			value = &lifecycle.Faulted{
				Cause: lifecycle.Faulted_CAUSE_PANIC, Condition: "panic: " + fmt.Sprint(r), Stack: stack,
			}
		}
	}()
	settings, input, err := b.kind.prepare(b.settings, b.input)
	if err != nil {
		return lifecycle.FaultOf(err)
	}
	if b.waited && !b.kind.announces {
		self.Ready()
	}
	out, err := b.kind.run(self, settings, input)
	if err != nil {
		return self.faultOf(err)
	}
	if !given(out) && b.kind.output != nil {
		out = b.kind.output.New().Interface()
	}
	return out
}

// faultOf is what an object's error becomes. After a stop every error means
// that the object heeded it.
func (self *Context) faultOf(err error) lifecycle.Fault {
	if !self.Stopped() {
		return lifecycle.FaultOf(err)
	}
	var stop *lifecycle.Stop
	if errors.As(err, &stop) {
		return &lifecycle.Aborted{Explanation: stop.GetReason()}
	}
	return &lifecycle.Aborted{Explanation: err.Error()}
}

// prepare fits settings and input to the object, and puts the defaults where
// nothing was given.
func (k *kind) prepare(settings, input proto.Message) (proto.Message, proto.Message, error) {
	if !given(settings) {
		settings = clone(k.defaultSettings)
	}
	if !given(input) {
		input = clone(k.defaultInput)
	}
	settings, err := fit(k, "settings", k.settings, settings)
	if err != nil {
		return nil, nil, err
	}
	input, err = fit(k, "input", k.input, input)
	return settings, input, err
}

// fit gives the object a message of the type that it wants. Nothing given is
// an empty message; a none-value fits whatever is wanted.
func fit(k *kind, what string, want protoreflect.MessageType, m proto.Message) (proto.Message, error) {
	switch {
	case want == nil:
		return m, nil
	case !given(m):
		return want.New().Interface(), nil
	case nameOf(m) == want.Descriptor().FullName():
		return m, nil
	case nameOf(m) == nameOf((*lifecycle.None)(nil)):
		return want.New().Interface(), nil
	}
	return nil, refused(k.name, what, string(want.Descriptor().FullName()), string(nameOf(m)))
}

// clone copies m, which may be nothing.
func clone(m proto.Message) proto.Message {
	if !given(m) {
		return nil
	}
	return proto.Clone(m)
}

func refused(name, what, want, got string) *lifecycle.Faulted {
	return &lifecycle.Faulted{
		Cause:       lifecycle.Faulted_CAUSE_REFUSED,
		Condition:   name + " refuses its " + what,
		Explanation: "it takes " + want + ", not " + got,
	}
}
