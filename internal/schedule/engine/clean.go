package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// stillRunning is how a job is killed that can not be.
const stillRunning = "still running"

// restore looks after the units of an attempt that has given them back.
func (e *Engine) restore(j *job, o Outcome) {
	dirty := o.Cause.GetKilledBy() != ""
	switch o.Status {
	case schedulepb.Status_STATUS_CRASHED, schedulepb.Status_STATUS_TIMED_OUT, schedulepb.Status_STATUS_INTERRUPTED:
		dirty = true
	case schedulepb.Status_STATUS_NOT_RUN:
		dirty = false
	}
	demands := j.spec.GetResources()
	for _, p := range j.run.picks {
		u := p.unit
		switch leave := demands[p.demand].GetLeaveState(); {
		case u.condition != schedulepb.Condition_CONDITION_IN_SERVICE:
		case strings.Contains(o.Cause.GetKilledBy(), stillRunning):
			e.retire(u, fmt.Sprintf("job %s is still running with it", j.id()))
		case dirty && u.resource.spec.GetCleaner() != nil:
			u.state = ""
			e.condition(u, schedulepb.Condition_CONDITION_DIRTY, fmt.Sprintf("job %s ended %s", j.id(), o.Status.Name()))
		case leave == "":
		case o.Status.Good():
			e.leaveIn(u, leave)
		default:
			e.leaveIn(u, "")
		}
		e.idleUnit(u)
	}
}

func (e *Engine) leaveIn(u *unit, state string) {
	if u.state != state {
		u.state = state
		e.tellCondition(u)
	}
}

// idleUnit cleans a unit, or gives it to other runs, once nobody holds it.
func (e *Engine) idleUnit(u *unit) {
	if u.held() {
		return
	}
	switch u.condition {
	case schedulepb.Condition_CONDITION_DIRTY:
		if e.interrupted == 0 && (e.over.IsZero() || e.now.Before(e.over)) {
			e.startCleaner(u)
		}
	case schedulepb.Condition_CONDITION_IN_SERVICE:
		if u.locked {
			u.locked = false
			e.do(ReleaseHost{Units: []string{u.name}})
		}
	}
}

func (e *Engine) startCleaner(u *unit) {
	u.cleanings++
	u.stopped = false
	id := u.name
	if u.cleanings > 1 {
		id = fmt.Sprintf("%s+%d", u.name, u.cleanings)
	}
	e.cleaners[id] = u
	e.condition(u, schedulepb.Condition_CONDITION_CLEANING, u.why)
	e.do(StartCleaner{ID: id, Cleaner: u.resource.spec.GetCleaner(), Hold: u.hold(false)})
}

// stopCleaners ends those that run; their units stay dirty.
func (e *Engine) stopCleaners(kill bool) {
	for _, id := range slices.Sorted(maps.Keys(e.cleaners)) {
		e.cleaners[id].stopped = true
		e.do(StopCleaner{ID: id, Kill: kill})
	}
}

// CleanerEnded answers [StartCleaner]. The unit is lent again only if the status is ok.
func (e *Engine) CleanerEnded(id string, o Outcome, now time.Time) Step {
	if !e.enter(now) {
		return Step{}
	}
	u := e.cleaners[id]
	if u == nil {
		e.warn(fmt.Sprintf("there is no cleaner %s that could have ended", id))
		return e.step
	}
	delete(e.cleaners, id)
	switch {
	case o.Status == schedulepb.Status_STATUS_OK:
		u.state = ""
		e.condition(u, schedulepb.Condition_CONDITION_IN_SERVICE, "")
		e.idleUnit(u)
	case u.stopped:
		e.condition(u, schedulepb.Condition_CONDITION_DIRTY, "its cleaner was stopped")
	default:
		why := "its cleaner ended " + o.Status.Name()
		if text := o.Cause.GetText(); text != "" {
			why += ": " + text
		}
		e.retire(u, why)
	}
	return e.leave()
}

// retire takes a unit out of service for good. Jobs that can no more have all that they need end.
func (e *Engine) retire(u *unit, why string) {
	e.condition(u, schedulepb.Condition_CONDITION_QUARANTINED, why)
	e.never++
	for _, j := range e.jobs {
		if j.state != queued && j.state != pausing && j.state != asking {
			continue
		}
		if why := e.outOfReach(j.class); why != "" {
			e.unrunnable(j, why)
		}
	}
}

// outOfReach is why no job of a class can be started any more.
func (e *Engine) outOfReach(c *class) string {
	if c.checked == e.never {
		return c.lost
	}
	c.checked = e.never
	if _, ok := e.assign(c, func(u *unit, _ bool) bool { return u.lasts() }, nil); ok {
		return c.lost
	}
	var gone []string
	for _, d := range c.demands {
		for _, u := range d.units {
			if text := u.name + " is out of service: " + u.why; !u.lasts() && !slices.Contains(gone, text) {
				gone = append(gone, text)
			}
		}
	}
	c.lost = list(gone, 3)
	return c.lost
}
