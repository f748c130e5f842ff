package replay

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

func TestAttempts(t *testing.T) {
	var s script
	board := &schedulepb.Hold{Resource: "board", Unit: "board.0"}
	s.at(0, "", 0, load(plan(described("a")), 2))
	s.at(0, "a", 0, &schedulepb.Event{Kind: &schedulepb.Event_JobQueued{JobQueued: &schedulepb.JobQueued{}}})
	s.at(1, "a", 0, waiting("board: held by b"))
	s.at(100, "a", 1, grant(1, board))
	s.at(100, "a", 1, start(1))
	s.at(150, "a", 1, &schedulepb.Event{Kind: &schedulepb.Event_JobSlow{JobSlow: &schedulepb.JobSlow{}}})
	s.at(190, "a", 1, &schedulepb.Event{Kind: &schedulepb.Event_JobSignalled{JobSignalled: &schedulepb.JobSignalled{Signal: "SIGTERM", Why: "out of time"}}})
	s.at(200, "a", 1, &schedulepb.Event{Kind: &schedulepb.Event_JobExited{JobExited: &schedulepb.JobExited{Signal: proto.Int32(15)}}})
	s.at(200, "a", 1, &schedulepb.Event{Kind: &schedulepb.Event_JobLeaked{JobLeaked: &schedulepb.JobLeaked{Strays: []*schedulepb.Stray{{Pid: 9, CommandLine: "sleep 60"}}}}})
	s.at(200, "a", 1, &schedulepb.Event{Kind: &schedulepb.Event_JobOutput{JobOutput: &schedulepb.JobOutput{Stream: "stdout", File: "out", Length: 3}}})
	s.at(200, "a", 1, &schedulepb.Event{Kind: &schedulepb.Event_AttemptFinished{AttemptFinished: &schedulepb.AttemptFinished{
		Status: failed, Cause: &schedulepb.Cause{Text: "no"}, LastLines: "no\n", Next: "retry",
	}}})
	s.at(200, "a", 1, release(1, board))
	s.at(300, "a", 2, grant(0))
	s.at(300, "a", 2, start(0))
	got := s.report().Jobs[0]
	want := &schedulepb.JobReport{
		Id: "a", Started: s[4].Time, Queued: s[1].Time, Waited: "board: held by b",
		Attempts: []*schedulepb.AttemptReport{
			{
				Number: 1, Status: failed, Cause: &schedulepb.Cause{Text: "no"}, Started: s[4].Time, Ended: s[10].Time, Took: durationpb.New(100 * time.Millisecond),
				Slot: 1, Slots: []uint32{1}, Holds: []*schedulepb.Hold{board}, Pid: 5000, Log: "log", Outputs: []*schedulepb.JobOutput{{Stream: "stdout", File: "out", Length: 3}},
				Exit: &schedulepb.JobExited{Signal: proto.Int32(15)}, Strays: []*schedulepb.Stray{{Pid: 9, CommandLine: "sleep 60"}},
				Signals: []*schedulepb.JobSignalled{{Signal: "SIGTERM", Why: "out of time"}}, LastLines: "no\n", Slow: true, Next: "retry",
			},
			{Number: 2, Started: s[13].Time, Slots: []uint32{0}, Pid: 5000, Log: "log"},
		},
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Errorf("job (-want +got):\n%s", diff)
	}
}

func TestHoldings(t *testing.T) {
	var s script
	a, b := &schedulepb.Hold{Resource: "board", Unit: "board.0"}, &schedulepb.Hold{Resource: "reference", Unit: "reference.0", Shared: true}
	p := plan(described("x"), described("y"), described("z"))
	p.Resources = []*schedulepb.Resource{{Name: "board", Capacity: proto.Uint32(2)}, {Name: "reference"}}
	s.at(0, "", 0, load(p, 2))
	s.at(0, "x", 1, grant(0, a, b))
	s.at(0, "x", 1, start(0))
	s.at(50, "y", 1, grant(1, b))
	s.at(50, "y", 1, start(1))
	s.at(100, "x", 1, release(0, a, b))
	s.at(100, "", 0, condition(a, schedulepb.Condition_CONDITION_DIRTY))
	s.at(100, "", 0, condition(a, schedulepb.Condition_CONDITION_CLEANING))
	s.at(150, "", 0, condition(a, schedulepb.Condition_CONDITION_QUARANTINED))
	s.at(200, "y", 1, release(1, b))
	s.at(400, "", 0, over())
	ms := func(n int) *durationpb.Duration { return durationpb.New(time.Duration(n) * time.Millisecond) }
	want := []*schedulepb.ResourceReport{
		{Name: "board", Units: []*schedulepb.UnitReport{
			{
				Name: "board.0", Condition: schedulepb.Condition_CONDITION_QUARANTINED, Why: "because", Utilisation: 0.375,
				Holdings: []*schedulepb.Holding{{Job: "x", Attempt: 1, From: ms(0), To: ms(100)}, {From: ms(100), To: ms(150)}},
			},
			{Name: "board.1", Condition: schedulepb.Condition_CONDITION_IN_SERVICE},
		}},
		{Name: "reference", Units: []*schedulepb.UnitReport{{
			Name: "reference.0", Condition: schedulepb.Condition_CONDITION_IN_SERVICE, Utilisation: 0.5,
			Holdings: []*schedulepb.Holding{{Job: "x", Attempt: 1, From: ms(0), To: ms(100), Shared: true}, {Job: "y", Attempt: 1, From: ms(50), To: ms(200), Shared: true}},
		}}},
	}
	if diff := cmp.Diff(want, s.report().Resources, protocmp.Transform()); diff != "" {
		t.Errorf("resources (-want +got):\n%s", diff)
	}
}

func condition(unit *schedulepb.Hold, c schedulepb.Condition) *schedulepb.Event {
	return &schedulepb.Event{Kind: &schedulepb.Event_ResourceCondition{ResourceCondition: &schedulepb.ResourceCondition{Unit: unit, Condition: c, Why: "because"}}}
}

func TestTotalsAsTheRunGoesOn(t *testing.T) {
	var s script
	s.at(0, "", 0, load(plan(described("a"), described("b"), described("c")), 1))
	s.run("a", 10, 20, 0, ok)
	s.run("b", 20, 30, 0, failed)
	s.at(30, "d", 0, &schedulepb.Event{Kind: &schedulepb.Event_JobQueued{JobQueued: &schedulepb.JobQueued{Added: described("d"), By: "b"}}})
	want := map[int]string{ // by the number of the event
		1: "waiting 3", 2: "waiting 3", 3: "running 1, waiting 2", 5: "running 1, waiting 2", 6: "ok 1, waiting 2",
		8: "ok 1, running 1, waiting 1", 11: "failed 1, ok 1, waiting 1", 12: "failed 1, ok 1, waiting 2",
	}
	r := New()
	for i, e := range s {
		r.Apply(e)
		var got string
		for n, word := range slices.Sorted(maps.Keys(r.Current().Totals)) {
			got += fmt.Sprintf("%s%s %d", map[bool]string{true: ", "}[n > 0], word, r.Current().Totals[word])
		}
		if w, ok := want[i+1]; ok && got != w {
			t.Errorf("after event %d: %s, want %s", i+1, got, w)
		}
	}
	if d := s.report().Jobs[3]; d.Id != "d" || d.AddedBy != "b" {
		t.Errorf("the job that was added is %v", d)
	}
}

func TestCriticalPath(t *testing.T) {
	board := &schedulepb.Hold{Resource: "board", Unit: "board.0"}
	tests := []struct {
		name string
		plan *schedulepb.Plan
		tell func(s *script)
		want []string
	}{
		{"nothing ran", plan(described("a")), func(*script) {}, nil},
		{"the chain of needs that ended last", plan(described("a"), described("b", "a"), described("c", "a"), described("d", "b", "c")), func(s *script) {
			s.run("a", 0, 10, 0, ok)
			s.run("b", 10, 20, 0, ok)
			s.run("c", 10, 50, 1, ok)
			s.run("d", 50, 60, 0, ok)
		}, []string{"a", "c", "d"}},
		{"who had the slot before", plan(described("a"), described("b"), described("c")), func(s *script) {
			s.run("a", 0, 10, 0, ok)
			s.run("b", 10, 30, 0, ok)
			s.run("c", 0, 20, 1, ok)
		}, []string{"a", "b"}},
		{"who had the unit before", plan(described("a"), described("b"), described("c", "a")), func(s *script) {
			s.run("a", 0, 5, 0, ok)
			s.run("b", 0, 40, 1, ok, board)
			s.run("c", 40, 50, 0, ok, board)
		}, []string{"b", "c"}},
		{"an artefact of a job that goes on", &schedulepb.Plan{Jobs: []*schedulepb.Job{
			described("build"), {Id: "test", Needs: []*schedulepb.Need{{Job: "build", Artefact: "fw"}}},
		}}, func(s *script) {
			s.at(0, "build", 1, grant(0))
			s.at(0, "build", 1, start(0))
			s.at(20, "build", 1, &schedulepb.Event{Kind: &schedulepb.Event_ArtefactReady{ArtefactReady: &schedulepb.ArtefactReady{Name: "fw"}}})
			s.run("test", 20, 90, 1, ok)
			s.at(60, "build", 1, attempted(ok))
			s.at(60, "build", 0, ended(ok))
		}, []string{"build", "test"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var s script
			s.at(0, "", 0, load(tt.plan, 2))
			tt.tell(&s)
			if diff := cmp.Diff(tt.want, s.report().CriticalPath); diff != "" {
				t.Errorf("path (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDangling(t *testing.T) {
	board := &schedulepb.Hold{Resource: "board", Unit: "board.1"}
	entries := map[string]*schedulepb.Expected{
		"the job by its id":                     {Job: "test-a"},
		"the job by a pattern":                  {Job: "test-*"},
		"the job by its label":                  {Label: "wlan"},
		"the job by its unit":                   {Resource: "board.1"},
		"the job by its resource":               {Resource: "board", Job: "test-a", Label: "wlan"},
		"a job that did not run":                {Job: "never"},
		"a job that there is not":               {Job: "tset-*"},
		"a job that ran elsewhere":              {Job: "test-a", Resource: "board.0"},
		"a job that has another label":          {Job: "test-a", Label: "ble"},
		"a pattern that is none":                {Job: "[test-a"},
		"a pattern as wide as it can be, no id": {Job: "*", Label: "ble"},
	}
	p := plan(&schedulepb.Job{Id: "test-a", Labels: []string{"wlan"}}, &schedulepb.Job{Id: "never", Labels: []string{"ble"}})
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		entries[name].Reason = name
		p.Expected = append(p.Expected, entries[name])
	}
	var s script
	s.at(0, "", 0, load(p, 1))
	s.run("test-a", 0, 10, 0, schedulepb.Status_STATUS_XFAIL, board)
	s.at(10, "never", 0, ended(schedulepb.Status_STATUS_SKIPPED))
	if before := s.report().Dangling; len(before) != 0 {
		t.Errorf("%d entries dangle while the run goes on, want none", len(before))
	}
	s.at(20, "", 0, over())
	var got []string
	for _, e := range s.report().Dangling {
		got = append(got, e.Reason)
	}
	want := []string{
		"a job that did not run", "a job that has another label", "a job that ran elsewhere", "a job that there is not",
		"a pattern as wide as it can be, no id", "a pattern that is none",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("dangling (-want +got):\n%s", diff)
	}
}

func TestOfTheRun(t *testing.T) {
	var s script
	p := plan(described("a"))
	p.Environment = map[string]string{"LAB": "north"}
	guard := func(pid int32, ended string) *schedulepb.Event {
		return &schedulepb.Event{Kind: &schedulepb.Event_GuardChanged{GuardChanged: &schedulepb.GuardChanged{Id: "usb", Pid: pid, Ended: ended}}}
	}
	s.at(5, "", 0, load(p, 3))
	s.at(5, "", 0, guard(7, ""))
	s.at(6, "", 0, guard(7, "exit status 1"))
	s.at(7, "", 0, guard(8, ""))
	s.at(8, "", 0, &schedulepb.Event{Kind: &schedulepb.Event_RunPaused{RunPaused: &schedulepb.RunPaused{Paused: true, Why: "usb"}}})
	s.at(9, "a", 1, &schedulepb.Event{Kind: &schedulepb.Event_Warning{Warning: &schedulepb.Warning{Text: "odd"}}})
	s.at(9, "", 0, &schedulepb.Event{Kind: &schedulepb.Event_RunInterrupt{RunInterrupt: &schedulepb.RunInterrupt{Stage: 1, Why: "SIGINT"}}})
	if r := s.report(); !r.Paused || r.PauseWhy != "usb" || r.Ended != nil {
		t.Errorf("before the end: %v", r)
	}
	s.at(30, "", 0, over())
	want := &schedulepb.Report{
		Run: "run", Plan: "plan", Started: timestamppb.New(began), Ended: s[7].Time, Took: durationpb.New(30 * time.Millisecond), Slots: 3, Pid: 4711, ExitStatus: 1, Why: "a job failed",
		Totals: map[string]uint32{"waiting": 1}, Jobs: []*schedulepb.JobReport{{Id: "a"}}, Warnings: []string{"job a: odd"}, Events: 8,
		Guards: []*schedulepb.GuardReport{{Id: "usb", Pid: 8, Starts: 2}}, Interrupt: 1, InterruptWhy: "SIGINT", Environment: map[string]string{"LAB": "north"},
	}
	if diff := cmp.Diff(want, s.report(), protocmp.Transform()); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
}

func TestKeepsSoManyMessages(t *testing.T) {
	var s script
	s.at(0, "a", 1, start(0))
	for range maxMessages + 5 {
		s.at(1, "a", 1, &schedulepb.Event{Kind: &schedulepb.Event_JobMessage{JobMessage: &schedulepb.JobMessage{Name: "tick"}}})
	}
	if a := s.report().Jobs[0].Attempts[0]; len(a.Messages) != maxMessages || a.MoreMessages != 5 {
		t.Errorf("%d messages and %d more, want %d and 5", len(a.Messages), a.MoreMessages, maxMessages)
	}
}
