package engine

import (
	"fmt"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// guard watches over the run.
type guard struct {
	spec     *schedulepb.Guard
	running  bool
	stopping bool
	killed   bool
	resting  bool // waits to be started again
	restarts int
}

// Pauses before a guard that failed is started again: each twice as long as the one before.
const (
	firstRest   = time.Second
	longestRest = time.Minute
)

func (e *Engine) startGuards() {
	for _, spec := range e.plan.GetGuards() {
		g := &guard{spec: spec}
		e.guards = append(e.guards, g)
		e.startGuard(g)
	}
}

func (e *Engine) startGuard(g *guard) {
	g.running, g.resting = true, false
	e.do(StartGuard{Guard: g.spec})
}

// stopGuards ends all guards, as there is nothing left to watch over.
func (e *Engine) stopGuards(kill bool) {
	for _, g := range e.guards {
		g.resting = false
		if !g.running || g.stopping && !kill || g.killed {
			continue
		}
		g.stopping, g.killed = true, kill
		e.do(StopGuard{ID: g.spec.GetId(), Kill: kill})
	}
}

func (e *Engine) guarded() bool {
	for _, g := range e.guards {
		if g.running {
			return true
		}
	}
	return false
}

// guard finds one that runs.
func (e *Engine) guard(id string) *guard {
	for _, g := range e.guards {
		if g.spec.GetId() == id && g.running {
			return g
		}
	}
	e.warn(fmt.Sprintf("there is no guard %s that runs, and something was told of it", id))
	return nil
}

// GuardStarted says that a guard runs. Log is its file, from the folder of the run.
func (e *Engine) GuardStarted(id string, pid int, log string, now time.Time) Step {
	if !e.enter(now) {
		return Step{}
	}
	if e.guard(id) != nil {
		e.guardChanged(&schedulepb.GuardChanged{Id: id, Pid: int32(pid), Log: log})
	}
	return e.step
}

func (e *Engine) guardChanged(g *schedulepb.GuardChanged) {
	e.event(nil, 0, 0).Kind = &schedulepb.Event_GuardChanged{GuardChanged: g}
}

// GuardResumed says that the guard that paused the run sees no more reason to.
func (e *Engine) GuardResumed(id string, now time.Time) Step {
	if !e.enter(now) {
		return Step{}
	}
	if g := e.guard(id); g != nil {
		g.restarts = 0
		e.pauseBy("guard "+id, false, "guard "+id+" lets it go on")
	}
	return e.leave()
}

// GuardEnded says that a guard is over, stopped or by itself.
func (e *Engine) GuardEnded(id string, o Outcome, now time.Time) Step {
	if !e.enter(now) {
		return Step{}
	}
	g := e.guard(id)
	if g == nil {
		return e.step
	}
	g.running = false
	how := o.Status.Name()
	if text := o.Cause.GetText(); text != "" {
		how += ": " + text
	}
	if g.stopping {
		how = "stopped"
	}
	e.guardChanged(&schedulepb.GuardChanged{Id: id, Ended: how})
	if !g.stopping && !o.Status.Good() {
		e.alarm(g, "guard "+id+" ended "+how)
	}
	return e.leave()
}

func (e *Engine) alarm(g *guard, why string) {
	switch g.spec.GetAlarm() {
	case schedulepb.Alarm_ALARM_WARN:
		e.warn(why)
	case schedulepb.Alarm_ALARM_PAUSE_RUN:
		e.pauseBy("guard "+g.spec.GetId(), true, why)
		rest := min(firstRest<<min(g.restarts, 10), longestRest)
		g.restarts++
		g.resting = true
		e.timers.push(timer{at: e.now.Add(rest), guard: g})
	default:
		e.interruptNow(1, why)
	}
}
