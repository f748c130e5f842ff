package engine

import (
	"fmt"
	"slices"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// lockHost asks for the units of a job that other runs on the machine may hold. It is false if
// there is none.
func (e *Engine) lockHost(j *job) bool {
	var names []string
	for _, p := range j.run.picks {
		if u := p.unit; u.resource.spec.GetHostWide() && !u.locked {
			u.locking = true
			names = append(names, u.name)
		}
	}
	if names == nil {
		return false
	}
	slices.Sort(names)
	j.state = locking
	e.do(AcquireHost{Job: j.id(), Attempt: j.run.number, Units: names})
	return true
}

// HostGranted answers [AcquireHost].
func (e *Engine) HostGranted(id string, now time.Time) Step {
	if !e.enter(now) {
		return Step{}
	}
	j := e.byID[id]
	if j == nil || j.state != locking {
		return e.step // given up meanwhile
	}
	sound := true
	for _, p := range j.run.picks {
		if p.unit.locking {
			p.unit.locking, p.unit.locked = false, true
		}
		sound = sound && p.unit.condition == schedulepb.Condition_CONDITION_IN_SERVICE
	}
	if sound {
		e.launch(j)
	} else { // another job that shared a unit has left it dirty
		e.unlock(j)
		e.enqueue(j)
	}
	return e.leave()
}

// HostRefused answers [AcquireHost]: why names who has the unit.
func (e *Engine) HostRefused(id, why string, now time.Time) Step {
	if !e.enter(now) {
		return Step{}
	}
	j := e.byID[id]
	if j == nil || j.state != locking {
		return e.step
	}
	for _, p := range j.run.picks {
		p.unit.locking = false
	}
	e.unlock(j)
	e.end(j, schedulepb.Status_STATUS_UNRUNNABLE, &schedulepb.Cause{Text: why, Kind: "host"}, nil)
	return e.leave()
}

// unlock takes back a grant whose attempt was never started.
func (e *Engine) unlock(j *job) {
	e.release(j)
	var names []string
	for _, p := range j.run.picks {
		if p.unit.locking {
			p.unit.locking = false
			names = append(names, p.unit.name)
		}
	}
	if names != nil {
		slices.Sort(names)
		e.do(ReleaseHost{Units: names})
	}
	for _, p := range j.run.picks {
		e.idleUnit(p.unit)
	}
	j.run = nil
	j.attempts--
	j.state = pending
}

// outOfOrder finds, among units that are to be locked for the whole machine, one that others hold
// already and one that would have to be locked before it. Nobody may wait for the second while it
// holds the first: another run could do the same the other way round, for ever.
func outOfOrder(picks []pick) (held, missing *unit) {
	for _, p := range picks {
		switch u := p.unit; {
		case !u.resource.spec.GetHostWide():
		case u.locked && (held == nil || u.name > held.name):
			held = u
		case !u.locked && (missing == nil || u.name < missing.name):
			missing = u
		}
	}
	if held == nil || missing == nil || held.name < missing.name {
		return nil, nil
	}
	return held, missing
}

// waitsForOrder has a job wait until units that it could share are given back, so that it can lock all
// of them in their order. Nobody else is to share them meanwhile.
func (e *Engine) waitsForOrder(j *job, picks []pick, held, missing *unit) {
	for _, p := range picks {
		p.unit.scan, p.unit.claimedBy, p.unit.claimShared = e.scan, j, false
	}
	h := newHash()
	h.text("order " + held.name + " " + missing.name)
	e.wait(j, h, func() string {
		holders, _ := held.lacking(e.scan, j, nil, nil)
		return fmt.Sprintf("%s is to be locked for the machine before %s, which is held by %s", missing.name, held.name, list(holders, 3))
	})
}
