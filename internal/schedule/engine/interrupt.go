package engine

import (
	"fmt"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Interrupt ends the run. Stage 1: nothing is started, what runs is told to stop. Stage 2: what
// runs is killed.
func (e *Engine) Interrupt(stage uint32, why string, now time.Time) Step {
	if !e.enter(now) {
		return Step{}
	}
	e.interruptNow(stage, why)
	return e.leave()
}

// Fail ends the run as a second interrupt does, because the machinery failed: exit status 3.
func (e *Engine) Fail(why string, now time.Time) Step {
	if !e.enter(now) {
		return Step{}
	}
	if e.broken == "" {
		e.broken = why
	}
	e.warn(why)
	e.interruptNow(2, why)
	return e.leave()
}

func (e *Engine) interruptNow(stage uint32, why string) {
	stage = max(stage, 1)
	e.event(nil, 0, 0).Kind = &schedulepb.Event_RunInterrupt{RunInterrupt: &schedulepb.RunInterrupt{Stage: stage, Why: why}}
	if stage <= e.interrupted {
		return
	}
	if e.interrupted == 0 {
		e.interruptWhy = why
	}
	e.interrupted = stage
	cause := &schedulepb.Cause{Text: "interrupted: " + why, Kind: interrupt}
	for _, j := range e.jobs {
		if j.state == running {
			e.stop(j, interrupt, stage > 1)
		} else {
			e.cutOff(j, cause)
		}
	}
	e.stopCleaners(stage > 1)
	if stage > 1 {
		e.stopGuards(true)
	}
}

// Cancel stops one job, or keeps it from being started. Jobs that need it are blocked.
func (e *Engine) Cancel(id, why string, now time.Time) Step {
	if !e.enter(now) {
		return Step{}
	}
	j := e.byID[id]
	switch {
	case j == nil:
		e.warn(fmt.Sprintf("there is no job %s to cancel", id))
	case j.state == running:
		e.stop(j, stopped, false)
	default:
		e.cutOff(j, &schedulepb.Cause{Text: "cancelled: " + why, Kind: stopped})
	}
	return e.leave()
}

// Pause keeps everything from being started, or lets it go on.
func (e *Engine) Pause(paused bool, why string, now time.Time) Step {
	if !e.enter(now) {
		return Step{}
	}
	e.pauseBy("", paused, why)
	return e.leave()
}

// pauseBy pauses for one of several reasons. The run goes on once there is none.
func (e *Engine) pauseBy(who string, paused bool, why string) {
	if e.pausers == nil {
		e.pausers = map[string]string{}
	}
	old, had := e.pausers[who]
	switch {
	case paused && (!had || old != why):
		e.pausers[who] = why
	case !paused && had:
		if delete(e.pausers, who); len(e.pausers) > 0 {
			return
		}
	default:
		return
	}
	e.event(nil, 0, 0).Kind = &schedulepb.Event_RunPaused{RunPaused: &schedulepb.RunPaused{Paused: paused, Why: why}}
}

// Gate keeps everything from being started while load or memory do not allow it.
func (e *Engine) Gate(open bool, why string, now time.Time) Step {
	if !e.enter(now) {
		return Step{}
	}
	if e.gate = ""; !open {
		e.gate = why
		if why == "" {
			e.gate = "the machine is busy"
		}
	}
	return e.leave()
}

// cutAll ends everything without waiting for anything.
func (e *Engine) cutAll() {
	cause := &schedulepb.Cause{Text: "the run was ended", Kind: aborted}
	for _, j := range e.jobs {
		if j.state == running {
			e.released(j)
			e.release(j)
			j.run = nil
			e.end(j, schedulepb.Status_STATUS_INTERRUPTED, cause, nil)
		} else {
			e.cutOff(j, cause)
		}
	}
}

// exitStatus is that of the command.
func (e *Engine) exitStatus() (uint32, string) {
	switch {
	case e.broken != "":
		return 3, e.broken
	case e.interrupted > 0:
		return 130, "interrupted: " + e.interruptWhy
	case e.outOfTime:
		return 124, e.tooLate().GetText()
	case e.notFine > 0:
		why := fmt.Sprintf("%d of %d jobs are not fine", e.notFine, len(e.jobs))
		if e.aborted != nil {
			why = e.aborted.GetText() + ": " + why
		}
		return 1, why
	case e.begun == 0 && e.unchanged == 0:
		return 4, "nothing ran"
	}
	return 0, ""
}
