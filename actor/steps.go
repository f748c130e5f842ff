package actor

import (
	"os"
	"syscall"
	"time"

	"github.com/ansar-go/ansar/internal/link/linkpb"
)

// What a child process's parent does at each event; see the table life.

func (p *process) started() {
	p.line(tagStarted, "Started process (%d)", p.facts.pid)
	p.log().processStarted(&ProcessStarted{
		Address: p.main.Address, Pid: int32(p.facts.pid), Name: p.shownName(), Called: p.order.sink != nil, File: p.logFile,
	})
	p.stdout.begin(p.facts.pid)
	p.stderr.begin(p.facts.pid)
	if f := p.order.onStarted; f != nil {
		p.guarded("OnStarted", func() { f(p.facts.pid) })
	}
	running := p.running
	go func() {
		<-running.Done()
		p.post(occurrence{event: evExit})
	}()
	p.within(p.node.limits.hello)
}

// retryLater waits 10 ms, then twice as long each time up to 1 s, as long as
// the caller's time and the time to start last. The first wait is told to
// people even if nothing is logged: it explains the silence.
func (p *process) retryLater() {
	if p.backoff == 0 {
		p.log().printed(tagStderr, os.Getpid(), p.order.name, "cannot start yet: "+p.facts.waitingFor.Error())
	} else {
		p.line(tagTrace, "cannot start yet: %v", p.facts.waitingFor)
	}
	p.backoff = min(max(2*p.backoff, firstPause), time.Second)
	p.within(min(p.backoff, max(0, p.node.limits.start-time.Since(p.wanted))))
}

func (p *process) tryAgain() { p.again = true }

func (p *process) settleUnstarted() { p.facts.late = p.child.timedOut.Load() }

func (p *process) greeted() {
	p.generation++ // no limit on work
	p.facts.greeted = true
}

func (p *process) announce() {
	if p.order.ready != nil {
		p.guarded("OnReady", p.order.ready)
	}
}

// guarded calls a function of the caller's making: if it panics, its child goes on.
func (p *process) guarded(name string, f func()) {
	defer func() {
		if r := recover(); r != nil {
			p.line(tagFault, "panic in %s: %v", name, r)
		}
	}()
	f()
}

// ended says how the process ended, as far as that is known.
func (p *process) ended() *ProcessEnded {
	e := &ProcessEnded{Address: p.main.Address, Pid: int32(p.facts.pid)}
	if p.facts.exited {
		e.How = p.facts.exit.String()
	}
	return e
}

// linger is a process that has said what it returns: on a busy machine it takes
// a while to exit. A stop shortens that to what the stop leaves.
func (p *process) linger() {
	left := p.node.limits.linger
	if !p.stopUntil.IsZero() {
		left = min(left, max(p.node.limits.mute, time.Until(p.stopUntil)))
	}
	p.leaveUntil = time.Now().Add(left)
	p.within(left)
}

// hasten is a stop for a process that is on its way out. One that has ended its
// link without a last frame has little time anyhow.
func (p *process) hasten() {
	left := max(p.node.limits.mute, p.facts.stop.GetGrace().AsDuration())
	if until := time.Now().Add(left); until.Before(p.leaveUntil) {
		p.leaveUntil = until
		p.within(left)
	}
}

// mute is a process that ended its link and has not said what it returns.
func (p *process) mute() {
	p.facts.mute = true
	p.within(p.node.limits.mute)
}

// silent is a process that has not said Hello in time.
func (p *process) silent() {
	p.facts.silence = p.node.limits.hello
	p.terminate()
}

// askToStop sends the Stop, and wakes a process that somebody has suspended.
// The grace of the first Stop counts, unless a later one leaves less.
func (p *process) askToStop() {
	stop := p.facts.stop
	grace := stop.GetGrace().AsDuration()
	until := time.Now().Add(grace)
	if !p.stopUntil.IsZero() && until.After(p.stopUntil) {
		return
	}
	p.stopUntil = until
	p.link.Stop(&linkpb.Stop{
		LeftMs: grace.Milliseconds(), Reason: stop.GetReason(), TimedOut: p.child.timedOut.Load(),
	})
	_ = p.running.SignalGroup(syscall.SIGCONT)                   // ends are noticed by evExit alone
	p.within(grace + min(grace/16, reserve/3))                   // it ends itself when its grace is over
	p.line(tagSent, "Sent Stop to %s", p.node.text(p.child.pid)) // last: a log may be slow
}

func (p *process) terminate() {
	p.facts.terminated = true
	_ = p.running.SignalGroup(syscall.SIGTERM)
	_ = p.running.SignalGroup(syscall.SIGCONT)
	p.line(tagWarning, "process (%d) does not end: sent SIGTERM", p.facts.pid) // last: a log may be slow
	p.within(p.node.limits.terminate)
}

func (p *process) kill() {
	p.facts.killed = true
	_ = p.running.SignalGroup(syscall.SIGKILL)
	p.line(tagWarning, "process (%d) does not end: sent SIGKILL", p.facts.pid)
	p.within(p.node.limits.kill)
}

// drain waits for the end of the link, which the kernel has ended with the
// process: only what is written already is still to be read.
func (p *process) drain() {
	exit := p.running.Exit()
	p.facts.exit, p.facts.exited = exit, true
	p.facts.lastLines = lastWords(p.running.Tail())
	p.stdout.finish()
	p.stderr.finish()
	p.line(tagEnded, "Process (%d) ended with %s", p.facts.pid, endText(exit))
	p.within(p.node.limits.drain)
}

// cutLink ends a link that something else than the process holds open.
func (p *process) cutLink() { p.link.Close() }

func (p *process) settleGone() {}

func (p *process) settleUnkillable() { p.facts.unkillable = true }
