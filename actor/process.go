package actor

import (
	"context"
	"errors"
	"maps"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	protoactor "github.com/asynkron/protoactor-go/actor"
	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/internal/link"
	"github.com/ansar-go/ansar/internal/link/linkpb"
	"github.com/ansar-go/ansar/internal/osproc"
	"github.com/ansar-go/ansar/lifecycle"
)

// limits are the times in the life of a child process.
type limits struct {
	start     time.Duration // to get a process from a system that is short of something
	hello     time.Duration // to say Hello; after it, it is not ours
	linger    time.Duration // to leave after its last frame: it has done its work
	mute      time.Duration // to leave after the end of its link, if there was no last frame
	terminate time.Duration // between SIGTERM and SIGKILL
	kill      time.Duration // for the kernel to end what was killed
	drain     time.Duration // for a link whose process is gone; only a stray holder of its end needs it
	log       time.Duration // for the sink to take what it has logged
}

func defaultLimits() limits {
	return limits{
		start: 10 * time.Second, hello: 10 * time.Second, linger: 10 * time.Second, mute: 2 * time.Second,
		terminate: 2 * time.Second, kill: 10 * time.Second, drain: 5 * time.Second, log: 2 * time.Second,
	}
}

// executed is an [osproc.Process], as far as its parent deals with it.
type executed interface {
	Done() <-chan struct{}
	Exit() osproc.Exit
	Tail() string
	SignalGroup(sig syscall.Signal) error
}

// leash is the [link.Link] to a child, as far as its life is concerned.
type leash interface {
	Stop(s *linkpb.Stop)
	Close()
}

// occurrence is an event on its way to the process actor.
type occurrence struct {
	event event
	timer uint64 // generation of the timer, at evTimer
	stop  *lifecycle.Stop
	value *lifecycle.Completed // at evResult
	err   error                // at evLinkEnd; at evKill, what cannot be given to it
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
	link   leash    // nil: there was no descriptor for it yet
	end    *os.File // the child's end of the link, until it is started

	// The actor's own.
	condition  condition
	facts      facts
	launch     func() error                   // gets a process: exec, but in tests
	running    executed                       // nil: not started
	live       atomic.Pointer[osproc.Process] // running, for whoever kills
	timer      *time.Timer
	generation uint64
	backoff    time.Duration
	wanted     time.Time // when the system was first asked for a process
	again      bool      // start once more
	stopUntil  time.Time
	leaveUntil time.Time // after its last frame
	stdout     lines
	stderr     lines
	inPlace    bool         // everything above is: the actor may begin
	early      []occurrence // what happened before
}

// inPlace tells the actor that all of its process is there.
type inPlace struct{}

// beginProcess starts what the order says in a process of its own. The link
// exists when it returns, so that the child can be written to at once.
func (n *node) beginProcess(parent *Context, o *order, c *child) {
	n.startLog()
	address := n.address + "." + strconv.FormatUint(n.lastSub.Add(1), 10)
	p := &process{node: n, child: c, order: o, parent: parent, id: n.newID(), main: link.PID{Address: address, ID: mainID}}
	p.facts.name, p.facts.executable = o.name, o.name
	p.launch = p.exec
	c.pid = fromLink(p.main)
	c.halt = func(stop *lifecycle.Stop) { p.post(occurrence{event: evStop, stop: stop}) }
	c.kill = func() { p.post(occurrence{event: evKill}) }
	c.last = n.afterLogs
	p.line(tagCreated, "Created by %s", n.text(pidOfParent(parent)))
	n.spawnEngine(p.id, p.receive) // before anybody can stop it
	n.mu.Lock()
	n.procs[address] = p
	n.mu.Unlock()
	p.facts.startError = p.connect()
	parent.adopt(c)
	n.system.Root.Send(n.system.NewLocalPID(p.id), inPlace{})
	c.limit()
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
	l := p.node.router.AddChild(p.main.Address, ours, parentSide{p})
	p.link = l
	_ = l.Hello(&linkpb.Hello{Name: programName(), Pid: int32(os.Getpid())}) // a dead link ends itself
	begin, err := p.beginning()
	if err != nil {
		return err
	}
	if len(begin.GetInput().GetPayload())+len(begin.GetSettings().GetPayload()) < window/2 {
		_ = l.Begin(context.Background(), begin) // fits into the queue
		return nil
	}
	go func() { // ends with the link at the latest
		if err := l.Begin(context.Background(), begin); errors.Is(err, link.ErrTooLarge) {
			p.post(occurrence{event: evKill, err: err})
		}
	}()
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
	case inPlace:
		p.begin()
	case occurrence:
		if !p.inPlace {
			p.early = append(p.early, m)
			return
		}
		if m.event == evTimer && m.timer != p.generation {
			return
		}
		p.on(m)
	}
}

// begin starts the process, unless it was stopped before.
func (p *process) begin() {
	p.inPlace = true
	for _, o := range p.early {
		p.on(o)
	}
	if p.early = nil; p.condition != settled {
		p.on(p.start())
	}
}

func (p *process) on(o occurrence) {
	p.facts.note(o)
	s := life[p.condition][o.event]
	s.do(p)
	before := p.condition
	p.condition = s.next
	switch {
	case before == settled:
		return
	case p.condition == settled:
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
	if p.wanted.IsZero() {
		p.wanted = time.Now()
	}
	err := p.facts.startError
	if err == nil || temporary(err) {
		err = p.launch()
	}
	switch {
	case err == nil:
		p.facts.startError = nil
		return occurrence{event: evStarted}
	case temporary(err):
		p.facts.startError, p.facts.waitingFor = nil, err
		if waited := time.Since(p.wanted); waited >= p.node.limits.start {
			p.facts.waited = p.node.limits.start
			return occurrence{event: evCannotStart}
		}
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
	launch, err := p.located()
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
		TailBytes:   keptOutput,
		Stdin:       p.order.stdin,
	}
	p.stdout = lines{log: p.node.log, tag: tagStdout, name: name}
	p.stderr = lines{log: p.node.log, tag: tagStderr, name: name}
	running, err := osproc.Start(spec)
	if err != nil {
		return err
	}
	p.running = running
	p.live.Store(running)
	p.facts.pid = running.Pid()
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
