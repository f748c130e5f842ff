package replay

import (
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// ofJob applies what happens to a job.
func (r *Replay) ofJob(e *schedulepb.Event) {
	if e.GetJob() == "" {
		return // of a later version
	}
	switch k := e.GetKind().(type) {
	case *schedulepb.Event_JobQueued:
		j := r.job(e.GetJob())
		if k.JobQueued.GetAdded() != nil {
			j.describe(k.JobQueued.GetAdded())
		}
		j.report.Queued, j.report.AddedBy = e.GetTime(), k.JobQueued.GetBy()
	case *schedulepb.Event_JobWaiting:
		j := r.job(e.GetJob())
		if j.report.Waiting = k.JobWaiting.GetWhy(); j.report.Waiting != "" {
			j.report.Waited = j.report.Waiting
		}
	case *schedulepb.Event_ResourceGranted:
		r.granted(e, k.ResourceGranted)
	case *schedulepb.Event_ResourceReleased:
		r.released(e, k.ResourceReleased.GetHolds())
	case *schedulepb.Event_ArtefactReady:
		r.artefact(e, k.ArtefactReady)
	case *schedulepb.Event_JobStarted:
		r.started(e, k.JobStarted)
	case *schedulepb.Event_JobFinished:
		r.finished(e, k.JobFinished)
	case nil: // of a later version
	default:
		r.ofAttempt(e)
	}
}

// ofAttempt applies what happens in an attempt.
func (r *Replay) ofAttempt(e *schedulepb.Event) {
	a := r.attempt(e)
	switch k := e.GetKind().(type) {
	case *schedulepb.Event_JobOutput:
		a.Outputs = append(a.Outputs, k.JobOutput)
	case *schedulepb.Event_JobMessage:
		if len(a.Messages) < maxMessages {
			a.Messages = append(a.Messages, k.JobMessage)
		} else {
			a.MoreMessages++
		}
	case *schedulepb.Event_JobSlow:
		a.Slow = true
	case *schedulepb.Event_JobSignalled:
		a.Signals = append(a.Signals, k.JobSignalled)
	case *schedulepb.Event_JobExited:
		a.Exit = k.JobExited
	case *schedulepb.Event_JobLeaked:
		a.Strays = append(a.Strays, k.JobLeaked.GetStrays()...)
	case *schedulepb.Event_AttemptFinished:
		a.Status, a.Cause, a.Value = k.AttemptFinished.GetStatus(), k.AttemptFinished.GetCause(), k.AttemptFinished.GetValue()
		a.LastLines, a.Next = k.AttemptFinished.GetLastLines(), k.AttemptFinished.GetNext()
		a.Ended = e.GetTime()
		if a.Started != nil && a.Ended != nil {
			a.Took = span(a.Ended.AsTime().Sub(a.Started.AsTime()))
		}
	}
}

// attempt returns the attempt of an event, which makes it known.
func (r *Replay) attempt(e *schedulepb.Event) *schedulepb.AttemptReport {
	j := r.job(e.GetJob())
	a := j.attempts[e.GetAttempt()]
	if a == nil {
		a = &schedulepb.AttemptReport{Number: e.GetAttempt()}
		if j.attempts == nil {
			j.attempts = map[uint32]*schedulepb.AttemptReport{}
		}
		j.attempts[e.GetAttempt()] = a
		j.report.Attempts = append(j.report.Attempts, a)
	}
	return a
}

func (r *Replay) started(e *schedulepb.Event, s *schedulepb.JobStarted) {
	j, a := r.job(e.GetJob()), r.attempt(e)
	a.Started, a.Pid, a.Slot, a.Log, a.Deadline = e.GetTime(), s.GetPid(), s.GetSlot(), s.GetLog(), s.GetDeadline()
	a.Isolation, a.CommandLine = s.GetIsolation(), s.GetCommandLine()
	if granted := j.granted[e.GetAttempt()]; granted != nil {
		a.Holds, a.Slots = granted.GetHolds(), granted.GetSlots()
		delete(j.granted, e.GetAttempt())
	}
	if j.report.Started == nil {
		j.report.Started = e.GetTime()
	}
	j.report.Waiting = ""
	r.count(j)
}

func (r *Replay) finished(e *schedulepb.Event, f *schedulepb.JobFinished) {
	j := r.job(e.GetJob())
	j.report.Status, j.report.Cause, j.report.Value = f.GetStatus(), f.GetCause(), f.GetValue()
	j.report.Fingerprint, j.report.Ended, j.report.Waiting = f.GetFingerprint(), e.GetTime(), ""
	r.count(j)
}

func (r *Replay) artefact(e *schedulepb.Event, a *schedulepb.ArtefactReady) {
	j := r.job(e.GetJob())
	j.report.Artefacts = append(j.report.Artefacts, a)
	if j.artefacts == nil {
		j.artefacts = map[string]time.Time{}
	}
	if _, known := j.artefacts[a.GetName()]; !known {
		j.artefacts[a.GetName()] = e.GetTime().AsTime()
	}
}

func (r *Replay) granted(e *schedulepb.Event, granted *schedulepb.ResourceGranted) {
	r.hold(e, granted.GetHolds())
	j := r.job(e.GetJob())
	if j.granted == nil {
		j.granted = map[uint32]*schedulepb.ResourceGranted{}
	}
	j.granted[e.GetAttempt()] = granted
}

// hold notes who holds units from now on.
func (r *Replay) hold(e *schedulepb.Event, holds []*schedulepb.Hold) {
	for _, hold := range holds {
		u := r.unit(hold)
		h := &schedulepb.Holding{Job: e.GetJob(), Attempt: e.GetAttempt(), From: e.GetSince(), Shared: hold.GetShared()}
		u.report.Holdings = append(u.report.Holdings, h)
		u.open = append(u.open, h)
	}
}

func (r *Replay) released(e *schedulepb.Event, holds []*schedulepb.Hold) {
	for _, hold := range holds {
		u := r.unit(hold)
		for i, h := range u.open {
			if h.Job == e.GetJob() && h.Attempt == e.GetAttempt() {
				h.To = e.GetSince()
				u.open = append(u.open[:i], u.open[i+1:]...)
				break
			}
		}
	}
}

// condition notes that a unit is out of service, or back. As long as it is being
// cleaned, nobody has it, which is a holding without a job.
func (r *Replay) condition(e *schedulepb.Event, c *schedulepb.ResourceCondition) {
	u := r.unit(c.GetUnit())
	cleaning := []*schedulepb.Hold{c.GetUnit()}
	by := &schedulepb.Event{Since: e.GetSince()}
	switch was, is := u.report.GetCondition(), c.GetCondition(); {
	case was == is:
	case is == schedulepb.Condition_CONDITION_CLEANING:
		r.hold(by, cleaning)
	case was == schedulepb.Condition_CONDITION_CLEANING:
		r.released(by, cleaning)
	}
	u.report.Condition, u.report.Why, u.report.State = c.GetCondition(), c.GetWhy(), c.GetState()
}

// unit returns what is known of a unit, which makes it known.
func (r *Replay) unit(hold *schedulepb.Hold) *unit {
	name := unitName{hold.GetResource(), hold.GetUnit()}
	u := r.units[name]
	if u != nil {
		return u
	}
	resource := r.resources[name.resource]
	if resource == nil {
		resource = &schedulepb.ResourceReport{Name: name.resource}
		r.resources[name.resource] = resource
		r.report.Resources = append(r.report.Resources, resource)
	}
	u = &unit{report: &schedulepb.UnitReport{Name: name.unit, Condition: schedulepb.Condition_CONDITION_IN_SERVICE}}
	resource.Units = append(resource.Units, u.report)
	r.units[name] = u
	return u
}

func span(d time.Duration) *durationpb.Duration { return durationpb.New(d) }
