package check

import (
	"fmt"
	"maps"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	pb "github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// What holds where neither the job nor the defaults of its plan say otherwise.
const (
	DefaultTimeout        = time.Hour
	DefaultGrace          = 10 * time.Second
	DefaultNotReadyTries  = 3
	DefaultBackoffLimit   = time.Minute
	DefaultCleanerTimeout = time.Minute
	DefaultLead           = 5 * time.Second
)

// Complete returns a copy of the plan in which every job says itself what the
// plan leaves to its defaults, and every unit of a resource has a name. What is
// wrong in the plan stays wrong. A complete plan does not change by it.
//
// The environments of the plan and of its defaults are part of those of the
// jobs afterwards, in this order, the later one over the earlier. A command is
// a process always, a function never one.
func Complete(plan *pb.Plan) *pb.Plan {
	if plan == nil {
		plan = &pb.Plan{}
	}
	plan = proto.CloneOf(plan)
	if plan.Name == "" {
		plan.Name = "plan"
	}
	room := unitsInAll
	for i, resource := range plan.Resources {
		if resource == nil {
			plan.Resources[i] = &pb.Resource{}
			resource = plan.Resources[i]
		}
		completeResource(resource, &room)
	}
	for i, job := range plan.Jobs {
		if job == nil {
			plan.Jobs[i] = &pb.Job{}
			job = plan.Jobs[i]
		}
		CompleteJob(plan, job)
	}
	for i, guard := range plan.Guards {
		if guard == nil {
			plan.Guards[i] = &pb.Guard{}
			guard = plan.Guards[i]
		}
		if guard.Id == "" {
			guard.Id = fmt.Sprintf("guard-%d", i)
		}
		if guard.Alarm == pb.Alarm_ALARM_UNSPECIFIED {
			guard.Alarm = pb.Alarm_ALARM_STOP_RUN
		}
	}
	return plan
}

// unitsMost is how many units of a resource get names, unitsInAll those of all:
// what is over it is a problem of the plan, and must not fill the memory before it
// is found.
const (
	unitsMost  = 100_000
	unitsInAll = 200_000
)

func completeResource(r *pb.Resource, room *int) {
	if r.Capacity == nil {
		r.Capacity = proto.Uint32(max(uint32(len(r.Units)), 1))
	}
	if len(r.Units) == 0 && int(*r.Capacity) <= min(unitsMost, *room) {

		r.Units = make([]*pb.Unit, *r.Capacity)
	}
	*room -= len(r.Units)
	for i, unit := range r.Units {
		if unit == nil {
			unit = &pb.Unit{}
			r.Units[i] = unit
		}
		if unit.Name == "" {
			unit.Name = fmt.Sprintf("%s.%d", r.Name, i)
		}
		unit.Attributes = over(r.Attributes, unit.Attributes)
	}
	if r.Cleaner != nil && r.Cleaner.Timeout == nil {
		r.Cleaner.Timeout = durationpb.New(DefaultCleanerTimeout)
	}
}

// CompleteJob puts the defaults of the plan into one job of it, in place. It is
// for jobs that are added later.
func CompleteJob(plan *pb.Plan, job *pb.Job) {
	d := plan.GetDefaults()
	if d == nil {
		d = &pb.Defaults{}
	}
	job.Weight = number(job.Weight, nil, 1)
	job.Timeout = span(job.Timeout, d.Timeout, DefaultTimeout)
	job.Grace = span(job.Grace, d.Grace, DefaultGrace)
	if d.Slow != nil {
		job.Slow = span(job.Slow, d.Slow, 0)
	}
	job.Retries = number(job.Retries, d.Retries, 0)
	job.Priority = number(job.Priority, d.Priority, 0)
	job.NotReadyTries = number(job.NotReadyTries, d.NotReadyTries, DefaultNotReadyTries)
	if job.Backoff == nil {
		job.Backoff = proto.CloneOf(d.Backoff)
	}
	completeBackoff(job.Backoff)
	job.Strays = firstOf(job.Strays, d.Strays, pb.Strays_STRAYS_KILL)
	job.Isolation = isolation(job, d)
	job.Environment = over(plan.GetEnvironment(), d.Environment, job.Environment)
	for _, need := range job.Needs {
		if need.GetAfter() == pb.After_AFTER_UNSPECIFIED && need != nil {
			need.After = pb.After_AFTER_SUCCESS
			if need.Artefact != "" {
				need.After = pb.After_AFTER_ARTEFACT
			}
		}
	}
	for _, demand := range job.Resources {
		if demand != nil {
			demand.Amount = number(demand.Amount, nil, 1)
		}
	}
	if b := job.BeforeStop; b != nil {
		b.Lead = span(b.Lead, nil, DefaultLead)
		b.Timeout = span(b.Timeout, b.Lead, 0)
	}
}

func completeBackoff(b *pb.Backoff) {
	if b == nil {
		return
	}
	b.Delay = span(b.Delay, nil, 0)
	b.Factor = number(b.Factor, nil, 1)
	b.Limit = span(b.Limit, nil, DefaultBackoffLimit)
	b.Jitter = number(b.Jitter, nil, 0)
}

func isolation(job *pb.Job, d *pb.Defaults) *pb.Isolation {
	switch job.Work.(type) {
	case *pb.Job_Command, *pb.Job_Role:
		return pb.Isolation_ISOLATION_PROCESS.Enum()
	case *pb.Job_Function:
		return pb.Isolation_ISOLATION_IN_PROCESS.Enum()
	}
	return firstOf(job.GetIsolation(), d.GetIsolation(), pb.Isolation_ISOLATION_PROCESS).Enum()
}

// number returns own, or a copy of what the plan says, or the default.
func number[T any](own, plan *T, otherwise T) *T {
	switch {
	case own != nil:
		return own
	case plan != nil:
		otherwise = *plan
	}
	return &otherwise
}

// span does the same for a span of time.
func span(own, plan *durationpb.Duration, otherwise time.Duration) *durationpb.Duration {
	switch {
	case own != nil:
		return own
	case plan != nil:
		return &durationpb.Duration{Seconds: plan.Seconds, Nanos: plan.Nanos}
	}
	return durationpb.New(otherwise)
}

// firstOf returns the first that is not zero.
func firstOf[T comparable](values ...T) T {
	var zero T
	for _, v := range values {
		if v != zero {
			return v
		}
	}
	return zero
}

// over puts maps over each other, the later over the earlier. Nothing is nil.
func over(environments ...map[string]string) map[string]string {
	var all map[string]string
	for _, e := range environments {
		if len(e) > 0 && all == nil {
			all = make(map[string]string, len(e))
		}
		maps.Copy(all, e)
	}
	return all
}
