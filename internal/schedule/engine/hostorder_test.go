package engine

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// machine is what runs of one machine lock units on: a lock is of one run at a time.
type machine struct {
	owner map[string]*tenant
	runs  []*tenant
}

// tenant is one run of the machine.
type tenant struct {
	*driver
	claims []*hostClaim
}

// hostClaim locks units one after the other, and keeps those that it has meanwhile.
type hostClaim struct {
	job   string
	units []string
	got   int
}

// look takes what the engine has asked for.
func (m *machine) look(r *tenant) {
	asked := r.did
	r.did = nil
	for _, a := range asked {
		switch a := a.(type) {
		case AcquireHost:
			r.claims = append(r.claims, &hostClaim{job: a.Job, units: a.Units})
		case ReleaseHost:
			for _, unit := range a.Units {
				if m.owner[unit] == r {
					delete(m.owner, unit)
				}
			}
		}
	}
}

// step does one thing of those that can happen, and reports whether there was any.
func (m *machine) step(ch *choice) bool {
	var can []func()
	for _, r := range m.runs {
		for _, id := range slices.Sorted(maps.Keys(r.active)) {
			can = append(can, func() { r.end(id, ok) })
		}
		for i, c := range r.claims {
			if m.owner[c.units[c.got]] != nil {
				continue
			}
			can = append(can, func() {
				m.owner[c.units[c.got]] = r
				if c.got++; c.got == len(c.units) {
					r.claims = slices.Delete(r.claims, i, i+1)
					r.take(r.engine.HostGranted(c.job, r.now))
				}
			})
		}
	}
	if len(can) == 0 {
		return false
	}
	can[ch.of(len(can))]()
	for _, r := range m.runs {
		m.look(r)
	}
	return true
}

// Runs that wait for units of each other never do so for ever, also where jobs share units that are
// locked already.
func TestHostsDoNotDeadlock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ch := &choice{source: t}
		m := &machine{owner: map[string]*tenant{}}
		for range 2 {
			p := &schedulepb.Plan{}
			for i := range 3 {
				lend(p, fmt.Sprint("r", i), 1).HostWide = true
			}
			for i := range 2 + ch.of(4) {
				j := &schedulepb.Job{Id: fmt.Sprint("j", i)}
				for r := range 3 {
					if ch.once(2) {
						j.Resources = append(j.Resources, &schedulepb.Demand{Name: fmt.Sprint("r", r), Shared: ch.of(3) > 0})
					}
				}
				p.Jobs = append(p.Jobs, j)
			}
			m.runs = append(m.runs, &tenant{driver: drive(t, Config{Plan: p, Slots: 1 + ch.of(3)})})
		}
		for _, r := range m.runs {
			m.look(r)
		}
		for m.step(ch) {
		}
		for i, r := range m.runs {
			if !r.engine.Done() {
				t.Fatalf("run %d waits for ever:\n%s", i, r.story())
			}
			r.finish()
		}
	})
}
