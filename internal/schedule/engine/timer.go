package engine

import "time"

// timer is due at a time. Without a job and a guard, it is one of the ends of the run's time.
type timer struct {
	at      time.Time
	job     *job
	attempt uint32 // the one before
	guard   *guard
}

func timerLess(a, b timer) bool {
	if !a.at.Equal(b.at) {
		return a.at.Before(b.at)
	}
	switch {
	case a.job != nil && b.job != nil:
		return a.job.index < b.job.index
	case (a.job == nil) != (b.job == nil):
		return a.job == nil
	}
	return false
}

// stale reports whether what the timer was for has gone another way.
func (e *Engine) stale(t timer) bool {
	switch {
	case t.job != nil:
		return t.job.state != pausing || t.job.attempts != t.attempt
	case t.guard != nil:
		return !t.guard.resting
	}
	return e.left == 0 && len(e.cleaners) == 0
}

// Wake is when Timer is to be called. Zero: never, as things are.
func (e *Engine) Wake() time.Time {
	for e.timers.len() > 0 && !e.finished {
		if t := e.timers.top(); !e.stale(t) {
			return t.at
		}
		e.timers.pop()
	}
	return time.Time{}
}

// Timer does what is due. Call it when [Engine.Wake] says, earlier does no harm.
func (e *Engine) Timer(now time.Time) Step {
	if !e.enter(now) {
		return Step{}
	}
	for e.timers.len() > 0 && !e.timers.top().at.After(now) {
		t := e.timers.pop()
		switch {
		case e.stale(t):
		case t.job != nil:
			e.enqueue(t.job)
		case t.guard != nil:
			e.startGuard(t.guard)
		default:
			e.outOfTimeNow()
		}
	}
	return e.leave()
}
