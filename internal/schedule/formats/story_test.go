package formats

import (
	"fmt"
	"math/rand/v2"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/replay"
)

// A story is a run told event by event.
type story struct {
	events []*schedulepb.Event
	now    time.Duration
	pid    int32
}

var began = time.Date(2026, 3, 14, 15, 9, 26, 535_000_000, time.UTC)

func (s *story) tell(job string, attempt uint32, fill func(e *schedulepb.Event)) {
	e := &schedulepb.Event{
		Run: "2026-03-14T15-09-26-3589", Sequence: uint64(len(s.events) + 1), Job: job, Attempt: attempt,
		Time: timestamppb.New(began.Add(s.now)), Since: durationpb.New(s.now),
	}
	fill(e)
	s.events = append(s.events, e)
}

func (s *story) at(ms int) *story {
	s.now = time.Duration(ms) * time.Millisecond
	return s
}

func (s *story) plan(p *schedulepb.Plan, slots uint32) {
	s.tell("", 0, func(e *schedulepb.Event) {
		e.Kind = &schedulepb.Event_PlanLoaded{PlanLoaded: &schedulepb.PlanLoaded{
			Plan: p, Slots: slots, Seed: 42, Pid: 4711, Folder: "/labs/.ansar-schedule/testbench/3589", Dir: "/labs", Version: "v1.2.3", Previous: "2026-03-13T11-00-00-0001",
		}}
	})
	for _, j := range p.Jobs {
		s.tell(j.Id, 0, func(e *schedulepb.Event) { e.Kind = &schedulepb.Event_JobQueued{JobQueued: &schedulepb.JobQueued{}} })
	}
}

func (s *story) wait(job, why string) {
	s.tell(job, 0, func(e *schedulepb.Event) {
		e.Kind = &schedulepb.Event_JobWaiting{JobWaiting: &schedulepb.JobWaiting{Why: why}}
	})
}

func (s *story) start(job string, attempt, slot uint32, units ...string) {
	var holds []*schedulepb.Hold
	for _, u := range units {
		holds = append(holds, hold(u))
	}
	s.tell(job, attempt, func(e *schedulepb.Event) {
		e.Kind = &schedulepb.Event_ResourceGranted{ResourceGranted: &schedulepb.ResourceGranted{Holds: holds, Slots: []uint32{slot}}}
	})
	s.pid++
	s.tell(job, attempt, func(e *schedulepb.Event) {
		e.Kind = &schedulepb.Event_JobStarted{JobStarted: &schedulepb.JobStarted{
			Pid: 5000 + s.pid, Slot: slot, Log: fmt.Sprintf("jobs/%s/%d/log", job, attempt), Isolation: schedulepb.Isolation_ISOLATION_PROCESS,
			CommandLine: "bench-test " + job, Deadline: timestamppb.New(began.Add(s.now + time.Minute)),
		}}
	})
}

// hold is a unit such as board-a.1 of the resource before its last dot; reference is shared.
func hold(unit string) *schedulepb.Hold {
	return &schedulepb.Hold{Resource: unit[:len(unit)-2], Unit: unit, Shared: unit == "reference.0"}
}

func (s *story) output(job string, attempt uint32, stream string, length int64) {
	s.tell(job, attempt, func(e *schedulepb.Event) {
		e.Kind = &schedulepb.Event_JobOutput{JobOutput: &schedulepb.JobOutput{
			Stream: stream, File: fmt.Sprintf("jobs/%s/%d/%s", job, attempt, stream), Length: length,
		}}
	})
}

func (s *story) end(job string, attempt, slot uint32, status schedulepb.Status, cause *schedulepb.Cause, lines, next string, units ...string) {
	s.tell(job, attempt, func(e *schedulepb.Event) {
		exited := &schedulepb.JobExited{Usage: &schedulepb.Usage{
			User: durationpb.New(12 * time.Millisecond), System: durationpb.New(3 * time.Millisecond), MaxResidentBytes: 9 << 20,
		}}
		if cause != nil && cause.Signal != nil {
			exited.Signal = cause.Signal
		} else {
			exited.Status = proto.Int32(cause.GetExitStatus())
		}
		e.Kind = &schedulepb.Event_JobExited{JobExited: exited}
	})
	s.tell(job, attempt, func(e *schedulepb.Event) {
		e.Kind = &schedulepb.Event_AttemptFinished{AttemptFinished: &schedulepb.AttemptFinished{Status: status, Cause: cause, LastLines: lines, Next: next}}
	})
	var holds []*schedulepb.Hold
	for _, u := range units {
		holds = append(holds, hold(u))
	}
	s.tell(job, attempt, func(e *schedulepb.Event) {
		e.Kind = &schedulepb.Event_ResourceReleased{ResourceReleased: &schedulepb.ResourceReleased{Holds: holds, Slots: []uint32{slot}}}
	})
}

func (s *story) finish(job string, status schedulepb.Status, attempts uint32, cause *schedulepb.Cause) {
	s.tell(job, 0, func(e *schedulepb.Event) {
		e.Kind = &schedulepb.Event_JobFinished{JobFinished: &schedulepb.JobFinished{Status: status, Cause: cause, Attempts: attempts}}
	})
}

// run is an attempt and the end of a job with one status.
func (s *story) run(job string, from, to int, slot uint32, status schedulepb.Status, cause *schedulepb.Cause, lines string, units ...string) {
	s.at(from).start(job, 1, slot, units...)
	s.at(to)
	s.output(job, 1, "stdout", 64)
	s.end(job, 1, slot, status, cause, lines, "", units...)
	s.finish(job, status, 1, cause)
}

func (s *story) over(status uint32, why string) {
	s.tell("", 0, func(e *schedulepb.Event) {
		e.Kind = &schedulepb.Event_RunFinished{RunFinished: &schedulepb.RunFinished{ExitStatus: status, Why: why}}
	})
}

func (s *story) report() *schedulepb.Report {
	r := replay.New()
	for _, e := range s.events {
		r.Apply(e)
	}
	return r.Report()
}

// large is a run of n short jobs over slots, of which every 97th fails.
func large(n int, slots uint32) *schedulepb.Report {
	s, random := &story{}, rand.New(rand.NewPCG(1, 2))
	p := &schedulepb.Plan{Name: "large", Resources: []*schedulepb.Resource{{Name: "board-a", Capacity: proto.Uint32(4)}}}
	for i := range n {
		p.Jobs = append(p.Jobs, &schedulepb.Job{Id: fmt.Sprintf("case-%05d", i), Labels: []string{[]string{"unit", "wlan", "ble"}[i%3]}})
	}
	s.plan(p, slots)
	free := make([]int, slots)
	for i := range n {
		slot := i % int(slots)
		for k := range free {
			if free[k] < free[slot] {
				slot = k
			}
		}
		from := free[slot] + 2
		to := from + 20 + random.IntN(900)
		free[slot] = to
		status, cause, lines := ok, (*schedulepb.Cause)(nil), ""
		if i%97 == 50 {
			status, cause, lines = failed, exitCause(1), "assertion failed: want 3, got 4\n"
		}
		var units []string
		if slot < 4 {
			units = []string{fmt.Sprintf("board-a.%d", slot)}
		}
		s.run(p.Jobs[i].Id, from, to, uint32(slot), status, cause, lines, units...)
	}
	s.over(1, "")
	return s.report()
}
