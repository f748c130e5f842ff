package formats

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// A lane is what can be taken by one at a time, or shared: a slot or a unit.
type lane struct {
	name  string
	group string // "slots", or the resource
	note  string // of a unit that is not in service
	bars  []bar  // in the order of their starts
}

// A bar is a time in which somebody has a lane.
type bar struct {
	from, to time.Duration // since the start of the run
	job      *schedulepb.JobReport
	attempt  *schedulepb.AttemptReport // nil: it is being cleaned
	label    string
	shared   bool
}

// lanes returns all slots, and then all units, with who had them.
func lanes(r *schedulepb.Report) []lane {
	jobs := map[string]*schedulepb.JobReport{}
	for _, j := range r.GetJobs() {
		jobs[j.GetId()] = j
	}
	all := slotLanes(r)
	for _, resource := range r.GetResources() {
		for _, u := range resource.GetUnits() {
			all = append(all, unitLane(r, resource, u, jobs))
		}
	}
	for i := range all {
		slices.SortStableFunc(all[i].bars, func(a, b bar) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	}
	return all
}

func slotLanes(r *schedulepb.Report) []lane {
	all := make([]lane, 0, r.GetSlots())
	grow := func(slot uint32) {
		for len(all) <= int(slot) {
			all = append(all, lane{name: fmt.Sprintf("slot %d", len(all)), group: "slots"})
		}
	}
	const sane = 4096 // a report may have been written by hand
	if n := min(r.GetSlots(), sane); n > 0 {
		grow(n - 1)
	}
	for _, j := range r.GetJobs() {
		for _, a := range j.GetAttempts() {
			if a.GetStarted() == nil {
				continue
			}
			for _, slot := range slotsOf(a) {
				if slot < sane {
					grow(slot)
					all[slot].bars = append(all[slot].bars, attemptBar(r, j, a))
				}
			}
		}
	}
	return all
}

func attemptBar(r *schedulepb.Report, j *schedulepb.JobReport, a *schedulepb.AttemptReport) bar {
	b := bar{job: j, attempt: a, label: attemptLabel(j.GetId(), a.GetNumber(), len(j.GetAttempts()))}
	b.from = max(0, a.GetStarted().AsTime().Sub(r.GetStarted().AsTime()))
	b.to = max(b.from, r.GetTook().AsDuration())
	if a.GetEnded() != nil {
		b.to = max(b.from, a.GetEnded().AsTime().Sub(r.GetStarted().AsTime()))
	}
	return b
}

// attemptLabel names an attempt; the number is left out if there is only one.
func attemptLabel(job string, number uint32, attempts int) string {
	if number > 1 || attempts > 1 {
		return fmt.Sprintf("%s #%d", job, number)
	}
	return job
}

func unitLane(r *schedulepb.Report, resource *schedulepb.ResourceReport, u *schedulepb.UnitReport, jobs map[string]*schedulepb.JobReport) lane {
	l := lane{name: u.GetName(), group: resource.GetName()}
	if c := u.GetCondition(); c != schedulepb.Condition_CONDITION_IN_SERVICE && c != schedulepb.Condition_CONDITION_UNSPECIFIED {
		l.note = c.Name()
	}
	for _, h := range u.GetHoldings() {
		b := bar{from: h.GetFrom().AsDuration(), to: r.GetTook().AsDuration(), job: jobs[h.GetJob()], shared: h.GetShared()}
		if h.GetTo() != nil {
			b.to = h.GetTo().AsDuration()
		}
		b.to = max(b.from, b.to)
		if h.GetJob() == "" {
			b.label = "cleaning"
			l.bars = append(l.bars, b)
			continue
		}
		attempts := b.job.GetAttempts()
		b.label = attemptLabel(h.GetJob(), h.GetAttempt(), len(attempts))
		if i := slices.IndexFunc(attempts, func(a *schedulepb.AttemptReport) bool { return a.GetNumber() == h.GetAttempt() }); i >= 0 {
			b.attempt = attempts[i]
		}
		l.bars = append(l.bars, b)
	}
	return l
}

// busy is the part of a time in which the lane was taken.
func (l *lane) busy(whole time.Duration) float64 {
	var sum, until time.Duration
	for _, b := range l.bars {
		if b.to > until {
			sum += b.to - max(b.from, until)
			until = b.to
		}
	}
	if whole <= 0 {
		return 0
	}
	return min(1, float64(sum)/float64(whole))
}

// state is the status of what a bar stands for.
func (b *bar) state() string {
	switch {
	case b.attempt != nil:
		return b.attempt.GetStatus().Name()
	case b.job != nil:
		return b.job.GetStatus().Name()
	}
	return "cleaning"
}
