package live

import (
	"container/list"
	"slices"
	"strings"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// state is what the events so far amount to. It is not safe for concurrent use.
type state struct {
	plan    string
	folder  string
	called  func(string) string // nil: as it is
	slots   int
	started time.Time // by the clock of whoever looks
	ended   bool

	jobs    map[string]*job
	order   []*job
	running []*job     // in the order of their starts
	waiting *list.List // of *job, in the order of their first reasons
	done    int
	counts  map[schedulepb.Status]int

	failures []failure // the last ones, the newest at the end
	notice   string    // of the run as a whole: interrupted, paused
	units    map[string]string
	warnings int
	warning  string // the last one

	spans estimator
}

// job is what is known of one.
type job struct {
	id      string
	attempt uint32
	slot    uint32
	holds   []string
	since   time.Time // of its start, by the clock of whoever looks
	log     string
	slow    bool
	why     string
	place   *list.Element // among those that wait, nil if it is not
	ended   bool

	span  time.Duration // it is expected to take, 0 if nothing is known
	chain time.Duration // the same with the longest chain of those that need it
}

// failure is an attempt or a job that was not fine.
type failure struct {
	job, status, why, log string
}

// keepFailures is how many failures are remembered.
const keepFailures = 20

func newState(previous *schedulepb.Report) *state {
	return &state{
		jobs: map[string]*job{}, waiting: list.New(), counts: map[schedulepb.Status]int{}, units: map[string]string{},
		spans: newEstimator(previous),
	}
}

// apply takes an event in. Ages are counted from now.
func (s *state) apply(e *schedulepb.Event, now time.Time) {
	switch kind := e.GetKind().(type) {
	case *schedulepb.Event_PlanLoaded:
		s.load(kind.PlanLoaded, now)
	case *schedulepb.Event_RunInterrupt:
		s.notice = interruption(kind.RunInterrupt)
	case *schedulepb.Event_RunPaused:
		s.notice = ""
		if kind.RunPaused.GetPaused() {
			s.notice = "paused: " + kind.RunPaused.GetWhy()
		}
	case *schedulepb.Event_ResourceCondition:
		s.condition(kind.ResourceCondition)
	case *schedulepb.Event_Warning:
		s.warnings++
		s.warning = kind.Warning.GetText()
	case *schedulepb.Event_RunFinished:
		s.ended = true
	default:
		s.applyToJob(e, now)
	}
}

func interruption(i *schedulepb.RunInterrupt) string {
	if i.GetStage() > 1 {
		return "killing what is left"
	}
	text := "stopping: nothing more is started"
	if why := i.GetWhy(); why != "" {
		text += " (" + why + ")"
	}
	return text
}

func (s *state) load(p *schedulepb.PlanLoaded, now time.Time) {
	s.plan, s.folder, s.slots, s.started = p.GetPlan().GetName(), p.GetFolder(), int(p.GetSlots()), now
	if s.called != nil {
		s.folder = s.called(s.folder)
	}
	for _, j := range p.GetPlan().GetJobs() {
		s.add(j)
	}
	s.spans.chains(s, p.GetPlan())
}

func (s *state) add(j *schedulepb.Job) *job {
	if known := s.jobs[j.GetId()]; known != nil {
		return known
	}
	added := &job{id: j.GetId()}
	added.span = s.spans.known(j)
	added.chain = added.span
	s.jobs[added.id] = added
	s.order = append(s.order, added)
	return added
}

func (s *state) condition(c *schedulepb.ResourceCondition) {
	if c.GetCondition() == schedulepb.Condition_CONDITION_IN_SERVICE {
		delete(s.units, c.GetUnit().GetUnit())
		return
	}
	s.units[c.GetUnit().GetUnit()] = c.GetCondition().Name()
}

// applyToJob takes in an event about a job.
func (s *state) applyToJob(e *schedulepb.Event, now time.Time) {
	if queued := e.GetJobQueued(); queued.GetAdded() != nil {
		s.add(queued.GetAdded())
	}
	j := s.jobs[e.GetJob()]
	if j == nil || j.ended {
		return
	}
	switch kind := e.GetKind().(type) {
	case *schedulepb.Event_JobWaiting:
		if !slices.Contains(s.running, j) {
			s.wait(j, kind.JobWaiting.GetWhy())
		}
	case *schedulepb.Event_ResourceGranted:
		j.holds = nil
		for _, hold := range kind.ResourceGranted.GetHolds() {
			j.holds = append(j.holds, hold.GetUnit())
		}
	case *schedulepb.Event_JobStarted:
		s.unwait(j)
		s.unrun(j)
		j.attempt, j.slot, j.since, j.log, j.slow = e.GetAttempt(), kind.JobStarted.GetSlot(), now, kind.JobStarted.GetLog(), false
		s.running = append(s.running, j)
	case *schedulepb.Event_JobSlow:
		j.slow = true
	case *schedulepb.Event_AttemptFinished:
		s.stopped(j, now, kind.AttemptFinished)
	case *schedulepb.Event_JobFinished:
		s.finished(j, kind.JobFinished)
	}
}

func (s *state) wait(j *job, why string) {
	j.why = why
	if j.place == nil {
		j.place = s.waiting.PushBack(j)
	}
}

func (s *state) unwait(j *job) {
	if j.place != nil {
		s.waiting.Remove(j.place)
		j.place = nil
	}
}

// stopped notes the end of an attempt.
func (s *state) stopped(j *job, now time.Time, a *schedulepb.AttemptFinished) {
	s.unrun(j)
	if !j.since.IsZero() && a.GetStatus().Good() {
		s.spans.took(now.Sub(j.since))
	}
	if a.GetNext() != "" {
		s.wait(j, a.GetNext())
		if !a.GetStatus().Good() {
			s.fail(failure{j.id, a.GetStatus().Name(), join(a.GetCause().GetText(), a.GetNext()), j.log})
		}
	}
}

func (s *state) unrun(j *job) {
	if i := slices.Index(s.running, j); i >= 0 {
		s.running = slices.Delete(s.running, i, i+1)
	}
}

func (s *state) finished(j *job, f *schedulepb.JobFinished) {
	s.unrun(j)
	s.unwait(j)
	j.ended = true
	s.done++
	s.counts[f.GetStatus()]++
	if !f.GetStatus().Fine() {
		s.fail(failure{j.id, f.GetStatus().Name(), f.GetCause().GetText(), j.log})
	}
}

func (s *state) fail(f failure) {
	if len(s.failures) >= keepFailures {
		s.failures = slices.Delete(s.failures, 0, 1)
	}
	s.failures = append(s.failures, f)
}

func join(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "; ")
}
