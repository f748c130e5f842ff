package journal

import (
	"testing"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

func BenchmarkAppend(b *testing.B) {
	w, err := Create(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	status := int32(0)
	now := timestamppb.Now()
	var n uint64
	events := []*schedulepb.Event{
		{Kind: &schedulepb.Event_ResourceGranted{ResourceGranted: &schedulepb.ResourceGranted{Slots: []uint32{1}, Holds: []*schedulepb.Hold{{Resource: "board-a", Unit: "board-a.0"}}}}},
		{Kind: &schedulepb.Event_JobStarted{JobStarted: &schedulepb.JobStarted{Pid: 12345, Slot: 1, Log: "jobs/blink/1/log", Deadline: now, CommandLine: "make test"}}},
		{Kind: &schedulepb.Event_JobOutput{JobOutput: &schedulepb.JobOutput{Stream: "stdout", File: "jobs/blink/1/stdout", Length: 12}}},
		{Kind: &schedulepb.Event_JobExited{JobExited: &schedulepb.JobExited{Status: &status, Usage: &schedulepb.Usage{User: durationpb.New(1e6), System: durationpb.New(2e6), MaxResidentBytes: 1 << 20}}}},
		{Kind: &schedulepb.Event_AttemptFinished{AttemptFinished: &schedulepb.AttemptFinished{Status: schedulepb.Status_STATUS_OK}}},
		{Kind: &schedulepb.Event_ResourceReleased{ResourceReleased: &schedulepb.ResourceReleased{Slots: []uint32{1}, Holds: []*schedulepb.Hold{{Resource: "board-a", Unit: "board-a.0"}}}}},
		{Kind: &schedulepb.Event_JobFinished{JobFinished: &schedulepb.JobFinished{Status: schedulepb.Status_STATUS_OK, Attempts: 1}}},
		{Kind: &schedulepb.Event_JobWaiting{JobWaiting: &schedulepb.JobWaiting{Why: "board-a: both held by blink, flash"}}},
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, e := range events {
			n++
			e.Run, e.Sequence, e.Parent, e.Job, e.Attempt = "2026-01-01T00-00-00-abcd", n, n, "blink", 1
			e.Time, e.Since = now, durationpb.New(123456789)
		}
		if err := w.Append(events...); err != nil {
			b.Fatal(err)
		}
	}
}
