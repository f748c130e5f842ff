package engine

import (
	"errors"
	"fmt"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// load takes the jobs of the plan into the run.
func (e *Engine) load() {
	specs := e.plan.GetJobs()
	table := make([]job, len(specs))
	for _, spec := range specs {
		if e.byID[spec.GetId()] != nil {
			e.warn(fmt.Sprintf("job %s is in the plan twice: the second one is left out", spec.GetId()))
			continue
		}
		e.take(&table[len(e.jobs)], spec, nil, "")
	}
	for _, j := range e.jobs {
		e.link(j)
	}
	priors := make(map[string]*schedulepb.JobReport, len(e.config.Previous.GetJobs()))
	for _, prior := range e.config.Previous.GetJobs() {
		priors[prior.GetId()] = prior
	}
	for _, j := range e.jobs {
		j.prior = priors[j.id()]
	}
	e.measure()
	e.decideRerun()
}

// take makes a job of the run from its description.
func (e *Engine) take(j *job, spec, added *schedulepb.Job, by string) {
	*j = job{spec: spec, index: len(e.jobs), at: -1, priority: e.priority(spec)}
	j.class, j.fault = e.classFor(spec)
	e.jobs = append(e.jobs, j)
	e.byID[spec.GetId()] = j
	e.left++
	queued := e.event(j, 0, 0)
	queued.Kind = &schedulepb.Event_JobQueued{JobQueued: &schedulepb.JobQueued{Added: added, By: by}}
	j.queuedAt = queued.Sequence
}

// Add takes another job into the run, which may need any job that there is. By is who adds it.
// The error says what is wrong with it; then nothing has changed.
func (e *Engine) Add(spec *schedulepb.Job, by string, now time.Time) (Step, error) {
	if !e.enter(now) {
		return Step{}, errors.New("add job " + spec.GetId() + ": the run has ended")
	}
	if err := e.acceptable(spec); err != nil {
		return Step{}, fmt.Errorf("add job %s: %w", spec.GetId(), err)
	}
	j := new(job)
	e.take(j, spec, spec, by)
	e.link(j)
	j.length = e.own(j, time.Second)
	e.admit(j)
	return e.leave(), nil
}

// admit lets an added job see what has ended before it was there.
func (e *Engine) admit(j *job) {
	if why := e.closedTo(j); why != nil {
		e.end(j, schedulepb.Status_STATUS_NOT_RUN, why, nil)
		return
	}
	seen := map[*job]bool{}
	for _, need := range j.spec.GetNeeds() {
		other := e.byID[need.GetJob()]
		if seen[other] {
			continue
		}
		seen[other] = true
		if other.state == ended {
			e.tellDependents(other)
			other.dependents = nil
		} else {
			for _, a := range other.artefacts {
				e.artefact(other, a.GetName())
			}
		}
	}
	if j.missing == 0 && j.state == pending {
		e.ready(j)
	}
}

func (e *Engine) acceptable(spec *schedulepb.Job) error {
	if spec.GetId() == "" {
		return errors.New("it has no id")
	}
	if e.byID[spec.GetId()] != nil {
		return errors.New("there is a job of that id")
	}
	if e.left == 0 {
		return errors.New("all jobs have ended")
	}
	for _, need := range spec.GetNeeds() {
		other := e.byID[need.GetJob()]
		switch {
		case need.GetJob() == spec.GetId():
			return errors.New("it needs itself")
		case other == nil:
			return fmt.Errorf("it needs %s, and there is no such job", need.GetJob())
		case other.dropped:
			return fmt.Errorf("it needs %s, which has ended, and whose value is not kept: add it while that job runs", need.GetJob())
		}
	}
	if _, fault := e.classFor(spec); fault != "" {
		return errors.New(fault)
	}
	return nil
}
