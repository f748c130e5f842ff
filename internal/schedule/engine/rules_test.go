package engine

import (
	"slices"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// rules hold for every run, whatever happens in it. They know events and actions only.
type rules struct {
	t        T
	slots    int
	jobs     map[string]*schedulepb.Job
	order    []string
	sequence uint64
	since    time.Duration
	ends     map[string]schedulepb.Status
	said     map[string]bool // job.artefact
	bySlot   map[uint32]string
	byUnit   map[string][]string // holders
	alone    map[string]bool     // the unit is held by one for itself
	out      map[string]bool     // the unit is not in service
	granted  map[string]uint32   // attempts that hold something
	started  map[string]bool     // an attempt that runs
	stopping bool
	last     bool
	mostRun  int
	usedSlot map[uint32]bool
}

func newRules(t T, c Config) *rules {
	r := &rules{
		t: t, slots: c.Slots, jobs: map[string]*schedulepb.Job{}, ends: map[string]schedulepb.Status{}, said: map[string]bool{},
		bySlot: map[uint32]string{}, byUnit: map[string][]string{}, alone: map[string]bool{}, out: map[string]bool{},
		granted: map[string]uint32{}, started: map[string]bool{}, usedSlot: map[uint32]bool{},
	}
	for _, j := range c.Plan.GetJobs() {
		r.jobs[j.Id] = j
	}
	return r
}

// see checks an event.
func (r *rules) see(event *schedulepb.Event) {
	r.t.Helper()
	r.sequence++
	if event.Sequence != r.sequence || event.Parent >= event.Sequence {
		r.t.Fatalf("event %d has sequence %d and parent %d", r.sequence, event.Sequence, event.Parent)
	}
	if event.Time == nil || event.Since == nil || event.Run == "" || event.Kind == nil {
		r.t.Fatalf("an event is not complete: %v", event)
	}
	if r.last {
		r.t.Fatalf("an event after the last one: %v", event)
	}
	if event.Since.AsDuration() < r.since {
		r.t.Fatalf("event %d was at %v, and the one before at %v", event.Sequence, event.Since.AsDuration(), r.since)
	}
	r.since = event.Since.AsDuration()
	job := event.Job
	if event.GetJobFinished() == nil && event.Attempt > 0 && r.ends[job] != 0 {
		r.t.Fatalf("job %s has ended, and then: %v", job, event)
	}
	switch kind := event.Kind.(type) {
	case *schedulepb.Event_JobQueued:
		if kind.JobQueued.Added != nil {
			r.jobs[job] = kind.JobQueued.Added
		}
		r.order = append(r.order, job)
	case *schedulepb.Event_ResourceGranted:
		r.grant(event, kind.ResourceGranted)
	case *schedulepb.Event_ResourceReleased:
		r.release(event, kind.ResourceReleased)
	case *schedulepb.Event_ArtefactReady:
		r.said[job+"."+kind.ArtefactReady.Name] = true
	case *schedulepb.Event_ResourceCondition:
		r.out[kind.ResourceCondition.Unit.Unit] = kind.ResourceCondition.Condition != schedulepb.Condition_CONDITION_IN_SERVICE
	case *schedulepb.Event_RunInterrupt:
		r.stopping = true
	case *schedulepb.Event_JobFinished:
		if r.ends[job] != 0 {
			r.t.Fatalf("job %s ended twice", job)
		}
		if kind.JobFinished.Status == 0 || r.granted[job] != 0 {
			r.t.Fatalf("job %s ended %v and holds something of attempt %d", job, kind.JobFinished, r.granted[job])
		}
		r.ends[job] = kind.JobFinished.Status
	case *schedulepb.Event_RunFinished:
		r.last = true
	}
}

func (r *rules) grant(event *schedulepb.Event, g *schedulepb.ResourceGranted) {
	job := event.Job
	if r.granted[job] != 0 || r.stopping || r.ends[job] != 0 {
		r.t.Fatalf("job %s was granted something: it has attempt %d, stopping is %v", job, r.granted[job], r.stopping)
	}
	r.granted[job] = event.Attempt
	if len(g.Slots) != max(int(r.jobs[job].GetWeight()), 1) || !slices.IsSorted(g.Slots) {
		r.t.Fatalf("job %s got slots %v", job, g.Slots)
	}
	for _, slot := range g.Slots {
		if by := r.bySlot[slot]; by != "" || int(slot) >= r.slots {
			r.t.Fatalf("job %s got slot %d of %d, which %q has", job, slot, r.slots, by)
		}
		r.bySlot[slot] = job
		r.usedSlot[slot] = true
	}
	r.mostRun = max(r.mostRun, len(r.granted))
	want := 0
	for _, d := range r.jobs[job].Resources {
		want += amount(d)
	}
	if len(g.Holds) != want {
		r.t.Fatalf("job %s got %v and wants %d", job, g.Holds, want)
	}
	for _, h := range g.Holds {
		if by := r.byUnit[h.Unit]; len(by) > 0 && (r.alone[h.Unit] || !h.Shared) || slices.Contains(by, job) || r.out[h.Unit] {
			r.t.Fatalf("job %s got %v, which %v have, alone: %v, out of service: %v", job, h, by, r.alone[h.Unit], r.out[h.Unit])
		}
		r.byUnit[h.Unit] = append(r.byUnit[h.Unit], job)
		r.alone[h.Unit] = !h.Shared
	}
	r.needs(job)
}

// needs checks that a job may start.
func (r *rules) needs(job string) {
	anys, any := 0, false
	for _, need := range r.jobs[job].Needs {
		status := r.ends[need.Job]
		met := status.Good()
		switch after(need) {
		case schedulepb.After_AFTER_FINISH:
			met = status != 0
		case schedulepb.After_AFTER_ARTEFACT:
			met = r.said[need.Job+"."+need.Artefact] || status == unchanged || status == skipped
		case schedulepb.After_AFTER_ANY:
			anys++
			any = any || met
			continue
		}
		if !met {
			r.t.Fatalf("job %s was started, and its need %v is not met: %v", job, need, status)
		}
	}
	if anys > 0 && !any {
		r.t.Fatalf("job %s was started, and none of its needs is met", job)
	}
}

func (r *rules) release(event *schedulepb.Event, g *schedulepb.ResourceReleased) {
	job := event.Job
	if r.granted[job] != event.Attempt {
		r.t.Fatalf("job %s gave back what attempt %d has: %v", job, r.granted[job], event)
	}
	delete(r.granted, job)
	for _, slot := range g.Slots {
		if r.bySlot[slot] != job {
			r.t.Fatalf("job %s gave back slot %d, which %s has", job, slot, r.bySlot[slot])
		}
		delete(r.bySlot, slot)
	}
	for _, h := range g.Holds {
		at := slices.Index(r.byUnit[h.Unit], job)
		if at < 0 {
			r.t.Fatalf("job %s gave back %v, which %v have", job, h, r.byUnit[h.Unit])
		}
		r.byUnit[h.Unit] = slices.Delete(r.byUnit[h.Unit], at, at+1)
	}
}

// do checks an action against the events so far.
func (r *rules) do(a Action) {
	r.t.Helper()
	switch a := a.(type) {
	case StartAttempt:
		id := a.Job.GetId()
		if r.granted[id] != a.Attempt || r.bySlot[a.Slot] != id || len(a.Holds) == 0 && len(a.Job.Resources) > 0 || !a.Deadline.After(began) {
			r.t.Fatalf("job %s is started as %+v, and was granted attempt %d", id, a, r.granted[id])
		}
	case StopAttempt:
		if r.granted[a.Job] != a.Attempt {
			r.t.Fatalf("attempt %d of job %s is stopped, and does not run", a.Attempt, a.Job)
		}
	}
}

// over checks what holds at the end of a run.
func (r *rules) over() {
	r.t.Helper()
	if !r.last || len(r.granted) > 0 || len(r.bySlot) > 0 {
		r.t.Fatalf("the run ended, and these hold something: %v %v", r.granted, r.bySlot)
	}
	for id := range r.jobs {
		if r.ends[id] == 0 {
			r.t.Fatalf("the run ended, and job %s has not", id)
		}
	}
}
