package journaltest

import (
	"maps"
	"slices"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

func (s *Story) unit(name string) *unit {
	if s.units[name] == nil {
		s.units[name] = &unit{holders: map[string]bool{}}
	}
	return s.units[name]
}

func (s *Story) grant(e *schedulepb.Event, g *schedulepb.ResourceGranted) {
	s.t.Helper()
	id := e.GetJob()
	switch {
	case s.Open[id] != 0:
		s.bad(e, "it was granted something, and attempt %d runs", s.Open[id])
	case s.interrupted:
		s.bad(e, "it was granted something after the interrupt")
	case e.GetAttempt() != s.Attempts[id]+1:
		s.bad(e, "it follows attempt %d", s.Attempts[id])
	case len(g.GetSlots()) != max(1, int(s.Jobs[id].GetWeight())):
		s.bad(e, "it has slots %v, and weighs %d", g.GetSlots(), s.Jobs[id].GetWeight())
	}
	s.Open[id], s.Attempts[id], s.started[id], s.closed[id] = e.GetAttempt(), e.GetAttempt(), false, false
	for _, slot := range g.GetSlots() {
		if by, held := s.slots[slot]; held || slot >= s.Slots {
			s.bad(e, "it has slot %d of %d, which %q holds", slot, s.Slots, by)
		}
		s.slots[slot] = id
	}
	demanded := 0
	for _, d := range s.Jobs[id].GetResources() {
		demanded += max(1, int(d.GetAmount()))
	}
	if len(g.GetHolds()) != demanded {
		s.bad(e, "it has %v, and demands %d", g.GetHolds(), demanded)
	}
	for _, h := range g.GetHolds() {
		u := s.unit(h.GetUnit())
		if len(u.holders) > 0 && (u.exclusive || !h.GetShared()) || u.holders[id] || u.out {
			s.bad(e, "it has %v, which %v hold, out of service: %t", h, slices.Sorted(maps.Keys(u.holders)), u.out)
		}
		u.holders[id], u.exclusive = true, !h.GetShared()
	}
	s.needs(e)
}

// needs checks that all that the job needs is there.
func (s *Story) needs(e *schedulepb.Event) {
	s.t.Helper()
	anyNeeds, anyMet := 0, false
	for _, n := range s.Jobs[e.GetJob()].GetNeeds() {
		status, ended := s.Ends[n.GetJob()]
		met := status.Good()
		switch n.GetAfter() {
		case schedulepb.After_AFTER_FINISH:
			met = ended
		case schedulepb.After_AFTER_ARTEFACT:
			met = s.artefacts[[2]string{n.GetJob(), n.GetArtefact()}] ||
				status == schedulepb.Status_STATUS_UNCHANGED || status == schedulepb.Status_STATUS_SKIPPED
		case schedulepb.After_AFTER_ANY:
			anyNeeds++
			anyMet = anyMet || met
			continue
		}
		if !met {
			s.bad(e, "it was granted something, and %s is %s: %v", n.GetJob(), status.Name(), n)
		}
	}
	if anyNeeds > 0 && !anyMet {
		s.bad(e, "it was granted something, and none of its needs is met")
	}
}

func (s *Story) release(e *schedulepb.Event, r *schedulepb.ResourceReleased) {
	s.t.Helper()
	id := e.GetJob()
	if s.Open[id] != e.GetAttempt() || !s.closed[id] {
		s.bad(e, "it gave something back, and attempt %d runs, ended: %t", s.Open[id], s.closed[id])
	}
	delete(s.Open, id)
	for _, slot := range r.GetSlots() {
		if s.slots[slot] != id {
			s.bad(e, "it gave slot %d back, which %q holds", slot, s.slots[slot])
		}
		delete(s.slots, slot)
	}
	for _, h := range r.GetHolds() {
		u := s.unit(h.GetUnit())
		if !u.holders[id] {
			s.bad(e, "it gave %s back, which %v hold", h.GetUnit(), slices.Sorted(maps.Keys(u.holders)))
		}
		delete(u.holders, id)
	}
}

// Over checks what holds at the end of a run: it was written, every job has ended, and
// nobody holds anything.
func (s *Story) Over() {
	s.t.Helper()
	if s.Finished == nil {
		s.t.Errorf("the journal has %d events, and no end", len(s.Events))
	}
	for id := range s.Jobs {
		if _, ended := s.Ends[id]; !ended {
			s.t.Errorf("the run is over, and job %s has not ended", id)
		}
	}
	if len(s.Open) > 0 || len(s.slots) > 0 {
		s.t.Errorf("the run is over, and there are attempts %v, who holds slots: %v", s.Open, s.slots)
	}
	for name, u := range s.units {
		if len(u.holders) > 0 {
			s.t.Errorf("the run is over, and %v hold %s", u.holders, name)
		}
	}
}

// Started reports whether an attempt of the job has started, however it went on, as far as
// the journal tells.
func (s *Story) Started(job string) bool { return s.Attempts[job] > 1 || s.started[job] }
