package actor

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	protoactor "github.com/asynkron/protoactor-go/actor"

	"github.com/ansar-go/ansar/lifecycle"
)

// Context is an object at work: its address, its messages, its children, its
// log. It is also a [context.Context] that ends when the object is told to
// stop, with the *lifecycle.Stop as its cause, so that whatever takes a context
// can be stopped.
//
// Select, Reply and what else says so may be used by the object's own
// goroutine only; everything else, Call included, by any goroutine until the
// object has ended.
type Context struct {
	node   *node
	pid    *PID
	engine *protoactor.PID // the same, with what the engine has looked up
	name   string
	parent *PID
	inbox  *inbox
	ctx    context.Context
	cancel context.CancelCauseFunc
	ended  chan struct{} // closed after the object's Completed was given to its parent

	state   atomic.Value      // a string: the state of a machine
	onReady func()            // tells whoever waits for it; may be nil
	headers map[string]string // what the caller passed along
	log     *log
	env     []string // for what it starts

	called    bool          // log is for this object alone
	onStarted func(pid int) // hears of the process of a utility; may be nil
	grace     time.Duration // what a stop will leave at most; 0: DefaultGrace

	// Used by the object's own goroutine alone.
	sender    *PID // of the message that was received last
	callbacks map[string]func(Message)

	waiting atomic.Int32            // how often it waits for a child that was told to stop
	inner   atomic.Pointer[Context] // what stands for it; see order.stands

	mu       sync.Mutex // guards the fields below
	stop     *lifecycle.Stop
	told     bool // the stop was delivered by a Select or a Call
	deadline time.Time
	cleanup  *cleanup
	children map[string]*child // by address
	order    []string          // addresses of children, oldest first
	jobs     map[string]any    // what assigned children do
	timers   map[string]uint64 // generation of each timer that runs
	lastTime uint64
	ready    bool
	over     bool                       // it has ended
	watched  map[string]*protoactor.PID // objects elsewhere that have not ended yet

	selecting bool // a Select waits
	forSelect bool // the stop came while a Select waited, which is to be told
}

type contextKey struct{}

// Deadline implements [context.Context].
func (self *Context) Deadline() (time.Time, bool) { return self.ctx.Deadline() }

// Done implements [context.Context]. It is closed when the object is told to
// stop, and when it has ended.
func (self *Context) Done() <-chan struct{} { return self.ctx.Done() }

// Err implements [context.Context].
func (self *Context) Err() error { return self.ctx.Err() }

// Value implements [context.Context].
func (self *Context) Value(key any) any {
	if key == (contextKey{}) {
		return self
	}
	return self.ctx.Value(key)
}

// owner finds the object that ctx belongs to, or nil.
func owner(ctx context.Context) *Context {
	self, _ := ctx.Value(contextKey{}).(*Context)
	return self
}

// ContextOf finds the object that ctx belongs to: its own context, or one derived from
// that.
func ContextOf(ctx context.Context) (*Context, bool) {
	self := owner(ctx)
	return self, self != nil
}

// Address is the object's own address.
func (self *Context) Address() *PID { return &PID{Address: self.pid.Address, Id: self.pid.Id} }

// Parent is the address of the object that created this one, in whatever
// process it lives. It is nil for the first object of a tree.
func (self *Context) Parent() *PID {
	if self.parent == nil {
		return nil
	}
	return &PID{Address: self.parent.Address, Id: self.parent.Id}
}

// Name is the name that the object was defined with.
func (self *Context) Name() string { return self.name }

// Header is what the caller passed along by that name, or empty.
func (self *Context) Header(name string) string { return self.headers[name] }

// Ready says that the object can do what it was started for. Whoever waits
// for it, waits no longer. It belongs into objects that announce it; see
// [Object.AnnouncesReady]. All others are ready from their beginning. Only the
// first call counts.
func (self *Context) Ready() {
	self.mu.Lock()
	tell := !self.ready
	self.ready = true
	self.mu.Unlock()
	if !tell || self.onReady == nil {
		return
	}
	defer func() {
		if r := recover(); r != nil { // of the caller's making: the object goes on
			self.Fault("panic in OnReady: %v", r)
		}
	}()
	self.onReady()
}

// Fault logs that something is broken. In the lines of Fault and of the others,
// fields of messages that are marked as secret read "***".
//
// The messages must be arguments themselves: what has them inside is rendered
// by its own means.
func (self *Context) Fault(format string, args ...any) { self.line(tagFault, format, args...) }

// Warning logs what somebody should look at.
func (self *Context) Warning(format string, args ...any) { self.line(tagWarning, format, args...) }

// Console logs for the people who run the program.
func (self *Context) Console(format string, args ...any) { self.line(tagConsole, format, args...) }

// Trace logs what the program does, for those who know it.
func (self *Context) Trace(format string, args ...any) { self.line(tagTrace, format, args...) }

// Debug logs for developers.
func (self *Context) Debug(format string, args ...any) { self.line(tagDebug, format, args...) }

// Sample logs measured values, names and values in turn, at level TRACE.
func (self *Context) Sample(namesAndValues ...any) {
	if self.log.shows(tagSample) {
		self.line(tagSample, "%s", sampleText(namesAndValues))
	}
}

// Logger writes into the object's log: Error as fault, Warn as warning, Info
// as console, Debug as debug.
func (self *Context) Logger() *slog.Logger { return slog.New(&handler{self: self}) }

func (self *Context) line(tag byte, format string, args ...any) {
	state, _ := self.state.Load().(string)
	self.log.line(tag, self.pid.Id, self.name, state, format, args...)
}

// postbox is the engine's mailbox with the object's inbox in front: messages
// of users go there, all else to the engine.
type postbox struct {
	protoactor.Mailbox
	self *Context
}

// PostUserMessage implements [protoactor.Mailbox].
func (p *postbox) PostUserMessage(message any) {
	if m, ok := message.(*mail); ok {
		p.self.post(m)
		return
	}
	p.Mailbox.PostUserMessage(message)
}

// post takes a message in. It never blocks. Stop jumps the queue.
func (self *Context) post(m *mail) {
	switch body := m.body.(type) {
	case *lifecycle.Stop:
		m.consumed()
		self.tell(body)
	case *lifecycle.Timer:
		m.body, m.generation = bodyOfTimer(body), body.GetGeneration()
		self.inbox.push(m)
	default:
		self.inbox.push(m)
	}
}

// receive is the object as the engine sees it: what others watch and what
// hears of their ends.
func (self *Context) receive(ctx protoactor.Context) {
	if m, ok := ctx.Message().(*protoactor.Terminated); ok {
		self.forgetWatch(pidOf(m.Who))
		self.inbox.push(&mail{body: &Terminated{Who: pidOf(m.Who), Reason: publicReason(m.Why)}, from: pidOf(m.Who)})
	}
}

func publicReason(why protoactor.TerminatedReason) Terminated_Reason {
	switch why {
	case protoactor.TerminatedReason_NotFound:
		return Terminated_REASON_NOT_FOUND
	case protoactor.TerminatedReason_AddressTerminated:
		return Terminated_REASON_PROCESS_GONE
	}
	return Terminated_REASON_UNSPECIFIED
}
