package schedule

import (
	"errors"
	"fmt"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/check"
	"github.com/ansar-go/ansar/internal/schedule/engine"
)

// apply does what steps say: first their events are written, all at once, then
// their actions are done. What follows from an action comes after it.
func (s *scheduler) apply(steps ...engine.Step) {
	s.steps = append(s.steps, steps...)
	if s.stepping {
		return
	}
	s.stepping = true
	defer func() { s.stepping = false }()
	for len(s.steps) > 0 {
		now := s.steps
		s.steps = nil
		var events []*schedulepb.Event
		for _, step := range now {
			events = append(events, step.Events...)
		}
		s.record(events)
		for _, step := range now {
			for _, action := range step.Do {
				s.do(action)
			}
		}
	}
	s.keys.drop()
}

// record writes events before anybody acts on them. If that cannot be done, the run
// ends: nothing is started that nobody would know of.
func (s *scheduler) record(events []*schedulepb.Event) {
	if len(events) == 0 {
		return
	}
	r := s.run
	if r.failure == nil {
		if err := r.journal.Append(events...); err != nil {
			r.failure = fmt.Errorf("write the journal: %w", err)
			r.note(time.Now(), r.failure.Error())
			s.steps = append(s.steps, s.engine.Fail(r.failure.Error(), time.Now()))
		} else if events[0].GetSequence() == 1 {
			r.link()
		}
	}
	for _, e := range events {
		r.replay.Apply(e)
		r.noteEvent(e)
		if s.subscriber != nil {
			s.subscriber.offer(e)
		}
	}
}

// do does one action.
func (s *scheduler) do(action engine.Action) {
	switch {
	case s.run.failure != nil && s.refuse(action, s.run.failure.Error()):
		return
	case s.never != "" && s.refuse(action, s.never):
		return
	}
	switch a := action.(type) {
	case engine.StartAttempt:
		s.startAttempt(a)
	case engine.StopAttempt:
		s.attempts[attemptKey{a.Job, a.Attempt}].tell(order{why: a.Why, kill: a.Kill})
	case engine.StartCleaner:
		s.startCleaner(a)
	case engine.StopCleaner:
		s.cleaners[a.ID].tell(order{why: "stopped", kill: a.Kill})
	case engine.StartGuard:
		s.startGuard(a)
	case engine.StopGuard:
		s.guards[a.ID].tell(order{why: "stopped", kill: a.Kill})
	case engine.Fingerprint:
		s.keys.ask(a)
	case engine.SaveFingerprint:
		s.saveFingerprint(a)
	case engine.DropFingerprint:
		s.complain(s.run.store.Drop(a.Job))
	case engine.AcquireHost:
		s.hosts.acquire(a)
	case engine.ReleaseHost:
		s.hosts.release(a.Units)
	}
}

// refuse answers what is not to be started any more, and reports whether it did.
func (s *scheduler) refuse(action engine.Action, why string) bool {
	now := time.Now()
	not := engine.Outcome{
		Status: schedulepb.Status_STATUS_INTERRUPTED,
		Cause:  &schedulepb.Cause{Kind: "aborted", Text: "not started: " + why},
	}
	switch a := action.(type) {
	case engine.StartAttempt:
		s.apply(s.engine.Ended(a.Job.GetId(), a.Attempt, not, now))
	case engine.StartCleaner:
		s.apply(s.engine.CleanerEnded(a.ID, not, now))
	case engine.StartGuard:
		s.apply(s.engine.GuardEnded(a.Guard.GetId(), not, now))
	case engine.Fingerprint:
		s.apply(s.engine.Fingerprinted(a.Job.GetId(), "", nil, now))
	case engine.AcquireHost:
		s.apply(s.engine.HostRefused(a.Job, not.Cause.Text, now))
	default:
		return false
	}
	return true
}

// complain makes an error that stops nothing a warning.
func (s *scheduler) complain(err error) {
	if err != nil {
		s.apply(s.engine.Warn(err.Error(), time.Now()))
	}
}

// complainOf is complain for the output of what ran beside the jobs.
func (s *scheduler) complainOf(w *work) {
	if w.lost != "" {
		s.complain(errors.New(w.lost))
	}
}

// cancel ends one job.
func (s *scheduler) cancel(c *schedulepb.CancelJob, now time.Time) error {
	for _, j := range s.run.replay.Current().GetJobs() {
		if j.GetId() != c.GetJob() {
			continue
		}
		if status := j.GetStatus(); status != schedulepb.Status_STATUS_UNSPECIFIED {
			return fmt.Errorf("cancel job %s: it has ended: %s", c.GetJob(), status.Name())
		}
		s.apply(s.engine.Cancel(c.GetJob(), c.GetWhy(), now))
		return nil
	}
	return fmt.Errorf("cancel job %s: there is none of that id", c.GetJob())
}

// add takes another job into the run.
func (s *scheduler) add(a *schedulepb.AddJob, now time.Time) error {
	if a.GetJob() == nil {
		return errors.New("add a job: there is none")
	}
	check.CompleteJob(s.run.plan, a.GetJob())
	s.run.options.adjust(a.GetJob())
	if err := s.run.options.checkWork(a.GetJob()); err != nil {
		return fmt.Errorf("add job %s: %w", a.GetJob().GetId(), err)
	}
	step, err := s.engine.Add(a.GetJob(), a.GetBy(), now)
	if err != nil {
		return err
	}
	s.apply(step)
	return nil
}

// checkWork finds what is wrong with the work of a job that comes late.
func (o *Options) checkWork(j *schedulepb.Job) error {
	switch {
	case j.GetCall() != nil:
		if j.GetCall().GetObject() == "" {
			if err := o.findExecutable(j.GetCall().GetExecutable()); err != nil {
				return err
			}
		}
		for _, field := range []string{"input", "settings"} {
			if err := o.tryInput(j.GetCall(), field); err != nil {
				return fmt.Errorf("%s: %w", field, err)
			}
		}
	case j.GetCommand() != nil && len(j.GetCommand().GetArgv()) > 0:
		return o.findCommand(j.GetCommand().GetArgv()[0], j.GetCommand().GetDir())
	case j.GetRole() != nil:
		return o.findRole(j.GetRole())
	case j.GetFunction() != "" && !o.hasFunction(j.GetFunction()):
		return fmt.Errorf("there is no function %q", j.GetFunction())
	}
	return nil
}
