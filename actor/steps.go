package actor

import (
	"syscall"
	"time"

	"github.com/ansar-go/ansar/internal/link/linkpb"
)

// What a child process's parent does at each event; see the table life.

func (p *process) started() {
	p.line(tagStarted, "Started process (%d)", p.facts.pid)
	running := p.running
	go func() {
		<-running.Done()
		p.post(occurrence{event: evExit})
	}()
	p.within(helloLimit)
}

// retryLater waits 10 ms, then twice as long each time up to 1 s, as long as
// the caller's time lasts.
func (p *process) retryLater() {
	p.backoff = min(max(2*p.backoff, 10*time.Millisecond), time.Second)
	p.line(tagWarning, "cannot start yet: %v", p.facts.waitingFor)
	p.within(p.backoff)
}

func (p *process) tryAgain() { p.again = true }

func (p *process) settleUnstarted() {}

func (p *process) greeted() {
	p.generation++ // no limit on work
	p.facts.greeted = true
}

func (p *process) announce() {
	if p.order.ready != nil {
		p.order.ready()
	}
}

func (p *process) linger() { p.within(lingerLimit) }

// mute is a process that ended its link and has not said what it returns.
func (p *process) mute() { p.within(lingerLimit) }

// silent is a process that has not said Hello in time.
func (p *process) silent() {
	p.facts.silent = true
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
	p.line(tagSent, "Sent Stop to %s", p.node.text(p.child.pid))
	p.link.Stop(&linkpb.Stop{
		LeftMs: lessReserve(grace).Milliseconds(), Reason: stop.GetReason(), TimedOut: p.child.timedOut.Load(),
	})
	_ = p.running.SignalGroup(syscall.SIGCONT) // ends are noticed by evExit alone
	p.within(grace)
}

func (p *process) terminate() {
	p.line(tagWarning, "process (%d) does not end: sending SIGTERM", p.facts.pid)
	_ = p.running.SignalGroup(syscall.SIGTERM)
	_ = p.running.SignalGroup(syscall.SIGCONT)
	p.within(terminateLimit)
}

func (p *process) kill() {
	p.line(tagWarning, "process (%d) does not end: sending SIGKILL", p.facts.pid)
	p.facts.killed = true
	_ = p.running.SignalGroup(syscall.SIGKILL)
	p.within(killLimit)
}

// drain waits for the end of the link, which the kernel has ended with the
// process: only what is written already is still to be read.
func (p *process) drain() {
	exit := p.running.Exit()
	p.facts.exit, p.facts.exited = exit, true
	p.facts.lastLines = p.running.Tail()
	p.stdout.finish()
	p.stderr.finish()
	p.line(tagEnded, "Process (%d) ended with %s", p.facts.pid, endText(exit))
	p.within(drainLimit)
}

// cutLink ends a link that something else than the process holds open.
func (p *process) cutLink() { p.link.Close() }

func (p *process) settleGone() {}

func (p *process) settleUnkillable() { p.facts.unkillable = true }
