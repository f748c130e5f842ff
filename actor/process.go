package actor

import (
	"context"
	"errors"
	"maps"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	protoactor "github.com/asynkron/protoactor-go/actor"
	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/internal/link"
	"github.com/ansar-go/ansar/internal/link/linkpb"
	"github.com/ansar-go/ansar/internal/osproc"
	"github.com/ansar-go/ansar/lifecycle"
)

// Limits in the life of a child process.
const (
	helloLimit     = 10 * time.Second // to say Hello; after it, it is not ours
	lingerLimit    = 2 * time.Second  // to leave after its last frame or the end of its link
	terminateLimit = 2 * time.Second  // between SIGTERM and SIGKILL
	killLimit      = 10 * time.Second // for the kernel to end what was killed
	drainLimit     = 5 * time.Second  // for a link whose process is gone; only a stray holder of its end needs it
)

// occurrence is an event on its way to the process actor.
type occurrence struct {
	event event
	timer uint64 // generation of the timer, at evTimer
	stop  *lifecycle.Stop
	value *lifecycle.Completed // at evResult
	err   error                // at evLinkEnd
}

// process is a child process as its parent sees it: an engine actor that
// takes one event at a time. Nothing that it does blocks.
type process struct {
	node   *node
	child  *child
	order  *order
	parent *Context // nil: none
	id     string   // of the actor
	main   link.PID
	link   *link.Link
	end    *os.File // the child's end of the link, until it is started

	// The actor's own.
	condition  condition
	facts      facts
	running    *osproc.Process
	live       atomic.Pointer[osproc.Process] // running, for whoever kills
	timer      *time.Timer
	generation uint64
	backoff    time.Duration
	again      bool // start once more
	stopUntil  time.Time
	stdout     lines
	stderr     lines
}

// beginProcess starts what the order says in a process of its own. The link
// exists when it returns, so that the child can be written to at once.
func (n *node) beginProcess(parent *Context, o *order, c *child) {
	n.startLog()
	address := n.address + "." + strconv.FormatUint(n.lastSub.Add(1), 10)
	p := &process{node: n, child: c, order: o, parent: parent, id: n.newID(), main: link.PID{Address: address, ID: mainID}}
	p.facts.name, p.facts.executable = o.name, o.name
	c.pid = fromLink(p.main)
	c.halt = func(stop *lifecycle.Stop) { p.post(occurrence{event: evStop, stop: stop}) }
	p.facts.startError = p.connect()
	n.mu.Lock()
	n.procs[address] = p
	n.mu.Unlock()
	p.line(tagCreated, "Created by %s", n.text(pidOfParent(parent)))
	n.spawnEngine(p.id, p.receive)
	c.limit(o.deadline)
}

func pidOfParent(parent *Context) *PID {
	if parent == nil {
		return nil
	}
	return parent.pid
}

// connect makes the link and writes what the child is to read first.
func (p *process) connect() error {
	if err := p.node.mayStart(p.order); err != nil {
		return err
	}
	ours, theirs, err := socketpair()
	if err != nil {
		return err
	}
	p.end = theirs
	p.link = p.node.router.AddChild(p.main.Address, ours, parentSide{p})
	_ = p.link.Hello(&linkpb.Hello{Name: programName(), Pid: int32(os.Getpid())}) // a dead link ends itself
	begin, err := p.beginning()
	if err != nil {
		return err
	}
	if len(begin.GetInput().GetPayload())+len(begin.GetSettings().GetPayload()) < window/2 {
		_ = p.link.Begin(context.Background(), begin) // fits into the queue
		return nil
	}
	go func() { _ = p.link.Begin(context.Background(), begin) }() // ends with the link at the latest
	return nil
}

func (p *process) beginning() (*linkpb.Begin, error) {
	o := p.order
	b := &linkpb.Begin{
		Address: p.main.Address, Executable: o.name, LogLevel: int32(o.level), Headers: maps.Clone(o.headers),
		OrphanLimitMs: proto.Int64(DefaultOrphanLimit.Milliseconds()),
	}
	if o.kind != nil {
		b.Object = o.kind.name
	}
	if o.level == 0 {
		b.LogLevel = p.node.log.level.Load()
	}
	if p.parent != nil {
		if b.Headers == nil {
			b.Headers = map[string]string{}
		}
		b.Headers[parentHeader] = p.parent.pid.Id
	}
	if !o.deadline.IsZero() {
		b.DeadlineLeftMs = proto.Int64(max(0, time.Until(o.deadline).Milliseconds()))
	}
	var err error
	if b.Settings, err = packed(o.settings); err != nil {
		return nil, err
	}
	b.Input, err = packed(o.input)
	return b, err
}

func packed(m proto.Message) (*linkpb.Value, error) {
	if m == nil {
		return nil, nil
	}
	payload, err := proto.Marshal(m)
	return &linkpb.Value{Type: string(nameOf(m)), Payload: payload}, err
}

func (p *process) post(o occurrence) {
	p.node.system.Root.Send(p.node.system.NewLocalPID(p.id), o)
}

func (p *process) line(tag byte, format string, args ...any) {
	p.node.log.line(tag, p.id, "Process", p.condition.String(), format, args...)
}

// receive is the actor: it looks events up in the table of its life.
func (p *process) receive(ctx protoactor.Context) {
	switch m := ctx.Message().(type) {
	case *protoactor.Started:
		p.on(p.start())
	case occurrence:
		if m.event == evTimer && m.timer != p.generation {
			return
		}
		p.on(m)
	}
}

func (p *process) on(o occurrence) {
	p.facts.note(o)
	s := life[p.condition][o.event]
	s.do(p)
	p.condition = s.next
	if p.condition == settled {
		p.release()
		return
	}
	if p.again {
		p.on(p.start())
		return
	}
	if o.event == evExit && p.facts.linkEnded { // both came: the end of the link counts again
		p.on(occurrence{event: evLinkEnd})
	}
}

// within sets the time for the condition that is entered.
func (p *process) within(d time.Duration) {
	if p.timer != nil {
		p.timer.Stop()
	}
	p.generation++
	generation := p.generation
	p.timer = time.AfterFunc(d, func() { p.post(occurrence{event: evTimer, timer: generation}) })
}

// start asks the system for a process and gives what came of it as an event,
// which so comes before anything that the process says.
func (p *process) start() occurrence {
	p.again = false
	err := p.facts.startError
	if err == nil || temporary(err) {
		err = p.exec()
	}
	switch {
	case err == nil:
		p.facts.startError = nil
		return occurrence{event: evStarted}
	case temporary(err):
		p.facts.startError, p.facts.waitingFor = nil, err
		return occurrence{event: evNoResources}
	}
	p.facts.startError = err
	return occurrence{event: evCannotStart}
}

func temporary(err error) bool { return errors.Is(err, osproc.ErrNoResources) }

// exec finds the executable and starts it.
func (p *process) exec() error {
	if p.end == nil {
		if err := p.connect(); err != nil {
			return err
		}
	}
	launch, err := p.launch()
	if err != nil {
		return err
	}
	p.facts.executable = launch.Path
	name := p.order.name
	spec := &osproc.Spec{
		Path: launch.Path, Args: launch.Args, Dir: launch.Dir, Link: p.end,
		Env:         append(withoutMarker(os.Environ()), marker(p.main.Address, p.end)),
		Stdout:      &p.stdout,
		Stderr:      &p.stderr,
		DeathSignal: wakeSignal,
		Stdin:       p.order.stdin,
	}
	p.stdout = lines{log: p.node.log, tag: tagStdout, name: name}
	p.stderr = lines{log: p.node.log, tag: tagStderr, name: name}
	if p.running, err = osproc.Start(spec); err != nil {
		return err
	}
	p.live.Store(p.running)
	p.facts.pid = p.running.Pid()
	p.stdout.begin(p.facts.pid)
	p.stderr.begin(p.facts.pid)
	_ = p.end.Close() // ours; the child has its own
	p.line(tagTrace, "Execute %s", strings.Join(spec.Args, " "))
	return nil
}

// release gives everything back and tells the parent.
func (p *process) release() {
	if p.timer != nil {
		p.timer.Stop()
	}
	if p.end != nil {
		_ = p.end.Close() // ours
	}
	if p.link != nil {
		p.link.Close()
	}
	n := p.node
	n.mu.Lock()
	delete(n.procs, p.main.Address)
	n.mu.Unlock()
	completed := p.facts.outcome()
	p.line(tagDestroyed, "Destroyed")
	p.child.settle(completed)
	n.system.Root.Stop(n.system.NewLocalPID(p.id))
}
