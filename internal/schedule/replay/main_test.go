package replay

import (
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var began = time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)

// script makes events out of kinds, numbered from 1.
type script []*schedulepb.Event

// at adds an event so many milliseconds after the start of the run.
func (s *script) at(ms int, job string, attempt uint32, kind *schedulepb.Event) {
	since := time.Duration(ms) * time.Millisecond
	e := proto.CloneOf(kind)
	e.Run, e.Sequence, e.Job, e.Attempt = "run", uint64(len(*s)+1), job, attempt
	e.Time, e.Since = timestamppb.New(began.Add(since)), durationpb.New(since)
	*s = append(*s, e)
}

func (s script) replay() *Replay {
	r := New()
	for _, e := range s {
		r.Apply(e)
	}
	return r
}

func (s script) report() *schedulepb.Report { return s.replay().Report() }

func load(p *schedulepb.Plan, slots uint32) *schedulepb.Event {
	return &schedulepb.Event{Kind: &schedulepb.Event_PlanLoaded{PlanLoaded: &schedulepb.PlanLoaded{Plan: p, Slots: slots, Pid: 4711}}}
}

func waiting(why string) *schedulepb.Event {
	return &schedulepb.Event{Kind: &schedulepb.Event_JobWaiting{JobWaiting: &schedulepb.JobWaiting{Why: why}}}
}

func grant(slot uint32, units ...*schedulepb.Hold) *schedulepb.Event {
	return &schedulepb.Event{Kind: &schedulepb.Event_ResourceGranted{ResourceGranted: &schedulepb.ResourceGranted{Holds: units, Slots: []uint32{slot}}}}
}

func release(slot uint32, units ...*schedulepb.Hold) *schedulepb.Event {
	return &schedulepb.Event{Kind: &schedulepb.Event_ResourceReleased{ResourceReleased: &schedulepb.ResourceReleased{Holds: units, Slots: []uint32{slot}}}}
}

func start(slot uint32) *schedulepb.Event {
	return &schedulepb.Event{Kind: &schedulepb.Event_JobStarted{JobStarted: &schedulepb.JobStarted{Pid: 5000, Slot: slot, Log: "log"}}}
}

func attempted(status schedulepb.Status) *schedulepb.Event {
	return &schedulepb.Event{Kind: &schedulepb.Event_AttemptFinished{AttemptFinished: &schedulepb.AttemptFinished{Status: status}}}
}

func ended(status schedulepb.Status) *schedulepb.Event {
	return &schedulepb.Event{Kind: &schedulepb.Event_JobFinished{JobFinished: &schedulepb.JobFinished{Status: status, Attempts: 1}}}
}

func over() *schedulepb.Event {
	return &schedulepb.Event{Kind: &schedulepb.Event_RunFinished{RunFinished: &schedulepb.RunFinished{ExitStatus: 1, Why: "a job failed"}}}
}

// run is all of a job that has one attempt.
func (s *script) run(job string, from, to int, slot uint32, status schedulepb.Status, units ...*schedulepb.Hold) {
	s.at(from, job, 1, grant(slot, units...))
	s.at(from, job, 1, start(slot))
	s.at(to, job, 1, attempted(status))
	s.at(to, job, 1, release(slot, units...))
	s.at(to, job, 0, ended(status))
}

// plan has jobs of these ids; an id after another with a > between needs that.
func plan(jobs ...*schedulepb.Job) *schedulepb.Plan {
	return &schedulepb.Plan{Name: "plan", Jobs: jobs}
}

func described(id string, needs ...string) *schedulepb.Job {
	j := &schedulepb.Job{Id: id}
	for _, other := range needs {
		j.Needs = append(j.Needs, &schedulepb.Need{Job: other})
	}
	return j
}

const (
	ok     = schedulepb.Status_STATUS_OK
	failed = schedulepb.Status_STATUS_FAILED
)
