package process

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"syscall"
	"time"

	"github.com/ansar-go/ansar/internal/osproc"
)

// Process is a command that runs. Its methods may be called from any goroutine, and
// none of them blocks.
type Process struct {
	spec   Spec
	family osproc.Family
	os     *osproc.Process
	events *events // nil: there are none
	left   roll

	stopping, killing context.Context // end with Stop or Kill; with Kill, or the end of the grace
	stop, kill        context.CancelFunc
	abandoned         chan struct{} // closed when the process is given up
	done              chan struct{}
	ended             Ended // valid once done is closed

	mu       sync.Mutex // guards the fields below
	asked    bool       // Stop or Kill was called
	why      string     // of the first of them
	termed   time.Time  // when SIGTERM was sent to the whole tree; zero: it was not
	byTerm   bool       // before its end
	byKill   bool
	settling bool          // it has ended, and settle does what is left to do
	closed   bool          // nothing may be begun any more
	stopper  chan struct{} // closed when the goroutine that stops it has ended; nil: there is none
	hook     chan struct{} // closed when BeforeStop.Run has returned; nil: it was not called
	timers   []*time.Timer
	told     map[string]bool // of which signals OnSignal was told
	begun    sync.WaitGroup  // goroutines of ours
}

// Start starts the command that spec describes, in a process group of its own,
// and returns when it runs: it blocks for a fork and an exec. spec and what it holds may not be
// changed until Done. Safe for concurrent use.
//
// The error wraps [osproc.ErrNotFound], [osproc.ErrNotExecutable] or
// [osproc.ErrNoResources] where one of them is the reason. Nothing remains of a
// Start that failed. One that succeeded needs no further call.
func Start(spec *Spec) (*Process, error) {
	p := &Process{spec: *spec, abandoned: make(chan struct{}), done: make(chan struct{})}
	if p.spec.Token == "" {
		p.spec.Token = NewToken()
	}
	path, err := p.spec.path()
	if err != nil {
		return nil, err
	}
	stdin, err := p.spec.stdin()
	if err != nil {
		return nil, err
	}
	if stdin != nil {
		defer stdin.Close()
	}
	if p.events, err = openEvents(p.spec.EventsPath, p.spec.EventsPipes, p.spec.Events); err != nil {
		return nil, err
	}
	Guard()
	p.stopping, p.stop = context.WithCancel(context.Background())
	p.killing, p.kill = context.WithCancel(context.Background())
	known := make(chan struct{})
	p.os, err = osproc.Start(&osproc.Spec{
		Path: path, Args: p.spec.Argv, Env: p.spec.environment(p.spec.Token), Dir: p.spec.Dir,
		Stdin: stdin, Stdout: p.spec.Stdout, Stderr: p.spec.Stderr, TailBytes: -1,
		DeathSignal: syscall.SIGKILL, NewSession: p.spec.NewSession,
		Ended: func(*osproc.Process) { <-known; p.settle() },
	})
	if err != nil {
		p.events.close()
		p.stop()
		p.kill()
		return nil, fmt.Errorf("start command: %w", err)
	}
	p.family = family(p.os, p.spec.Token)
	p.schedule()
	close(known)
	go p.finish()
	return p, nil
}

// Pid returns the id of the command's own process.
func (p *Process) Pid() int { return p.os.Pid() }

// Token returns what its processes are known by.
func (p *Process) Token() string { return p.spec.Token }

// Exited is closed as soon as the command's own process has ended: Done follows when what it
// has left is gone.
func (p *Process) Exited() <-chan struct{} { return p.os.Exited() }

// Done is closed when nothing of the command is left, its outputs are
// written and its events delivered. That is after Exited at once if it left nothing, else within the leak window, the grace and
// 2 s, and in any case within 10 s of Kill.
func (p *Process) Done() <-chan struct{} { return p.done }

// Ended returns how the command ended. It is valid once Done is closed, and the
// zero Ended before.
func (p *Process) Ended() Ended {
	select {
	case <-p.done:
		return p.ended
	default:
		return Ended{}
	}
}

// Stop ends the whole tree: what runs of BeforeStop is waited for, then SIGTERM, and SIGKILL
// when the grace is over. Calling it again, or after the end, does nothing.
func (p *Process) Stop(why string) { p.end(why, false) }

// Kill ends the whole tree by SIGKILL, at once, also after Stop.
func (p *Process) Kill(why string) { p.end(why, true) }

func (p *Process) end(why string, kill bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	if !p.asked {
		p.asked, p.why = true, why
	}
	p.stop()
	if kill {
		p.giveUpLater()
	}
	if p.stopper == nil && !p.settling {
		stopped := make(chan struct{})
		p.stopper = stopped
		p.begun.Go(func() { defer close(stopped); p.stopTree() })
	}
}

// giveUpLater begins the last phase. The caller holds mu.
func (p *Process) giveUpLater() {
	if p.killing.Err() == nil {
		p.kill()
		p.timers = append(p.timers, time.AfterFunc(cmp.Or(p.spec.patience, 10*time.Second), func() { close(p.abandoned) }))
	}
}

// finish waits for the end of everything, and tells it.
func (p *Process) finish() {
	defer close(p.done)
	select {
	case <-p.os.Done():
	case <-p.abandoned:
		p.ended.Stuck = true
	}
	p.mu.Lock()
	p.closed = true
	for _, t := range p.timers {
		t.Stop()
	}
	p.stop()
	p.kill()
	p.mu.Unlock()
	p.begun.Wait()
	p.ended.EventsLost = p.events.close()
	p.ended.Exit, p.ended.OutputErr = p.os.Exit(), p.os.WriteErr()
	if !gone(p.os) {
		p.ended.Exit.Status = -1 // nobody can know
	}
	p.ended.KilledBy, p.ended.Why = killedBy(p.byTerm, p.byKill), p.why
	p.ended.Strays, p.ended.StraysMore = p.left.strays(p.family)
}
