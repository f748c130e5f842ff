package live

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Events of runs that never were.

func loaded(slots int, jobs ...*schedulepb.Job) *schedulepb.Event {
	plan := &schedulepb.Plan{Name: "bench", Jobs: jobs}
	return &schedulepb.Event{Kind: &schedulepb.Event_PlanLoaded{PlanLoaded: &schedulepb.PlanLoaded{Plan: plan, Slots: uint32(slots), Folder: "runs/1"}}}
}

func named(ids ...string) []*schedulepb.Job {
	var jobs []*schedulepb.Job
	for _, id := range ids {
		jobs = append(jobs, &schedulepb.Job{Id: id})
	}
	return jobs
}

func numbered(n int) []*schedulepb.Job {
	var jobs []*schedulepb.Job
	for i := range n {
		jobs = append(jobs, &schedulepb.Job{Id: fmt.Sprintf("job-%d", i)})
	}
	return jobs
}

func waiting(id, why string) *schedulepb.Event {
	return &schedulepb.Event{Job: id, Kind: &schedulepb.Event_JobWaiting{JobWaiting: &schedulepb.JobWaiting{Why: why}}}
}

func granted(id string, units ...string) *schedulepb.Event {
	g := &schedulepb.ResourceGranted{}
	for _, unit := range units {
		g.Holds = append(g.Holds, &schedulepb.Hold{Resource: unit, Unit: unit})
	}
	return &schedulepb.Event{Job: id, Attempt: 1, Kind: &schedulepb.Event_ResourceGranted{ResourceGranted: g}}
}

func started(id string, attempt, slot uint32) *schedulepb.Event {
	s := &schedulepb.JobStarted{Pid: 7, Slot: slot, Log: fmt.Sprintf("jobs/%s/%d/log", id, attempt)}
	return &schedulepb.Event{Job: id, Attempt: attempt, Kind: &schedulepb.Event_JobStarted{JobStarted: s}}
}

func attempted(id string, status schedulepb.Status, why, next string) *schedulepb.Event {
	a := &schedulepb.AttemptFinished{Status: status, Cause: &schedulepb.Cause{Text: why}, Next: next}
	return &schedulepb.Event{Job: id, Attempt: 1, Kind: &schedulepb.Event_AttemptFinished{AttemptFinished: a}}
}

func finished(id string, status schedulepb.Status, why string) *schedulepb.Event {
	f := &schedulepb.JobFinished{Status: status, Cause: &schedulepb.Cause{Text: why}}
	return &schedulepb.Event{Job: id, Kind: &schedulepb.Event_JobFinished{JobFinished: f}}
}

func tookBefore(spans map[string]time.Duration) *schedulepb.Report {
	r := &schedulepb.Report{}
	for id, span := range spans {
		r.Jobs = append(r.Jobs, &schedulepb.JobReport{Id: id, Attempts: []*schedulepb.AttemptReport{{Took: durationpb.New(span)}}})
	}
	return r
}

const (
	ok      = schedulepb.Status_STATUS_OK
	failed  = schedulepb.Status_STATUS_FAILED
	blocked = schedulepb.Status_STATUS_BLOCKED
)
