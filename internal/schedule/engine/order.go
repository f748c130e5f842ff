package engine

import (
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// own is how long a job is going to take by what is known of it.
func (e *Engine) own(j *job, unknown time.Duration) time.Duration {
	if d := known(j.spec, j.prior); d > 0 {
		return d
	}
	return unknown
}

func known(spec *schedulepb.Job, prior *schedulepb.JobReport) time.Duration {
	if d := spec.GetEstimate(); d != nil {
		return d.AsDuration()
	}
	if prior.GetStarted() == nil || prior.GetEnded() == nil {
		return 0
	}
	return prior.GetEnded().AsTime().Sub(prior.GetStarted().AsTime())
}

// measure works out how long the longest way from each job to the end of the run is. Jobs of which
// nothing is known take as long as the others do on average. It finds cycles, too.
func (e *Engine) measure() {
	var sum time.Duration
	counted := 0
	for _, j := range e.jobs {
		if d := known(j.spec, j.prior); d > 0 {
			sum, counted = sum+d, counted+1
		}
	}
	mean := time.Second
	if counted > 0 {
		mean = max(sum/time.Duration(counted), 1)
	}
	order := e.sorted()
	for i := len(order) - 1; i >= 0; i-- {
		j := order[i]
		for _, d := range j.dependents {
			j.length = max(j.length, d.to.length)
		}
		j.length += e.own(j, mean)
	}
}

// sorted is all jobs after those that they need. Jobs of a cycle, and those behind one, are
// left out and get a fault.
func (e *Engine) sorted() []*job {
	waits := make([]int, len(e.jobs))
	for _, j := range e.jobs {
		for _, d := range j.dependents {
			waits[d.to.index]++
		}
	}
	order := make([]*job, 0, len(e.jobs))
	for _, j := range e.jobs {
		if waits[j.index] == 0 {
			order = append(order, j)
		}
	}
	for i := 0; i < len(order); i++ {
		for _, d := range order[i].dependents {
			if waits[d.to.index]--; waits[d.to.index] == 0 {
				order = append(order, d.to)
			}
		}
	}
	if len(order) < len(e.jobs) {
		for _, j := range e.jobs {
			if waits[j.index] > 0 && j.fault == "" {
				j.fault = "it is in a cycle of needs, or behind one"
			}
		}
	}
	return order
}
