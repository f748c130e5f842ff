package engine

import (
	"fmt"
	"slices"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Happened records what became of a running attempt. Kind is the pointer that belongs into
// Event.Kind: *schedulepb.Event_JobStarted, JobSignalled, JobSlow, JobOutput, JobMessage or Warning.
func (e *Engine) Happened(id string, attempt uint32, kind any, now time.Time) Step {
	if !e.enter(now) {
		return Step{}
	}
	j := e.byID[id]
	parent := uint64(0)
	present := j != nil && j.run != nil && j.run.number == attempt
	if present {
		parent = j.parent()
	} else if j != nil {
		parent = j.queuedAt
	}
	if j == nil {
		e.warn(fmt.Sprintf("there is no job %s, of which something was told", id))
		return e.step
	}
	switch k := kind.(type) {
	case *schedulepb.Event_JobStarted:
		event := e.event(j, attempt, j.queuedAt)
		event.Kind = k
		if present {
			j.run.started = event.Sequence
		}
	case *schedulepb.Event_JobSignalled:
		e.event(j, attempt, parent).Kind = k
	case *schedulepb.Event_JobSlow:
		e.event(j, attempt, parent).Kind = k
	case *schedulepb.Event_JobOutput:
		e.event(j, attempt, parent).Kind = k
	case *schedulepb.Event_JobMessage:
		e.event(j, attempt, parent).Kind = k
	case *schedulepb.Event_Warning:
		e.event(j, attempt, parent).Kind = k
	case *schedulepb.Event_JobWaiting: // for another run on the machine
		if j.state == locking {
			e.event(j, 0, j.queuedAt).Kind = k
		}
	default:
		e.warn(fmt.Sprintf("job %s: something of an unknown kind was told: %T", id, kind))
	}
	return e.step
}

// Emitted takes what a job says: artefacts, messages, that it is not ready, that it is to be skipped.
func (e *Engine) Emitted(id string, attempt uint32, m *schedulepb.Emitted, now time.Time) Step {
	if !e.enter(now) {
		return Step{}
	}
	j := e.byID[id]
	if j == nil || j.run == nil || j.run.number != attempt {
		e.warn(fmt.Sprintf("job %s: attempt %d, which does not run, said something: it is left out", id, attempt))
		return e.step
	}
	switch what := m.GetWhat().(type) {
	case *schedulepb.Emitted_Artefact:
		e.event(j, attempt, j.parent()).Kind = &schedulepb.Event_ArtefactReady{ArtefactReady: what.Artefact}
		if name := what.Artefact.GetName(); !j.keepArtefact(what.Artefact) && !slices.Contains(j.spec.GetArtefacts(), name) {
			e.warn(fmt.Sprintf("job %s announced artefact %s, which it does not declare: add it to its artefacts", id, name))
		}
		e.artefact(j, what.Artefact.GetName())
		return e.leave()
	case *schedulepb.Emitted_Message:
		e.event(j, attempt, j.parent()).Kind = &schedulepb.Event_JobMessage{JobMessage: what.Message}
	case *schedulepb.Emitted_NotReady:
		j.run.notReady = &what.NotReady.Why
	case *schedulepb.Emitted_Skip:
		j.run.skip = &what.Skip.Why
	default:
		e.warn(fmt.Sprintf("job %s: attempt %d said something of an unknown kind", id, attempt))
	}
	return e.step
}

// keepArtefact reports whether there was one of that name.
func (j *job) keepArtefact(a *schedulepb.ArtefactReady) bool {
	for i, old := range j.artefacts {
		if old.GetName() == a.GetName() {
			j.artefacts[i] = a
			return true
		}
	}
	j.artefacts = append(j.artefacts, a)
	return false
}

// Ended says that an attempt is over, and that nothing of it is left but strays.
func (e *Engine) Ended(id string, attempt uint32, o Outcome, now time.Time) Step {
	if !e.enter(now) {
		return Step{}
	}
	j := e.byID[id]
	if j == nil || j.state != running || j.run.number != attempt {
		e.warn(fmt.Sprintf("job %s: attempt %d ended, and does not run: it is left out", id, attempt))
		return e.step
	}
	e.finishAttempt(j, o)
	return e.leave()
}

func (e *Engine) finishAttempt(j *job, o Outcome) {
	a := j.run
	if o.Exit != nil {
		e.event(j, a.number, j.parent()).Kind = &schedulepb.Event_JobExited{JobExited: o.Exit}
	}
	if len(o.Strays) > 0 {
		e.event(j, a.number, j.parent()).Kind = &schedulepb.Event_JobLeaked{JobLeaked: &schedulepb.JobLeaked{Strays: o.Strays}}
	}
	o.Status, o.Cause = e.judge(j, o)
	if o.Status == schedulepb.Status_STATUS_TIMED_OUT && o.Cause.GetKind() == runTimeout {
		e.outOfTime = true
	}
	v := e.weigh(j, o)
	lines := o.LastLines
	if o.Status.Fine() {
		lines = ""
	}
	e.event(j, a.number, j.parent()).Kind = &schedulepb.Event_AttemptFinished{AttemptFinished: &schedulepb.AttemptFinished{
		Status: o.Status, Cause: o.Cause, Value: o.Value, LastLines: lines, Next: v.next,
	}}
	e.released(j)
	e.release(j)
	e.restore(j, o)
	j.run = nil
	switch {
	case v.final:
		e.conclude(j, v)
	case v.delay > 0:
		j.state = pausing
		e.timers.push(timer{at: e.now.Add(v.delay), job: j, attempt: j.attempts})
	default:
		e.enqueue(j)
	}
}

// conclude ends a job by its attempts.
func (e *Engine) conclude(j *job, v verdict) {
	if j.key != "" && v.status.Fine() && v.status != schedulepb.Status_STATUS_SKIPPED {
		e.do(SaveFingerprint{Job: j.id(), Stored: &Stored{Key: j.key, Status: v.status, Value: v.value, Artefacts: j.artefacts}})
	}
	e.end(j, v.status, v.cause, v.value)
}
