package actor

import (
	"cmp"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"

	protoactor "github.com/asynkron/protoactor-go/actor"

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
	logFile    string    // that it was told; empty: none
	stdout     lines
	stderr     lines
	inPlace    bool         // everything above is: the actor may begin
	early      []occurrence // what happened before
}

// inPlace tells the actor that all of its process is there.
type inPlace struct{}

func (p *process) post(o occurrence) {
	p.node.system.Root.Send(p.node.system.NewLocalPID(p.id), o)
}

// log is where the process is told of, and what it prints.
func (p *process) log() *log { return cmp.Or(p.order.log, p.node.log) }

// shownName is what the process is called by in logs.
func (p *process) shownName() string { return cmp.Or(p.order.role, filepath.Base(p.order.name)) }

func (p *process) line(tag byte, format string, args ...any) {
	p.log().line(tag, p.id, "Process", p.condition.String(), format, args...)
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
	if p.facts.pid != 0 {
		p.log().processEnded(p.ended())
	}
	p.line(tagDestroyed, "Destroyed")
	p.child.settle(completed)
	n.system.Root.Stop(n.system.NewLocalPID(p.id))
}
