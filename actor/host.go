package actor

import (
	"cmp"
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/ansar-go/ansar/internal/link"
	"github.com/ansar-go/ansar/internal/link/linkpb"
	"github.com/ansar-go/ansar/internal/osproc"
	"github.com/ansar-go/ansar/lifecycle"
)

// parentHeader carries the id of the object that is the parent of a process's
// main object. Names that begin so are not for users.
const parentHeader = "ansar-parent"

// processorsHeader carries the number of [Processors].
const processorsHeader = "ansar-processors"

// Host is this process as the place of one main object. Programs need it only
// if neither framework.CreateObject nor [Main] does what they want.
type Host struct {
	node  *node
	link  *link.Link  // nil: nobody of ours started this process
	begun chan *Begin // the parent's, once
	gone  chan struct{}

	onReady func() // hears that the main object is ready; nil: nobody

	mu       sync.Mutex // guards the fields below
	main     *Context
	called   string    // what the main object is called by
	deadline time.Time // when everything must have ended; zero: not stopping
	timers   []*time.Timer
	pending  *lifecycle.Stop // came before the main object
	result   *lifecycle.Completed
	leave    func(*lifecycle.Completed) // ends the process when the time is up
}

// Begin is what a parent wants of a process.
type Begin struct {
	Object   string // which of the program's objects to run; empty: its only one
	LogLevel Level
	Deadline time.Time // zero: none
	Detached bool
	Parent   *PID

	settings *linkpb.Value
	input    *linkpb.Value
	headers  map[string]string
	kind     *kind // the object that is going to run; nil: not known yet

	wantsReady bool // the parent waits for it

	logTo link.PID // where its records go, if links
	links bool     // whoever takes them tells processes apart
	files string   // of LogFiles; empty: none

	bench *workbench // the process is to be a worker; nil: it is not
}

// For says which object is going to run, so that the error of Settings or Input
// can name the type that it takes.
func (b *Begin) For(def Definition) { b.kind = def.definition() }

// NewHost claims the parent, if one of ours started this process. It must be
// called before anything else of this package, and once.
func NewHost() (*Host, error) {
	entered.Store(true)
	c, err := claimLink()
	if err != nil {
		return nil, err
	}
	h := &Host{node: here(), begun: make(chan *Begin, 1), gone: make(chan struct{})}
	h.leave = func(*lifecycle.Completed) { os.Exit(1) }
	osproc.OwnMain()
	if c != nil {
		h.node.hold()
		h.link = h.node.router.AddParent(c.stream, childSide{h})
		_ = h.link.Hello(&linkpb.Hello{Name: programName(), Pid: int32(os.Getpid())}) // a dead link ends itself
	}
	return h, nil
}

// Hosted reports whether a parent of ours started this process.
func (h *Host) Hosted() bool { return h.link != nil }

// Locate has executables found by locate from now on.
func (h *Host) Locate(locate Locator) { h.node.locate = locate }

// OwnFlags has processes that run an object of this program started with the
// flags that it gives for the object, and the role that the caller named ("" if
// it named none), behind the name of the object.
func (h *Host) OwnFlags(flags func(object, role string) ([]string, error)) { h.node.ownFlags = flags }

// Carry makes a value known to every object of this process, which finds it by
// [Context.Value]. It must be called before Run.
func (h *Host) Carry(key, value any) { h.node.base = context.WithValue(h.node.base, key, value) }

// Begin waits for what the parent wants. It gives nil if there is no parent,
// or none any more.
func (h *Host) Begin() *Begin {
	if h.link == nil {
		return nil
	}
	select {
	case b := <-h.begun:
		there := link.PID{Address: root(h.node.address), ID: logID}
		if b.links {
			there = b.logTo
		}
		h.node.log.links, h.node.log.target, h.node.log.files = b.links, there, b.files
		h.node.log.to(b.LogLevel, h.node.sinkTo(there))
		return b
	case <-h.gone:
		return nil
	}
}

func root(address string) string {
	first, _, _ := strings.Cut(address, ".")
	return first
}

// Settings and input of the parent, or nil if it gave none. A type that this
// program does not know is an error.
func (b *Begin) Settings() (proto.Message, error) {
	var takes protoreflect.MessageType
	if b.kind != nil {
		takes = b.kind.settings
	}
	return unpack("settings", takes, b.settings)
}

// Input is what the parent gave to work on; see Settings.
func (b *Begin) Input() (proto.Message, error) {
	var takes protoreflect.MessageType
	if b.kind != nil {
		takes = b.kind.input
	}
	return unpack("input", takes, b.input)
}

func unpack(what string, takes protoreflect.MessageType, v *linkpb.Value) (proto.Message, error) {
	if v == nil {
		return nil, nil
	}
	t, err := protoregistry.GlobalTypes.FindMessageByName(protoreflect.FullName(v.GetType()))
	if err != nil {
		explanation := "it does not know the type " + v.GetType()
		if takes != nil {
			explanation = "it takes " + string(takes.Descriptor().FullName()) + ", and does not know the type " + v.GetType()
		}
		return nil, &lifecycle.Faulted{
			Cause: lifecycle.Faulted_CAUSE_REFUSED, Condition: programName() + " refuses its " + what, Explanation: explanation,
		}
	}
	m := t.New().Interface()
	if err := proto.Unmarshal(v.GetPayload(), m); err != nil {
		return nil, &lifecycle.Faulted{
			Cause: lifecycle.Faulted_CAUSE_REFUSED, Condition: programName() + " cannot read its " + what, Explanation: err.Error(),
		}
	}
	return m, nil
}

// Run runs the object as the main object of this process and waits until it
// and all that it started have ended. Nil settings or input mean the defaults.
func (h *Host) Run(def Definition, begin *Begin, settings, input proto.Message) *lifecycle.Completed {
	b := &birth{kind: def.definition(), id: mainID, settings: settings, input: input, ready: h.ready}
	if begin != nil {
		b.parent, b.deadline, b.headers, b.waited = begin.Parent, begin.Deadline, begin.headers, begin.wantsReady
		if begin.bench != nil {
			b.kind, b.input = begin.bench.runs(b.kind, input), nil
		}
	}
	b.waited = b.waited || h.onReady != nil
	done := make(chan *lifecycle.Completed, 1)
	b.end = func(c *lifecycle.Completed) { done <- c }
	main := h.node.spawn(b)
	h.node.release()
	h.mu.Lock()
	h.main, h.called = main, cmp.Or(b.kind.subject, b.kind.name)
	pending := h.pending
	h.mu.Unlock()
	if pending != nil {
		main.tell(pending)
	}
	completed := <-done
	h.node.endProcesses(main.left())
	h.mu.Lock()
	for _, t := range h.timers {
		t.Stop()
	}
	h.result = completed
	h.mu.Unlock()
	return completed
}

// OnReady has tell called once, when the main object is ready: when it says so, or
// as soon as it begins if it is none that announces it. It must be called before
// Run; tell must not block.
func (h *Host) OnReady(tell func()) { h.onReady = tell }

func (h *Host) ready() {
	if h.onReady != nil {
		h.onReady()
	}
	if h.link != nil {
		_ = h.link.Ready() // a dead link ends itself
	}
}

// Tell gives the parent what the main object returned and ends the link. It
// returns when everything is written, or the parent is gone.
func (h *Host) Tell(c *lifecycle.Completed) {
	if h.link == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Until(h.limit()))
	defer cancel()
	err := h.link.Completed(ctx, lastFrame(c))
	if errors.Is(err, link.ErrTooLarge) {
		err = h.link.Completed(ctx, lastFrame(lifecycle.Complete(&lifecycle.Faulted{
			Cause: lifecycle.Faulted_CAUSE_TOO_LARGE, Condition: "cannot return the value", Explanation: err.Error(),
		})))
	}
	if err != nil {
		return // nobody is there to hear it
	}
	_ = h.link.CloseWrite(ctx) // as above
}

func lastFrame(c *lifecycle.Completed) *linkpb.Completed {
	return &linkpb.Completed{Type: string(c.GetValue().MessageName()), Payload: c.GetValue().GetValue()}
}

// limit is when a last frame must be written: the parent's patience, or a
// minute where it has not asked for an end.
func (h *Host) limit() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.deadline.IsZero() {
		return time.Now().Add(time.Minute)
	}
	return h.deadline.Add(time.Second)
}
