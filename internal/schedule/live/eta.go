package live

import (
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// estimator says how long jobs are going to take: as long as in the run before, or
// as the plan says, or as those did on average that have ended.
type estimator struct {
	before map[string]time.Duration // by job, of the run before
	sum    time.Duration            // of attempts of this run that were ok
	count  int
}

func newEstimator(previous *schedulepb.Report) estimator {
	e := estimator{before: map[string]time.Duration{}}
	for _, j := range previous.GetJobs() {
		var sum time.Duration
		for _, a := range j.GetAttempts() {
			if a.GetStatus() != schedulepb.Status_STATUS_INTERRUPTED { // which says nothing
				sum += a.GetTook().AsDuration()
			}
		}
		if sum > 0 {
			e.before[j.GetId()] = sum
		}
	}
	return e
}

// known is what is known of a job before it has run, 0 if nothing is.
func (e *estimator) known(j *schedulepb.Job) time.Duration {
	if span, ok := e.before[j.GetId()]; ok {
		return span
	}
	return j.GetEstimate().AsDuration()
}

func (e *estimator) took(span time.Duration) { e.sum += span; e.count++ }

// mean is how long a job takes of which nothing is known, 0 if none has ended yet.
func (e *estimator) mean() time.Duration {
	if e.count == 0 {
		return 0
	}
	return e.sum / time.Duration(e.count)
}

// chains adds to each job the longest chain of those that need it. A plan that was
// run has no circles; one that has them is given up.
func (e *estimator) chains(s *state, plan *schedulepb.Plan) {
	missing := map[string]int{} // of a job, those that need it and are not done
	for _, j := range plan.GetJobs() {
		for _, n := range j.GetNeeds() {
			missing[n.GetJob()]++
		}
	}
	needs := map[string][]*schedulepb.Need{}
	var ready []string
	for _, j := range plan.GetJobs() {
		needs[j.GetId()] = j.GetNeeds()
		if missing[j.GetId()] == 0 {
			ready = append(ready, j.GetId())
		}
	}
	for len(ready) > 0 {
		id := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		for _, n := range needs[id] {
			if before := s.jobs[n.GetJob()]; before != nil {
				before.chain = max(before.chain, before.span+s.jobs[id].chain)
			}
			if missing[n.GetJob()]--; missing[n.GetJob()] == 0 {
				ready = append(ready, n.GetJob())
			}
		}
	}
}

// left is how long the rest is going to take, and whether that can be said. It looks
// at every job.
func (s *state) left(now time.Time) (time.Duration, bool) {
	mean := s.spans.mean()
	var work, chain time.Duration
	for _, j := range s.order {
		if j.ended {
			continue
		}
		span := j.span
		if span == 0 {
			if span = mean; span == 0 {
				return 0, false
			}
		}
		rest := max(j.chain, span)
		if !j.since.IsZero() && j.place == nil { // it runs
			age := min(now.Sub(j.since), span)
			span, rest = span-age, rest-age
		}
		work += span
		chain = max(chain, rest)
	}
	return max(work/time.Duration(max(s.slots, 1)), chain), true
}
