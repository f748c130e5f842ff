package journal

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// disk stands for the file of a journal, and counts what is done to it.
type disk struct {
	mu     sync.Mutex // guards the fields below
	writes []string
	syncs  []time.Time
	room   int   // bytes that fit
	broken error // of a synchronisation
	cut    []int64
	closed bool
}

func (d *disk) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(p) > d.room {
		return d.room, &fs.PathError{Op: "write", Path: "journal.jsonl", Err: syscall.ENOSPC}
	}
	d.room -= len(p)
	d.writes = append(d.writes, string(p))
	return len(p), nil
}

func (d *disk) Truncate(size int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cut = append(d.cut, size)
	return nil
}

func (d *disk) Sync() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.syncs = append(d.syncs, time.Now())
	return d.broken
}

func (d *disk) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	return nil
}

func (d *disk) synced() []time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]time.Time{}, d.syncs...)
}

func TestAppendIsOneWrite(t *testing.T) {
	d := &disk{room: 1 << 20}
	w := newWriter("journal.jsonl", d)
	appendAll(t, w, outputs(1, 8)...)
	appendAll(t, w)
	appendAll(t, w, output(9))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var got []int
	for _, text := range d.writes {
		got = append(got, strings.Count(text, "\n"))
	}
	if diff := cmp.Diff([]int{8, 1}, got); diff != "" || !d.closed {
		t.Errorf("events in each write (-want +got), closed %v:\n%s", d.closed, diff)
	}
}

// Whatever is written is on the disk within 100 ms, many events by one synchronisation,
// and none is made while there is nothing new.
func TestSynchronisesInGroups(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{room: 1 << 20}
		w := newWriter("journal.jsonl", d)
		var late time.Duration
		for n := uint64(1); n <= 200; n++ {
			appendAll(t, w, output(n))
			written, before := time.Now(), len(d.synced())
			if n%50 == 0 {
				time.Sleep(10 * time.Second) // nothing happens for a while
				late = max(late, d.synced()[before].Sub(written))
				continue
			}
			time.Sleep(time.Millisecond)
		}
		appendAll(t, w, output(201))
		before := len(d.synced())
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if late <= 0 || late > 100*time.Millisecond {
			t.Errorf("synchronised %v after the last write, want within 100ms", late)
		}
		if before < 4 || before > 10 {
			t.Errorf("synchronised %d times for 200 events, want a few", before)
		}
		if len(d.synced()) != before+1 {
			t.Errorf("Close synchronised %d times, want once for the last event", len(d.synced())-before)
		}
	})
}

func TestFullDisk(t *testing.T) {
	d := &disk{room: 600}
	w := newWriter("/run/journal.jsonl", d)
	appendAll(t, w, output(1))
	whole := int64(len(d.writes[0]))
	err := w.Append(outputs(2, 9)...)
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "/run/journal.jsonl") || !strings.Contains(err.Error(), "free some space") {
		t.Errorf("error %v, want one that matches ENOSPC, names the file and says what to do", err)
	}
	if again := w.Append(output(2)); !errors.Is(again, syscall.ENOSPC) {
		t.Errorf("the next Append returned %v, want the same error", again)
	}
	if err := w.Close(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("Close returned %v, want the same error", err)
	}
	if diff := cmp.Diff([]int64{whole}, d.cut); diff != "" || len(d.writes) != 1 {
		t.Errorf("cut to (-want +got), %d writes:\n%s", len(d.writes), diff)
	}
}

func TestBrokenDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{room: 1 << 20, broken: syscall.EIO}
		w := newWriter("journal.jsonl", d)
		appendAll(t, w, output(1))
		time.Sleep(time.Second)
		if err := w.Append(output(2)); !errors.Is(err, syscall.EIO) {
			t.Errorf("Append after a failed synchronisation returned %v, want EIO", err)
		}
		if err := w.Close(); !errors.Is(err, syscall.EIO) {
			t.Errorf("Close returned %v, want EIO", err)
		}
	})
}

func TestRefusals(t *testing.T) {
	tests := []struct {
		name   string
		events []*schedulepb.Event
		want   string
	}{
		{"a gap", []*schedulepb.Event{output(3)}, "append to journal: event 3 where 2 is next: number them without gaps"},
		{"a gap among others", []*schedulepb.Event{output(2), output(4)}, "append to journal: event 4 where 3 is next: number them without gaps"},
		{"an event twice", []*schedulepb.Event{output(1)}, "append to journal: event 1 where 2 is next: number them without gaps"},
		{"a number that JSON does not know", []*schedulepb.Event{notANumber(2)}, "append to journal: event 2: write ansar.schedule.v1.Job as JSON"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			folder := t.TempDir()
			w := create(t, folder)
			appendAll(t, w, output(1))
			if err := w.Append(tt.events...); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %s", err, tt.want)
			}
			appendAll(t, w, output(2)) // as if nothing had been
			if diff := cmp.Diff(upTo(1, 2), sequences(t, folder)); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		})
	}
}

func notANumber(sequence uint64) *schedulepb.Event {
	zero := 0.0
	input := &structpb.Struct{Fields: map[string]*structpb.Value{"x": structpb.NewNumberValue(zero / zero)}}
	job := &schedulepb.Job{Work: &schedulepb.Job_Call{Call: &schedulepb.Call{Input: input}}}
	return &schedulepb.Event{Sequence: sequence, Kind: &schedulepb.Event_JobQueued{JobQueued: &schedulepb.JobQueued{Added: job}}}
}

func TestCreate(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "runs", "1")
	w := create(t, folder)
	appendAll(t, w, output(1))
	if again, err := Create(folder); !errors.Is(err, fs.ErrExist) {
		t.Errorf("created a second journal over the first: %v, %v", again, err)
	}
	if !Alive(folder) {
		t.Error("the writer is said to be dead")
	}
	if err := errors.Join(w.Close(), w.Close()); err != nil {
		t.Fatal(err)
	}
	if err := w.Append(output(2)); !errors.Is(err, ErrClosed) {
		t.Errorf("Append after Close returned %v, want ErrClosed", err)
	}
	if Alive(folder) || Alive(t.TempDir()) {
		t.Error("a writer is said to live where there is none")
	}
	names, err := os.ReadDir(folder)
	if len(names) != 1 || err != nil {
		t.Errorf("in the folder are %v, %v, want the journal only", names, err)
	}
}

// small are the events of a short job.
func small(from uint64) []*schedulepb.Event {
	status, now := int32(0), timestamppb.Now()
	held := []*schedulepb.Hold{{Resource: "board-a", Unit: "board-a.0"}}
	events := []*schedulepb.Event{
		{Kind: &schedulepb.Event_ResourceGranted{ResourceGranted: &schedulepb.ResourceGranted{Slots: []uint32{1}, Holds: held}}},
		{Kind: &schedulepb.Event_JobStarted{JobStarted: &schedulepb.JobStarted{Pid: 12345, Slot: 1, Log: "jobs/blink/1/log", Deadline: now, CommandLine: "make test"}}},
		{Kind: &schedulepb.Event_JobOutput{JobOutput: &schedulepb.JobOutput{Stream: "stdout", File: "jobs/blink/1/stdout", Length: 12}}},
		{Kind: &schedulepb.Event_JobExited{JobExited: &schedulepb.JobExited{Status: &status, Usage: &schedulepb.Usage{User: durationpb.New(1e6), MaxResidentBytes: 1 << 20}}}},
		{Kind: &schedulepb.Event_AttemptFinished{AttemptFinished: &schedulepb.AttemptFinished{Status: schedulepb.Status_STATUS_OK}}},
		{Kind: &schedulepb.Event_ResourceReleased{ResourceReleased: &schedulepb.ResourceReleased{Slots: []uint32{1}, Holds: held}}},
		{Kind: &schedulepb.Event_JobFinished{JobFinished: &schedulepb.JobFinished{Status: schedulepb.Status_STATUS_OK, Attempts: 1}}},
		{Kind: &schedulepb.Event_JobWaiting{JobWaiting: &schedulepb.JobWaiting{Why: "board-a: both held by blink, flash"}}},
	}
	for i, e := range events {
		e.Run, e.Sequence, e.Parent, e.Job, e.Attempt = "2026-03-14T15-09-26-3589", from+uint64(i), from, "blink", 1
		e.Time, e.Since = now, durationpb.New(123456789)
	}
	return events
}

func BenchmarkAppendEight(b *testing.B) {
	w := create(b, b.TempDir())
	var n uint64
	events := small(1)
	b.ReportAllocs()
	for b.Loop() {
		for _, e := range events {
			n++
			e.Sequence = n
		}
		appendAll(b, w, events...)
	}
}

func BenchmarkRead(b *testing.B) {
	folder := b.TempDir()
	w := create(b, folder)
	const events = 8000
	for n := uint64(1); n < events; n += 8 {
		appendAll(b, w, small(n)...)
	}
	for b.Loop() {
		if n := len(sequences(b, folder)); n != events {
			b.Fatalf("%d events", n)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/events, "ns/event")
}
