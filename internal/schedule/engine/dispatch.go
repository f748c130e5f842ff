package engine

import (
	"slices"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// dispatch starts what can be started, in order. The first job of each class is looked at, until
// there is no slot left that is not claimed.
func (e *Engine) dispatch() {
	if e.held() {
		return
	}
	e.scan++
	for e.idle.len() > 0 && e.classes.len() > 0 {
		c := e.classes.top()
		j := c.queue.top()
		picks, ok := e.assign(c, e.lends, nil)
		switch {
		case !ok:
			if e.claim(c, j) {
				e.waitsForUnits(j)
			}
			e.classes.pop()
			e.blocked = append(e.blocked, c)
			continue
		case c.weight > e.idle.len():
			e.waitsForSlots(j) // all that are free are for this one
		default:
			if first := e.prefers(j); first != nil {
				picks, _ = e.assign(c, e.lends, first)
			}
			if last, first := outOfOrder(picks); last != nil {
				e.waitsForOrder(j, picks, last, first)
				e.classes.pop()
				e.blocked = append(e.blocked, c)
				continue
			}
			e.unqueue(j)
			e.grant(j, slices.Clone(picks))
			continue
		}
		break
	}
	for i, c := range e.blocked {
		e.classes.push(c)
		e.blocked[i] = nil
	}
	e.blocked = e.blocked[:0]
}

// prefers is which units a job takes before others: those in the state that it likes, and, of
// those that it shares, the ones that are shared already. Nil: it does not care.
func (e *Engine) prefers(j *job) func(u *unit, demand int) bool {
	demands := j.spec.GetResources()
	if !slices.ContainsFunc(demands, func(d *schedulepb.Demand) bool { return d.GetPreferState() != "" || d.GetShared() }) {
		return nil
	}
	return func(u *unit, i int) bool {
		if state := demands[i].GetPreferState(); state != "" {
			return u.state == state
		}
		return !demands[i].GetShared() || len(u.sharers) > 0
	}
}

// claim keeps units for a job that lacks some, if it is next in line for all that it lacks: what it
// can have now is not lent to jobs behind it, and it is ahead of them for the rest.
// It is false if the job is not.
func (e *Engine) claim(c *class, j *job) bool {
	if _, ok := e.assign(c, e.promises, nil); !ok {
		return false
	}
	picks, _ := e.assign(c, e.promises, func(u *unit, i int) bool { return u.lends(e.scan, c.demands[i].shared) })
	for _, p := range picks {
		p.unit.scan, p.unit.claimedBy, p.unit.claimShared = e.scan, j, c.demands[p.demand].shared
	}
	return true
}

// grant gives a job its slots and units, and starts it unless units are to be locked for the
// whole machine.
func (e *Engine) grant(j *job, picks []pick) {
	j.attempts++
	a := &attempt{number: j.attempts, picks: picks}
	for range j.class.weight {
		a.slots = append(a.slots, e.idle.pop())
	}
	for _, p := range picks {
		shared := j.class.demands[p.demand].shared
		if shared {
			p.unit.sharers = append(p.unit.sharers, j)
		} else {
			p.unit.holder = j
		}
		a.holds = append(a.holds, p.unit.hold(shared))
	}
	j.run = a
	e.running[j] = struct{}{}
	if len(picks) > 0 && e.lockHost(j) {
		return
	}
	e.launch(j)
}

// launch starts an attempt that has all that it needs.
func (e *Engine) launch(j *job) {
	a := j.run
	j.state = running
	e.begun++
	e.event(j, a.number, j.queuedAt).Kind = &schedulepb.Event_ResourceGranted{
		ResourceGranted: &schedulepb.ResourceGranted{Holds: a.holds, Slots: a.slots},
	}
	if j.spec.GetFingerprint() != nil && a.number == 1 {
		e.do(DropFingerprint{Job: j.id()})
	}
	deadline := e.now.Add(e.timeout(j.spec))
	a.limit = jobTimeout
	if last := e.last(j); !last.IsZero() && last.Before(deadline) {
		deadline, a.limit = last, runTimeout
	}
	e.do(StartAttempt{
		Job: j.spec, Attempt: a.number, Slot: a.slots[0], Slots: a.slots, Holds: a.holds, Deadline: deadline,
		Grace: e.grace(j.spec), Limit: a.limit, Needs: e.outcomes(j), Parent: j.queuedAt,
	})
}

// release gives back what an attempt held.
func (e *Engine) release(j *job) {
	a := j.run
	for _, p := range a.picks {
		if p.unit.holder == j {
			p.unit.holder = nil
		} else {
			p.unit.sharers = slices.DeleteFunc(p.unit.sharers, func(s *job) bool { return s == j })
		}
	}
	for _, slot := range a.slots {
		e.idle.push(slot)
	}
	delete(e.running, j)
}

// released tells that an attempt which was started has given back what it held.
func (e *Engine) released(j *job) {
	e.event(j, j.run.number, j.parent()).Kind = &schedulepb.Event_ResourceReleased{
		ResourceReleased: &schedulepb.ResourceReleased{Holds: j.run.holds, Slots: j.run.slots},
	}
}

// last is when the run wants the job to have ended. Zero: it has no limit.
func (e *Engine) last(j *job) time.Time {
	if j.spec.GetAlways() || e.over.IsZero() {
		return e.over
	}
	return e.over.Add(-e.reserve)
}
