package journaltest

import (
	"cmp"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/journal"
)

// T is what a test and a random check have in common.
type T interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Story is what a journal has told so far.
type Story struct {
	Events   []*schedulepb.Event
	Slots    uint32
	Jobs     map[string]*schedulepb.Job   // by id, those that were added as well
	Ends     map[string]schedulepb.Status // of the jobs that have ended
	Attempts map[string]uint32            // how often each job was given what it needs
	Open     map[string]uint32            // attempts that run
	Finished *schedulepb.RunFinished      // nil: the end was not written

	t           T
	started     map[string]bool // of Open: it was told
	closed      map[string]bool // of Open: its end was told, and it holds something still
	slots       map[uint32]string
	units       map[string]*unit
	artefacts   map[[2]string]bool // job, artefact
	since       time.Duration
	interrupted bool
}

// unit is who holds one.
type unit struct {
	holders   map[string]bool
	exclusive bool
	out       bool // of service
}

// Read reads the journal in the folder of a run and checks it.
func Read(t T, folder string) *Story {
	t.Helper()
	s := &Story{
		t: t, Jobs: map[string]*schedulepb.Job{}, Ends: map[string]schedulepb.Status{}, Attempts: map[string]uint32{},
		Open: map[string]uint32{}, started: map[string]bool{}, closed: map[string]bool{}, slots: map[uint32]string{},
		units: map[string]*unit{}, artefacts: map[[2]string]bool{},
	}
	for e, err := range journal.Read(folder) {
		if err != nil {
			t.Fatalf("after %d events: %v", len(s.Events), err)
		}
		s.see(e)
	}
	return s
}

// bad says which rule an event breaks.
func (s *Story) bad(e *schedulepb.Event, format string, args ...any) {
	s.t.Helper()
	s.t.Errorf("event %d of job %q, attempt %d: "+format, append([]any{e.GetSequence(), e.GetJob(), e.GetAttempt()}, args...)...)
}

func (s *Story) see(e *schedulepb.Event) {
	s.t.Helper()
	s.Events = append(s.Events, e)
	first := len(s.Events) == 1
	switch {
	case e.GetSequence() != uint64(len(s.Events)):
		s.bad(e, "it has the place %d", len(s.Events))
	case first != (e.GetPlanLoaded() != nil):
		s.bad(e, "the first event, and only that, is that of the plan: %v", e)
	case e.GetSince().AsDuration() < s.since:
		s.bad(e, "it was at %v, and the one before at %v", e.GetSince().AsDuration(), s.since)
	case s.Finished != nil:
		s.bad(e, "it comes after the end of the run: %v", e)
	case e.GetParent() >= e.GetSequence() || e.GetRun() != s.Events[0].GetRun():
		s.bad(e, "it has the parent %d in run %s", e.GetParent(), e.GetRun())
	}
	s.since = e.GetSince().AsDuration()
	if e.GetJob() != "" && e.GetJobQueued() == nil && s.Jobs[e.GetJob()] == nil {
		s.bad(e, "the plan has no such job")
	}
	if !s.ofRun(e) {
		s.ofJob(e)
	}
}

func (s *Story) ofRun(e *schedulepb.Event) bool {
	switch kind := e.GetKind().(type) {
	case *schedulepb.Event_PlanLoaded:
		s.Slots = kind.PlanLoaded.GetSlots()
		for _, j := range kind.PlanLoaded.GetPlan().GetJobs() {
			s.Jobs[j.GetId()] = j
		}
	case *schedulepb.Event_RunInterrupt:
		s.interrupted = true
	case *schedulepb.Event_ResourceCondition:
		s.unit(kind.ResourceCondition.GetUnit().GetUnit()).out = kind.ResourceCondition.GetCondition() != schedulepb.Condition_CONDITION_IN_SERVICE
	case *schedulepb.Event_RunFinished:
		s.Finished = kind.RunFinished
	default:
		return false
	}
	return true
}

func (s *Story) ofJob(e *schedulepb.Event) {
	s.t.Helper()
	id := e.GetJob()
	if _, ended := s.Ends[id]; ended && id != "" && e.GetWarning() == nil {
		s.bad(e, "the job has ended: %v", e)
	}
	switch kind := e.GetKind().(type) {
	case *schedulepb.Event_JobQueued:
		if added := kind.JobQueued.GetAdded(); added != nil {
			s.Jobs[id] = added
		}
	case *schedulepb.Event_ResourceGranted:
		s.grant(e, kind.ResourceGranted)
	case *schedulepb.Event_ResourceReleased:
		s.release(e, kind.ResourceReleased)
	case *schedulepb.Event_ArtefactReady:
		s.artefacts[[2]string{id, kind.ArtefactReady.GetName()}] = true
	case *schedulepb.Event_JobStarted:
		if s.Open[id] != e.GetAttempt() || s.started[id] || s.closed[id] {
			s.bad(e, "it started, and attempt %d was to", s.Open[id])
		}
		s.started[id] = true
	case *schedulepb.Event_AttemptFinished:
		if s.Open[id] != e.GetAttempt() || s.closed[id] || kind.AttemptFinished.GetStatus() == 0 {
			s.bad(e, "it finished as %v, and attempt %d runs", kind.AttemptFinished.GetStatus().Name(), s.Open[id])
		}
		s.closed[id] = true
	case *schedulepb.Event_JobFinished:
		s.finish(e, kind.JobFinished)
	}
}

func (s *Story) finish(e *schedulepb.Event, f *schedulepb.JobFinished) {
	s.t.Helper()
	id := e.GetJob()
	if s.Open[id] != 0 || f.GetStatus() == 0 || f.GetAttempts() != s.Attempts[id] {
		s.bad(e, "the job ended as %v after %d attempts, attempt %d of %d runs", f.GetStatus().Name(), f.GetAttempts(), s.Open[id], s.Attempts[id])
	}
	s.Ends[id] = cmp.Or(f.GetStatus(), s.Ends[id])
}
