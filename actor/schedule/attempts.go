package schedule

import (
	"cmp"
	"fmt"
	"path/filepath"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/engine"
	"github.com/ansar-go/ansar/internal/schedule/fingerprint"
)

// startAttempt begins the object of an attempt.
func (s *scheduler) startAttempt(a engine.StartAttempt) {
	id := a.Job.GetId()
	w := s.newWork(a.Job, attemptFolder(id, a.Attempt), fmt.Sprintf("job %s attempt %d", id, a.Attempt))
	w.grace, w.limit = a.Grace, cmp.Or(a.Limit, w.limit)
	w.assign(&schedulepb.Assignment{Attempt: a.Attempt, Slot: a.Slot, Holds: a.Holds, Needs: a.Needs}, a.Deadline)
	key := attemptKey{id, a.Attempt}
	s.attempts[key] = w
	if a.Attempt == 1 {
		s.run.porter.needed(id)
	}
	s.begin(attemptObject, w.grace, w.perform, func(err error) {
		delete(s.attempts, key)
		now := time.Now()
		var steps []engine.Step
		for _, o := range w.outputs {
			steps = append(steps, s.engine.Happened(id, a.Attempt, &schedulepb.Event_JobOutput{JobOutput: o}, now))
		}
		if w.lost != "" {
			lost := &schedulepb.Event_Warning{Warning: &schedulepb.Warning{Text: w.lost}}
			steps = append(steps, s.engine.Happened(id, a.Attempt, lost, now))
		}
		s.apply(append(steps, s.engine.Ended(id, a.Attempt, w.end(err), now))...)
	})
}

// end is the outcome of the work, whose object has ended.
func (w *work) end(err error) engine.Outcome {
	if err != nil {
		return failed(schedulepb.Status_STATUS_ERROR, "aborted", "the attempt itself: "+err.Error())
	}
	return w.outcome
}

// startCleaner begins the object of a cleaner.
func (s *scheduler) startCleaner(a engine.StartCleaner) {
	j := &schedulepb.Job{Id: a.ID, Timeout: a.Cleaner.GetTimeout(), Isolation: schedulepb.Isolation_ISOLATION_PROCESS.Enum()}
	switch work := a.Cleaner.GetWork().(type) {
	case *schedulepb.Cleaner_Command:
		j.Work = &schedulepb.Job_Command{Command: work.Command}
	case *schedulepb.Cleaner_Call:
		j.Work = &schedulepb.Job_Call{Call: work.Call}
	}
	w := s.newWork(j, filepath.Join(cleanersFolder, fileName(a.ID)), "cleaner of "+a.ID)
	w.grace = beside
	w.assign(&schedulepb.Assignment{Holds: []*schedulepb.Hold{a.Hold}}, time.Now().Add(a.Cleaner.GetTimeout().AsDuration()))
	s.cleaners[a.ID] = w
	s.begin(cleanerObject, beside, w.perform, func(err error) {
		delete(s.cleaners, a.ID)
		s.complainOf(w)
		s.apply(s.engine.CleanerEnded(a.ID, w.end(err), time.Now()))
	})
}

// beside is the grace of what runs beside jobs: cleaners and guards.
const beside = 5 * time.Second

// startGuard begins the object of a guard, for the first time or again.
func (s *scheduler) startGuard(a engine.StartGuard) {
	id := a.Guard.GetId()
	j := &schedulepb.Job{Id: id, Isolation: schedulepb.Isolation_ISOLATION_PROCESS.Enum()}
	switch work := a.Guard.GetWork().(type) {
	case *schedulepb.Guard_Command:
		j.Work = &schedulepb.Job_Command{Command: work.Command}
	case *schedulepb.Guard_Call:
		j.Work = &schedulepb.Job_Call{Call: work.Call}
	}
	s.guardStarts++
	w := s.newWork(j, filepath.Join(guardsFolder, fileName(id), fmt.Sprint(s.guardStarts)), "guard "+id)
	w.grace, w.guard = beside, true
	w.assign(&schedulepb.Assignment{}, time.Time{})
	s.guards[id] = w
	s.begin(guardObject, beside, w.perform, func(err error) {
		if s.guards[id] == w {
			delete(s.guards, id)
		}
		s.complainOf(w)
		s.apply(s.engine.GuardEnded(id, w.end(err), time.Now()))
	})
}

// saveFingerprint keeps a fingerprint. A value in a file is named so that later runs
// find it.
func (s *scheduler) saveFingerprint(a engine.SaveFingerprint) {
	s.complain(s.run.store.Save(a.Job, &fingerprint.Stored{
		Key: a.Stored.Key, Status: a.Stored.Status, Value: s.run.absoluteValue(a.Stored.Value), Artefacts: a.Stored.Artefacts,
	}))
}
