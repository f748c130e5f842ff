package replay

import (
	"cmp"
	"errors"
	"path/filepath"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/journal"
)

// maxMessages is how many messages of an attempt are kept. Others are counted.
const maxMessages = 1000

// Replay is a report in the making. Use [New]. It is not for several goroutines at once.
type Replay struct {
	report *schedulepb.Report
	plan   *schedulepb.Plan
	now    time.Duration // of the last event, since the start of the run
	ended  bool

	jobs      map[string]*job
	resources map[string]*schedulepb.ResourceReport
	units     map[unitName]*unit
	guards    map[string]*schedulepb.GuardReport
}

// job is what is known of a job beside its report.
type job struct {
	report    *schedulepb.JobReport
	described *schedulepb.Job // nil: no plan told of it
	attempts  map[uint32]*schedulepb.AttemptReport
	granted   map[uint32]*schedulepb.ResourceGranted // to attempts that have not started
	artefacts map[string]time.Time                   // when each was ready
	counted   string                                 // where totals count it
}

type unitName struct{ resource, unit string }

type unit struct {
	report *schedulepb.UnitReport
	open   []*schedulepb.Holding
}

// New returns a Replay that knows of nothing.
func New() *Replay {
	return &Replay{
		report: &schedulepb.Report{Totals: map[string]uint32{}},
		jobs:   map[string]*job{}, resources: map[string]*schedulepb.ResourceReport{},
		units: map[unitName]*unit{}, guards: map[string]*schedulepb.GuardReport{},
	}
}

// EmptyError says that a journal does not tell of a run: its first event is not there,
// or is not the one that loads the plan.
type EmptyError struct {
	File  string
	Alive bool // its scheduler lives, and may write it yet
}

func (e *EmptyError) Error() string {
	if e.Alive {
		return e.File + ": the run is about to begin: its journal has no plan yet"
	}
	return e.File + ": the journal does not begin with a plan: nothing is known of the run, remove its folder"
}

// Of returns the report of the run in a folder. If its scheduler is dead, what ran is
// interrupted. A journal with damage in its middle gives the report of what stands above
// it together with a [*journal.DamageError]. If that is not even a plan, there is no
// report, and the error is a [*EmptyError] where there is no damage.
func Of(folder string) (*schedulepb.Report, error) {
	r := New()
	alive := journal.Alive(folder) // before the events are read: a run that ends meanwhile did not die
	var damage error
	for e, err := range journal.Read(folder) {
		var damaged *journal.DamageError
		if errors.As(err, &damaged) {
			damage = err
			break
		}
		if err != nil {
			return nil, err
		}
		r.Apply(e)
	}
	if r.Plan() == nil {
		return nil, cmp.Or[error](damage, &EmptyError{File: filepath.Join(folder, journal.File), Alive: alive})
	}
	report := r.Report()
	if damage != nil {
		report.Warnings = append(report.Warnings, damage.Error())
	}
	Settle(report, alive)
	return report, damage
}

// Report returns the report of what was applied so far. It is the caller's. It costs as
// much as the run has jobs.
func (r *Replay) Report() *schedulepb.Report {
	report := proto.CloneOf(r.report)
	if report.Ended == nil && report.Events > 0 {
		report.Took = span(r.now)
	}
	for _, resource := range report.Resources {
		for _, u := range resource.Units {
			u.Utilisation = utilisation(u.Holdings, report.Took.AsDuration())
		}
	}
	report.CriticalPath = r.criticalPath()
	if r.ended && r.plan != nil {
		report.Dangling = dangling(r.plan.Expected, report)
	}
	return report
}

// Current returns the report as it stands, which is not the caller's: it is valid until the
// next Apply, and is not to be changed. It costs nothing, and lacks what
// takes a look at all jobs: utilisation, the critical path and dangling entries.
func (r *Replay) Current() *schedulepb.Report { return r.report }

// Plan returns the plan of the run, which is not to be changed. It is nil before the
// first event. Jobs that were added while the run went on are not in it.
func (r *Replay) Plan() *schedulepb.Plan { return r.plan }

// Job returns what was described of a job, in the plan or when it was added; nil if
// nothing was. It is not to be changed.
func (r *Replay) Job(id string) *schedulepb.Job {
	if j := r.jobs[id]; j != nil {
		return j.described
	}
	return nil
}

// Apply takes the next event. One with a sequence number that was applied
// already changes nothing.
func (r *Replay) Apply(e *schedulepb.Event) {
	if e == nil || e.Sequence != 0 && e.Sequence <= r.report.Events {
		return
	}
	r.report.Events = max(r.report.Events+1, e.Sequence)
	r.now = max(r.now, e.GetSince().AsDuration())
	if r.report.Run == "" {
		r.report.Run = e.GetRun()
	}
	if r.report.Started == nil && e.Time.IsValid() {
		r.report.Started = timestamppb.New(e.Time.AsTime().Add(-e.GetSince().AsDuration()))
	}
	if !r.ofRun(e) {
		r.ofJob(e)
	}
}

// ofRun applies what happens to a run as a whole.
func (r *Replay) ofRun(e *schedulepb.Event) bool {
	report := r.report
	switch k := e.GetKind().(type) {
	case *schedulepb.Event_PlanLoaded:
		r.load(k.PlanLoaded)
	case *schedulepb.Event_ResourceCondition:
		r.condition(e, k.ResourceCondition)
	case *schedulepb.Event_RunInterrupt:
		report.Interrupt, report.InterruptWhy = max(report.Interrupt, k.RunInterrupt.GetStage()), k.RunInterrupt.GetWhy()
	case *schedulepb.Event_RunPaused:
		report.Paused, report.PauseWhy = k.RunPaused.GetPaused(), k.RunPaused.GetWhy()
	case *schedulepb.Event_RunFinished:
		report.ExitStatus, report.Why = k.RunFinished.GetExitStatus(), k.RunFinished.GetWhy()
		report.Ended, report.Took = e.GetTime(), span(r.now)
		report.Paused, report.PauseWhy = false, ""
		r.ended = true
	case *schedulepb.Event_Warning:
		text := k.Warning.GetText()
		if e.GetJob() != "" {
			text = "job " + e.GetJob() + ": " + text
		}
		report.Warnings = append(report.Warnings, text)
	case *schedulepb.Event_GuardChanged:
		r.guard(k.GuardChanged)
	default:
		return false
	}
	return true
}

func (r *Replay) load(p *schedulepb.PlanLoaded) {
	report := r.report
	r.plan = p.GetPlan()
	report.Plan, report.Folder, report.Dir = r.plan.GetName(), p.GetFolder(), p.GetDir()
	report.Slots, report.Seed, report.Pid = p.GetSlots(), p.GetSeed(), p.GetPid()
	report.Version, report.Previous = p.GetVersion(), p.GetPrevious()
	report.Environment = r.plan.GetEnvironment()
	for _, resource := range r.plan.GetResources() {
		for _, name := range unitNames(resource) {
			r.unit(&schedulepb.Hold{Resource: resource.GetName(), Unit: name})
		}
	}
	for _, described := range r.plan.GetJobs() {
		r.job(described.GetId()).describe(described)
	}
}

func (r *Replay) guard(g *schedulepb.GuardChanged) {
	report := r.guards[g.GetId()]
	if report == nil {
		report = &schedulepb.GuardReport{Id: g.GetId()}
		r.guards[g.GetId()] = report
		r.report.Guards = append(r.report.Guards, report)
	}
	if g.GetEnded() == "" && (report.Starts == 0 || report.Ended != "" || report.Pid != g.GetPid()) {
		report.Starts++
	}
	report.Ended = g.GetEnded()
	if g.GetPid() != 0 {
		report.Pid = g.GetPid()
	}
	if g.GetLog() != "" {
		report.Log = g.GetLog()
	}
}

// job returns what is known of a job. That it is asked for makes it known.
func (r *Replay) job(id string) *job {
	j := r.jobs[id]
	if j == nil {
		j = &job{report: &schedulepb.JobReport{Id: id}}
		r.jobs[id] = j
		r.report.Jobs = append(r.report.Jobs, j.report)
		r.count(j)
	}
	return j
}

func (j *job) describe(described *schedulepb.Job) {
	j.described = described
	j.report.Labels, j.report.Description = described.GetLabels(), described.GetDescription()
	j.report.Needs = described.GetNeeds()
}

// count keeps the totals. It is called when the state of a job may have changed.
func (r *Replay) count(j *job) {
	word := State(j.report)
	if word == j.counted {
		return
	}
	if r.report.Totals[j.counted]--; r.report.Totals[j.counted] == 0 || j.counted == "" {
		delete(r.report.Totals, j.counted)
	}
	j.counted = word
	r.report.Totals[word]++
}

// State is the name of the job's status; of one that has not ended running, or waiting
// if it has not begun.
func State(j *schedulepb.JobReport) string {
	if j.GetStatus() == schedulepb.Status_STATUS_UNSPECIFIED && j.GetStarted() == nil {
		return "waiting"
	}
	return j.GetStatus().Name()
}
