package replay

import (
	"cmp"
	"slices"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// criticalPath returns the jobs that the length of the run is due to: from the job that
// ended last back to the one whose end it waited for, and so on. What a job waited for is
// the latest of what it needs and of who held its slot and units before. So a job of an
// own slot and no needs stands first. A job that was tried more than
// once counts from its first start.
func (r *Replay) criticalPath() []string {
	ran := r.ran()
	if len(ran) == 0 {
		return nil
	}
	before := r.predecessors(ran)
	var path []string
	seen := map[*run]bool{} // a clock that was set back must not make it go round
	for at := ran[len(ran)-1]; at != nil && !seen[at]; at = before(at) {
		seen[at] = true
		path = append(path, at.report.GetId())
	}
	slices.Reverse(path)
	return path
}

// run is a job that ran and ended, or still runs.
type run struct {
	*job
	from, to time.Time
	places   []place // that it took in its first attempt
}

// place is a slot or a unit.
type place struct {
	slot uint32
	unit unitName
}

// ran returns all that ran, in the order of their ends.
func (r *Replay) ran() []*run {
	now := r.report.GetStarted().AsTime().Add(r.now)
	var all []*run
	for _, report := range r.report.GetJobs() {
		if report.GetStarted() == nil || len(report.GetAttempts()) == 0 {
			continue
		}
		one := &run{job: r.jobs[report.GetId()], from: report.GetStarted().AsTime(), to: now}
		if report.GetEnded() != nil {
			one.to = report.GetEnded().AsTime()
		}
		first := report.GetAttempts()[0]
		for _, slot := range slots(first) {
			one.places = append(one.places, place{slot: slot})
		}
		for _, h := range first.GetHolds() {
			one.places = append(one.places, place{unit: unitName{h.GetResource(), h.GetUnit()}})
		}
		all = append(all, one)
	}
	slices.SortStableFunc(all, func(a, b *run) int { return cmp.Or(a.to.Compare(b.to), a.from.Compare(b.from)) })
	return all
}

// slots are those that an attempt took.
func slots(a *schedulepb.AttemptReport) []uint32 {
	if len(a.GetSlots()) == 0 {
		return []uint32{a.GetSlot()}
	}
	return a.GetSlots()
}

// predecessors returns what tells for whose end, or artefact, a job waited last.
func (r *Replay) predecessors(ran []*run) func(*run) *run {
	byID := map[string]*run{}
	users := map[place][]*run{} // in the order of their ends
	for _, one := range ran {
		byID[one.report.GetId()] = one
		for _, at := range one.places {
			users[at] = append(users[at], one)
		}
	}
	return func(one *run) (best *run) {
		var latest time.Time
		better := func(other *run, at time.Time) {
			if other != nil && other != one && !at.After(one.from) && (best == nil || at.After(latest)) {
				best, latest = other, at
			}
		}
		for _, need := range one.report.GetNeeds() {
			other := byID[need.GetJob()]
			if other == nil {
				continue
			}
			if ready, ok := other.artefacts[need.GetArtefact()]; ok {
				better(other, ready)
			} else {
				better(other, other.to)
			}
		}
		for _, at := range one.places {
			all := users[at]
			i, _ := slices.BinarySearchFunc(all, one.from, func(other *run, from time.Time) int {
				if other.to.After(from) {
					return 1
				}
				return -1
			})
			if i > 0 {
				better(all[i-1], all[i-1].to)
			}
		}
		return best
	}
}
