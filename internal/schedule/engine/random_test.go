package engine

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"pgregory.net/rapid"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// choice draws numbers from 0 to below n, and can say them again.
type choice struct {
	source *rapid.T
	again  []int
	chosen []int
}

func (c *choice) of(n int) int {
	if c.source == nil {
		k := c.again[0]
		c.again = c.again[1:]
		return k
	}
	k := rapid.IntRange(0, n-1).Draw(c.source, "choice")
	c.chosen = append(c.chosen, k)
	return k
}

// once in n times.
func (c *choice) once(n int) bool { return c.of(n) == n-1 }

func pickOne[V any](c *choice, of ...V) V { return of[c.of(len(of))] }

// anyPlan has jobs of all kinds. Calm ones have nothing that makes a job wait but needs, slots and units.
func anyPlan(c *choice, calm bool) *schedulepb.Plan {
	p := &schedulepb.Plan{Limits: &schedulepb.Limits{}}
	for i := range 1 + c.of(3) {
		r := lend(p, fmt.Sprint("r", i), uint32(1+c.of(3)))
		r.Units = []*schedulepb.Unit{{Name: fmt.Sprint("u", i), Attributes: map[string]string{"kind": "best"}}}
		if !calm {
			r.HostWide = c.once(4)
		}
		if !calm && c.once(3) {
			r.Cleaner = &schedulepb.Cleaner{}
		}
	}
	for i := range 1 + c.of(14) {
		p.Jobs = append(p.Jobs, anyJob(c, p, fmt.Sprint("j", i), calm))
	}
	if calm {
		return p
	}
	switch c.of(8) {
	case 0:
		p.Limits.Failures = ptr(uint32(1 + c.of(3)))
	case 1:
		p.Limits.ConsecutiveFailures = ptr(uint32(1 + c.of(3)))
	case 2:
		p.Limits.FailureRatio = ptr(0.5)
	case 3:
		p.Limits.Timeout = seconds(float64(1 + c.of(100)))
	}
	if c.once(3) {
		p.Guards = append(p.Guards, &schedulepb.Guard{Id: "guard", Alarm: schedulepb.Alarm(1 + c.of(3))})
	}
	if c.once(3) {
		p.Expected = append(p.Expected, &schedulepb.Expected{Job: "j*", Resource: "u0"})
	}
	return p
}

func anyJob(c *choice, p *schedulepb.Plan, id string, calm bool) *schedulepb.Job {
	j := &schedulepb.Job{Id: id, Weight: ptr(uint32(1 + c.of(2)*c.of(3))), Priority: ptr(int32(c.of(3)))}
	for range c.of(3) * min(len(p.Jobs), 1) {
		other := p.Jobs[c.of(len(p.Jobs))].Id
		need := &schedulepb.Need{Job: other, After: schedulepb.After(c.of(5))}
		if need.After == schedulepb.After_AFTER_ARTEFACT {
			need.Artefact = pickOne(c, "x", "y")
		}
		j.Needs = append(j.Needs, need)
	}
	for range c.of(3) {
		d := &schedulepb.Demand{Name: fmt.Sprint("r", c.of(len(p.Resources))), Shared: c.once(2), Amount: ptr(uint32(1 + c.of(2)))}
		if c.once(4) {
			d.Attributes, d.Amount = map[string]string{"kind": "best"}, nil
		}
		d.PreferState, d.LeaveState = pickOne(c, "", "s"), pickOne(c, "", "s")
		j.Resources = append(j.Resources, d)
	}
	if calm {
		return j
	}
	switch c.of(10) {
	case 0:
		j.Retries = ptr(uint32(c.of(3)))
		j.Backoff = &schedulepb.Backoff{Delay: seconds(float64(c.of(3)))}
	case 1:
		j.Repeat = &schedulepb.Repeat{Count: uint32(c.of(4)), Until: schedulepb.Until(c.of(3))}
	case 2:
		j.Skip = "not today"
	case 3:
		j.Fingerprint = &schedulepb.Fingerprint{}
	case 4:
		j.MustPass = true
	case 5:
		j.ExpectedFailure = "known"
	case 6:
		j.Setup = true
	}
	j.Always = c.once(6)
	return j
}

// player answers an engine at random.
type player struct {
	*driver
	*choice
	open   []Action // not answered
	guards map[string]bool
	pauses bool
	gated  bool
	added  int
	plan   *schedulepb.Plan
	wild   int // how many times more something from outside may happen
}

func play(t T, ch *choice, c Config, wild int) *player {
	p := &player{driver: drive(t, c), choice: ch, guards: map[string]bool{}, plan: c.Plan, wild: wild}
	for turn := 0; !p.engine.Done(); turn++ {
		if turn > 3000 {
			t.Fatalf("the run does not end: running %q, ended %q", p.running(), p.results())
		}
		p.sort()
		if p.wild > 0 && p.once(4) {
			p.wild--
			p.disturb()
			continue
		}
		p.turn()
	}
	p.finish()
	return p
}

// sort takes new actions to those that are to be answered.
func (p *player) sort() {
	for _, a := range p.did {
		switch a := a.(type) {
		case StartGuard:
			p.guards[a.Guard.Id] = true
		case Fingerprint, StartCleaner, AcquireHost:
			p.open = append(p.open, a)
		case ReleaseHost:
			p.giveUp(a.Units)
		}
	}
	p.did = nil
}

// giveUp drops tries to lock units, which are not answered then.
func (p *player) giveUp(units []string) {
	p.open = slices.DeleteFunc(p.open, func(a Action) bool {
		lock, ok := a.(AcquireHost)
		return ok && slices.ContainsFunc(lock.Units, func(u string) bool { return slices.Contains(units, u) })
	})
}

// turn lets one of the things happen that must happen some day.
func (p *player) turn() {
	jobs := slices.Sorted(maps.Keys(p.active))
	guards := slices.Sorted(maps.Keys(p.guards))
	wake := p.engine.Wake()
	stops := 0
	if p.engine.left == 0 {
		stops = len(guards)
	}
	timers := 0
	if !wake.IsZero() {
		timers = 1
	}
	n := len(jobs) + len(p.open) + stops + timers
	if n == 0 {
		if !p.pauses && !p.gated && len(p.engine.pausers) == 0 {
			p.t.Fatalf("the run stalls: ended %q\n%s", p.results(), p.story())
		}
		p.lift()
		return
	}
	k := p.of(n)
	switch {
	case k < len(jobs):
		p.endAny(jobs[k])
	case k < len(jobs)+len(p.open):
		a := p.open[k-len(jobs)]
		p.open = slices.Delete(p.open, k-len(jobs), k-len(jobs)+1)
		p.answer(a)
	case k < len(jobs)+len(p.open)+stops:
		p.endGuard(guards[k-len(jobs)-len(p.open)], pickOne(p.choice, ok, bad))
	default:
		p.now = wake
		p.take(p.engine.Timer(p.now))
	}
}

// lift takes back all that holds the run.
func (p *player) lift() {
	p.pauses, p.gated = false, false
	p.take(p.engine.Pause(false, "", p.now))
	p.take(p.engine.Gate(true, "", p.now))
	for _, id := range slices.Sorted(maps.Keys(p.guards)) {
		p.take(p.engine.GuardResumed(id, p.now))
	}
}

func (p *player) endGuard(id string, status schedulepb.Status) {
	delete(p.guards, id)
	p.take(p.engine.GuardEnded(id, Outcome{Status: status}, p.now))
}

// endAny ends an attempt, or lets it say something first.
func (p *player) endAny(job string) {
	switch p.of(8) {
	case 0:
		p.artefact(job, pickOne(p.choice, "x", "y"))
		return
	case 1:
		p.emit(job, &schedulepb.Emitted{What: &schedulepb.Emitted_NotReady{NotReady: &schedulepb.NotReady{Why: "warming up"}}})
	case 2:
		p.emit(job, &schedulepb.Emitted{What: &schedulepb.Emitted_Skip{Skip: &schedulepb.Skip{Why: "no antenna"}}})
	}
	o := Outcome{Status: pickOne(p.choice, ok, ok, ok, ok, bad, bad, crash, late, unready, skipped, schedulepb.Status_STATUS_ERROR, cut)}
	if p.once(6) {
		o.Strays = []*schedulepb.Stray{{Pid: 5, CommandLine: "sleep"}}
	}
	if o.Status == late && p.once(4) {
		o.Cause = &schedulepb.Cause{KilledBy: stillRunning}
	}
	p.now = p.now.Add(time.Duration(p.of(1000)) * time.Millisecond)
	p.ended(job, o)
}

func (p *player) answer(a Action) {
	switch a := a.(type) {
	case Fingerprint:
		var stored *Stored
		if p.once(2) {
			stored = &Stored{Key: "key"}
		}
		p.take(p.engine.Fingerprinted(a.Job.Id, pickOne(p.choice, "", "key"), stored, p.now))
	case StartCleaner:
		p.take(p.engine.CleanerEnded(a.ID, Outcome{Status: pickOne(p.choice, ok, ok, bad)}, p.now))
	case AcquireHost:
		if p.once(4) {
			p.take(p.engine.HostRefused(a.Job, "held by another run", p.now))
			return
		}
		p.take(p.engine.HostGranted(a.Job, p.now))
	}
}

// disturb lets something happen from outside.
func (p *player) disturb() {
	switch p.of(8) {
	case 0:
		p.take(p.engine.Interrupt(uint32(1+p.of(2)), "ctrl-c", p.now))
	case 1:
		p.pauses = !p.pauses
		p.take(p.engine.Pause(p.pauses, "by hand", p.now))
	case 2:
		p.gated = !p.gated
		p.take(p.engine.Gate(!p.gated, "load 9 is above 4", p.now))
	case 3:
		p.take(p.engine.Cancel(p.plan.Jobs[p.of(len(p.plan.Jobs))].Id, "not wanted", p.now))
	case 4:
		p.added++
		j := anyJob(p.choice, p.plan, fmt.Sprint("added", p.added), false)
		step, err := p.engine.Add(j, "somebody", p.now)
		if err == nil {
			p.rules.jobs[j.Id] = j
		}
		p.take(step)
	case 5:
		for _, id := range slices.Sorted(maps.Keys(p.guards)) {
			p.endGuard(id, pickOne(p.choice, ok, bad))
		}
	case 6: // what comes too late, or of nobody
		p.take(p.engine.Ended("nobody", 1, Outcome{Status: ok}, p.now))
		p.take(p.engine.Ended(p.plan.Jobs[0].Id, 99, Outcome{Status: ok}, p.now))
		p.take(p.engine.Emitted(p.plan.Jobs[0].Id, 99, &schedulepb.Emitted{}, p.now))
		p.take(p.engine.HostGranted(p.plan.Jobs[0].Id+"?", p.now))
		p.take(p.engine.CleanerEnded("nothing", Outcome{}, p.now))
	case 7:
		p.take(p.engine.Fail("the disk is full", p.now))
	}
}

// Whatever the plan, and whatever happens in whatever order: the rules hold, the run ends, and the same
// again gives the same steps.
func TestAnyRun(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ch := &choice{source: t}
		slots, wild := 1+ch.of(4), ch.of(2)*ch.of(6)
		p := anyPlan(ch, false)
		before := len(ch.chosen)
		first := play(t, ch, Config{Plan: p, Slots: slots}, wild)
		second := play(t, &choice{again: ch.chosen[before:]}, Config{Plan: p, Slots: slots}, wild)
		if diff := cmp.Diff(first.events, second.events, protocmp.Transform()); diff != "" {
			t.Fatalf("the same again gives other events (-first +second):\n%s", diff)
		}
	})
}

// A job that is first in the queue has its units, at the latest, when all has ended that ran when it
// came to be first, and what came before it since. Then it waits in the same way for slots.
func TestNoneStarves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ch := &choice{source: t}
		p := anyPlan(ch, true)
		d := drive(t, Config{Plan: p, Slots: 1 + ch.of(4)})
		var head *job
		var before map[string]bool
		seen, onlySlots := map[string]bool{}, false
		for !d.engine.Done() {
			if first := firstQueued(d.engine); first != head {
				head, before, onlySlots = first, alive(d), false
			}
			if head != nil && len(before) == 0 && !onlySlots {
				before, onlySlots = alive(d), true
			}
			for id := range d.active {
				if head != nil && !before[id] && !seen[id] && jobLess(d.engine.byID[id], head) {
					before, onlySlots = alive(d), false // it had the right of way
				}
				seen[id] = true
			}
			if len(d.active) == 0 || head != nil && len(before) == 0 {
				t.Fatalf("%v waits for nothing; running %q\n%s", head.id(), d.running(), d.story())
			}
			jobs := slices.Sorted(maps.Keys(d.active))
			id := jobs[ch.of(len(jobs))]
			delete(before, id)
			d.end(id, pickOne(ch, ok, ok, ok, bad))
		}
		d.finish()
	})
}

func alive(d *driver) map[string]bool {
	all := map[string]bool{}
	for id := range d.active {
		all[id] = true
	}
	return all
}

func firstQueued(e *Engine) *job {
	var first *job
	for _, j := range e.jobs {
		if j.state == queued && (first == nil || jobLess(j, first)) {
			first = j
		}
	}
	return first
}

// The heap hands out its items in order, also if some were taken out of the middle.
func TestHeap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := map[int]int{}
		h := heap[int]{less: func(a, b int) bool { return a < b }, moved: func(item, where int) { at[item] = where }}
		items := rapid.SliceOfNDistinct(rapid.IntRange(0, 99), 1, 30, rapid.ID).Draw(t, "items")
		for _, item := range items {
			h.push(item)
		}
		for range rapid.IntRange(0, len(items)-1).Draw(t, "taken out") {
			item := rapid.SampledFrom(items).Draw(t, "one")
			if where := at[item]; where >= 0 && h.remove(where) != item {
				t.Fatalf("another one was taken out than %d", item)
			}
		}
		for last := -1; h.len() > 0; {
			item := h.pop()
			if item <= last {
				t.Fatalf("%d came after %d", item, last)
			}
			last = item
		}
	})
}
