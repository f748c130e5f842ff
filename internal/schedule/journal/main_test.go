package journal

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

const (
	// partVariable makes this test binary play a part instead of testing.
	partVariable = "ANSAR_JOURNAL_TEST_PART"

	hang = 60 * time.Second // what takes longer hangs
)

// parts are what a child process can be: each gets the arguments after its name.
var parts = map[string]func(args []string) error{}

func TestMain(m *testing.M) {
	if part := parts[os.Getenv(partVariable)]; part != nil {
		if err := part(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); !errors.Is(err, syscall.ECHILD) {
			fmt.Fprintf(os.Stderr, "a child process is left: %d, %v\n", pid, err)
			code = 1
		}
		os.Exit(code)
	}))
}

// command prepares a child process that plays a part. It is gone when the test
// ends, whatever happens.
func command(t *testing.T, part string, args ...string) *exec.Cmd {
	t.Helper()
	if parts[part] == nil {
		t.Fatalf("no part %q", part)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), partVariable+"="+part, "GORACE=atexit_sleep_ms=0")
	cmd.Stderr = os.Stderr
	cmd.WaitDelay = hang
	return cmd
}

// output is an ordinary event.
func output(sequence uint64) *schedulepb.Event {
	return &schedulepb.Event{
		Run: "2026-03-14T15-09-26-3589", Sequence: sequence, Parent: 1, Job: "blink", Attempt: 1,
		Time: timestamppb.New(time.Unix(1_800_000_000, int64(sequence)*1000)), Since: durationpb.New(time.Duration(sequence) * time.Microsecond),
		Kind: &schedulepb.Event_JobOutput{JobOutput: &schedulepb.JobOutput{Stream: "stdout", File: "jobs/blink/1/stdout", Length: int64(sequence)}},
	}
}

// outputs are those events from one number up to another.
func outputs(from, to uint64) []*schedulepb.Event {
	var events []*schedulepb.Event
	for n := from; n <= to; n++ {
		events = append(events, output(n))
	}
	return events
}

func loaded(sequence uint64) *schedulepb.Event {
	return &schedulepb.Event{
		Run: "2026-03-14T15-09-26-3589", Sequence: sequence,
		Kind: &schedulepb.Event_PlanLoaded{PlanLoaded: &schedulepb.PlanLoaded{Pid: int32(os.Getpid()), Plan: &schedulepb.Plan{Name: "testbench"}}},
	}
}

func finished(sequence uint64) *schedulepb.Event {
	return &schedulepb.Event{
		Run: "2026-03-14T15-09-26-3589", Sequence: sequence,
		Kind: &schedulepb.Event_RunFinished{RunFinished: &schedulepb.RunFinished{}},
	}
}

func create(t testing.TB, folder string) *Writer {
	t.Helper()
	w, err := Create(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return w
}

func appendAll(t testing.TB, w *Writer, events ...*schedulepb.Event) {
	t.Helper()
	if err := w.Append(events...); err != nil {
		t.Fatal(err)
	}
}

// sequences are the numbers of the events in a journal.
func sequences(t testing.TB, folder string) []uint64 {
	t.Helper()
	var all []uint64
	for e, err := range Read(folder) {
		if err != nil {
			t.Fatalf("after event %d: %v", len(all), err)
		}
		all = append(all, e.GetSequence())
	}
	return all
}

// upTo are the numbers from one to another.
func upTo(from, to uint64) []uint64 {
	var all []uint64
	for n := from; n <= to; n++ {
		all = append(all, n)
	}
	return all
}
