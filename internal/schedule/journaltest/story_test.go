package journaltest

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/journal"
)

// listener hears what is found.
type listener struct{ found []string }

func (l *listener) Helper() {}
func (l *listener) Errorf(format string, args ...any) {
	l.found = append(l.found, fmt.Sprintf(format, args...))
}
func (l *listener) Fatalf(format string, args ...any) { l.Errorf(format, args...) }

// tell makes events of words: "grant a", "start a", "end a", "free a", "ok a".
func tell(lines ...string) []*schedulepb.Event {
	board := &schedulepb.Hold{Resource: "board", Unit: "board.0"}
	demand := []*schedulepb.Demand{{Name: "board", Amount: proto.Uint32(1)}}
	events := []*schedulepb.Event{{Kind: &schedulepb.Event_PlanLoaded{PlanLoaded: &schedulepb.PlanLoaded{Slots: 2, Plan: &schedulepb.Plan{
		Jobs: []*schedulepb.Job{
			{Id: "a", Resources: demand}, {Id: "b", Resources: demand},
			{Id: "c", Needs: []*schedulepb.Need{{Job: "a", After: schedulepb.After_AFTER_SUCCESS}}},
		},
	}}}}}
	for _, line := range lines {
		var verb, job string
		slot, attempt := uint32(0), uint32(1)
		_, _ = fmt.Sscan(line, &verb, &job, &slot, &attempt) // the rest may be missing
		e := &schedulepb.Event{Job: job, Attempt: attempt}
		holds := []*schedulepb.Hold{board}
		if job == "c" {
			holds = nil
		}
		switch verb {
		case "grant":
			e.Kind = &schedulepb.Event_ResourceGranted{ResourceGranted: &schedulepb.ResourceGranted{Holds: holds, Slots: []uint32{slot}}}
		case "start":
			e.Kind = &schedulepb.Event_JobStarted{JobStarted: &schedulepb.JobStarted{Pid: 1}}
		case "end":
			e.Kind = &schedulepb.Event_AttemptFinished{AttemptFinished: &schedulepb.AttemptFinished{Status: schedulepb.Status_STATUS_OK}}
		case "free":
			e.Kind = &schedulepb.Event_ResourceReleased{ResourceReleased: &schedulepb.ResourceReleased{Holds: holds, Slots: []uint32{slot}}}
		case "ok":
			e.Attempt = 0
			e.Kind = &schedulepb.Event_JobFinished{JobFinished: &schedulepb.JobFinished{Status: schedulepb.Status_STATUS_OK, Attempts: attempt}}
		case "interrupt":
			e.Job, e.Attempt = "", 0
			e.Kind = &schedulepb.Event_RunInterrupt{RunInterrupt: &schedulepb.RunInterrupt{Stage: 1}}
		case "over":
			e.Job, e.Attempt = "", 0
			e.Kind = &schedulepb.Event_RunFinished{RunFinished: &schedulepb.RunFinished{}}
		}
		events = append(events, e)
	}
	for i, e := range events {
		e.Run, e.Sequence, e.Since = "run", uint64(i+1), durationpb.New(1)
	}
	return events
}

func TestRules(t *testing.T) {
	one := func(id string) []string { return words("grant start end free ok", id) }
	tests := []struct {
		name   string
		events []string
		want   string // of the first fault; empty: there is none
	}{
		{"a whole run", append(append(append(one("a"), one("b")...), one("c")...), "over"), ""},
		{"one that was killed", []string{"grant a", "start a"}, ""},
		{"a unit held twice", []string{"grant a 0", "grant b 1"}, "which [a] hold"},
		{"a slot held twice", []string{"grant a", "end a", "grant b"}, `which "a" holds`},
		{"a slot that is not there", []string{"grant a 2"}, "slot 2 of 2"},
		{"a start before its need", []string{"grant c"}, "a is running"},
		{"a start after an interrupt", []string{"interrupt", "grant a"}, "after the interrupt"},
		{"two starts", []string{"grant a", "start a", "start a"}, "attempt 1 was to"},
		{"a start of nothing", []string{"start a"}, "attempt 0 was to"},
		{"an attempt that is left out", []string{"grant a 0 2"}, "follows attempt 0"},
		{"an end while it runs", []string{"grant a", "ok a"}, "attempt 1 of 1 runs"},
		{"a release while it runs", []string{"grant a", "free a"}, "ended: false"},
		{"a second end", append(one("a"), "ok a"), "has ended"},
		{"an event after the last", []string{"over", "grant a"}, "after the end of the run"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			folder := t.TempDir()
			w, err := journal.Create(folder)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Append(tell(tt.events...)...); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			l := &listener{}
			s := Read(l, folder)
			if s.Finished != nil && tt.want == "" {
				s.Over()
			}
			got := strings.Join(l.found, "\n")
			if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}

// A run that has no end is not over.
func TestNotOver(t *testing.T) {
	folder := t.TempDir()
	w, err := journal.Create(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Append(tell("grant a 0", "start a", "grant c 1")...); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	l := &listener{}
	s := Read(l, folder)
	if !s.Started("a") || s.Started("b") {
		t.Errorf("a has started: %t, b: %t", s.Started("a"), s.Started("b"))
	}
	s.Over()
	if want := 2 + 3 + 1 + 1; len(l.found) != want { // a need, no end, three jobs, who holds slots, and a unit
		t.Errorf("found %d faults, want %d: %q", len(l.found), want, l.found)
	}
}

func words(verbs, job string) []string {
	var lines []string
	for _, verb := range strings.Fields(verbs) {
		lines = append(lines, verb+" "+job)
	}
	return lines
}
