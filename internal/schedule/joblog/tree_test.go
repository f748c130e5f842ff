package joblog

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/lifecycle"
)

var sleeper = actor.Define("sleeper", func(self *actor.Context, _ *lifecycle.None, d *durationpb.Duration) (*lifecycle.Ack, error) {
	self.StartTimer(actor.T1, d.AsDuration())
	if _, err := self.Select(actor.T1); err != nil {
		return nil, err
	}
	self.Console("slept")
	return &lifecycle.Ack{}, nil
})

var square = actor.Define("square", func(self *actor.Context, _ *lifecycle.None, x *wrapperspb.Int64Value) (*wrapperspb.Int64Value, error) {
	self.Console("%d %d", x.Value, x.Value*x.Value)
	return wrapperspb.Int64(x.Value * x.Value), nil
})

// deep calls itself as often as its input says, and then runs a shell that runs the
// wrapper, if there is one.
var deep *actor.Object[*lifecycle.None, *wrapperspb.Int64Value, *lifecycle.Ack]

func init() {
	deep = actor.Define("deep", func(self *actor.Context, _ *lifecycle.None, level *wrapperspb.Int64Value) (*lifecycle.Ack, error) {
		self.Console("level %d", level.Value)
		switch {
		case level.Value > 0:
			return deep.Call(self, wrapperspb.Int64(level.Value-1))
		case os.Getenv("WRAPPER") != "":
			return nil, actor.Utility("sh", "-c", `echo shell; "$WRAPPER" sh -c "echo wrapped"`).Run(self)
		}
		return nil, nil
	})
}

// program is the script of the case, as a user would write it, with the log of its own.
func program(ctx context.Context, log *Log) ([]int64, error) {
	options := log.CallOptionsBelow(actor.LevelConsole)
	var slept sync.WaitGroup
	var failed error
	slept.Go(func() { _, failed = sleeper.Call(ctx, durationpb.New(3*time.Second), options...) })
	pool := square.Pool(ctx, log.PoolOptions(actor.LevelConsole, actor.Size(2), actor.WarmUp(2))...)
	defer pool.Close()
	var inputs []*wrapperspb.Int64Value
	for x := range int64(20) {
		inputs = append(inputs, wrapperspb.Int64(x))
	}
	var squares []int64
	for r := range pool.Map(ctx, slices.Values(inputs)) {
		if r.Err != nil {
			return nil, r.Err
		}
		squares = append(squares, r.Output.Value)
	}
	slept.Wait()
	return squares, failed
}

func TestPC1LogOfEachProcess(t *testing.T) {
	t.Parallel() // it sleeps
	l := open(t, Options{Name: "script"})
	l.Started(os.Getpid())
	got, err := program(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	var want []int64
	for x := range int64(20) {
		want = append(want, x*x)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("squares (-want +got):\n%s", diff)
	}
	folder := filepath.Dir(l.Path())
	roots, err := Links(folder)
	if err != nil || len(roots) != 1 || len(roots[0].Children) != 3 {
		t.Fatalf("links: %q, %v", outline(roots, ""), err)
	}
	checkPC(t, folder, l, roots[0])
}

// TestPC15ThreeLevelsOfProcesses has a process call one that calls one that calls one.
func TestPC15ThreeLevelsOfProcesses(t *testing.T) {
	l := open(t, Options{Name: "deep"})
	if _, err := deep.Call(t.Context(), wrapperspb.Int64(3), l.CallOptions(actor.LevelConsole)...); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Dir(l.Path())
	roots, err := Links(folder)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"deep exit status 0", "  deep exit status 0", "    deep exit status 0", "      deep exit status 0"}
	if diff := cmp.Diff(want, outline(roots, "")); diff != "" {
		t.Fatalf("links (-want +got):\n%s", diff)
	}
	checkLevels(t, folder, roots[0])
}

// Whoever starts whom, each has a log below that of its parent.
func TestMixedTree(t *testing.T) {
	for _, options := range [][]actor.Option{nil, {actor.InProcess()}} {
		l := open(t, Options{Name: "deep"})
		bin := filepath.Join(t.TempDir(), "wrapper")
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(self, bin); err != nil {
			t.Fatal(err)
		}
		options = append(append(options, l.CallOptions(actor.LevelConsole)...), actor.Environment("WRAPPER="+bin))
		if _, err := deep.Call(t.Context(), wrapperspb.Int64(1), options...); err != nil {
			t.Fatal(err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		roots, err := Links(filepath.Dir(l.Path()))
		if err != nil {
			t.Error(err)
		}
		want := []string{"deep exit status 0", "  deep exit status 0", "    sh exit status 0", "      sh exit status 0"}
		if len(options) > len(l.CallOptions(actor.LevelConsole))+1 {
			want[0] = "deep "
		}
		if diff := cmp.Diff(want, outline(roots, "")); diff != "" {
			t.Errorf("links (-want +got):\n%s", diff)
		}
		last := roots[0].Children[0].Children[0]
		got := [][]string{shown(t, filepath.Join(filepath.Dir(l.Path()), last.File))[1:2], shown(t, filepath.Join(filepath.Dir(l.Path()), last.Children[0].File))[1:]}
		if diff := cmp.Diff([][]string{{"1 shell"}, {"1 wrapped", "@ Ended with exit status 0"}}, got); diff != "" {
			t.Errorf("lines (-want +got):\n%s", diff)
		}
	}
}

// record makes one of the process at address.
func record(address, text string) *actor.LogRecord {
	return &actor.LogRecord{Time: timestamppb.Now(), Pid: 1, Tag: "^", Id: "00000008", Name: "object", Text: text, Address: address}
}

func startedRecord(by, address string, pid int32, called bool) *actor.LogRecord {
	r := record(by, "Started")
	r.Started = &actor.ProcessStarted{Address: address, Pid: pid, Name: "worker", Called: called}
	return r
}

func endedRecord(by, address string, pid int32) *actor.LogRecord {
	r := record(by, "Ended")
	r.Ended = &actor.ProcessEnded{Address: address, Pid: pid, How: "exit status 0"}
	return r
}

// Lines may come before the record of the start of their process.
func TestLinesBeforeStart(t *testing.T) {
	l := open(t, Options{})
	sink := l.Sink()
	for _, r := range []*actor.LogRecord{
		startedRecord("1", "1.5", 5, true), record("1.5", "of the call"), record("1.5.1", "early"), record("1.5.1.1", "earlier"),
		startedRecord("1.5", "1.5.1", 6, false), startedRecord("1.5.1", "1.5.1.1", 7, false), record("1.5.1", "late"),
		endedRecord("1.5.1", "1.5.1.1", 7), record("1.5.1.1", "too late"), record("1.5.2", "never started"),
	} {
		sink(r)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	sink(record("1.5", "after the end"))
	below := l.Path() + ".processes/"
	tests := []struct {
		path string
		want []string
	}{
		{l.Path(), []string{"@ Log of build (5)", "^ <00000008>object - of the call", "@ Started worker (6), log at log.processes/worker-1.log", "^ <00000008>object - never started"}},
		{below + "worker-1.log", []string{
			"@ Log of worker (6), started by build (5), whose log is ../log", "^ <00000008>object - early",
			"@ Started worker (7), log at worker-2.log", "^ <00000008>object - late",
		}},
		{below + "worker-2.log", []string{
			"@ Log of worker (7), started by worker (6), whose log is worker-1.log", "^ <00000008>object - earlier", "@ Ended with exit status 0",
			"^ <00000008>object - too late",
		}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, shown(t, tt.path)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.path, diff)
		}
	}
}

// Few files are open, whatever the number of processes, and nothing is lost.
func TestManyProcesses(t *testing.T) {
	l := open(t, Options{})
	sink := l.Sink()
	sink(startedRecord("1", "1.1", 1, true))
	const many = 5 * mostOpen
	for i := range int32(many) {
		sink(startedRecord("1.1", fmt.Sprintf("1.1.%d", i), 100+i, false))
	}
	for range 3 {
		for i := range int32(many) {
			sink(record(fmt.Sprintf("1.1.%d", i), "line"))
		}
	}
	open := 0
	for _, b := range l.trees[0].byAddress {
		if b.file != nil && b.file.to != nil {
			open++
		}
	}
	if open > mostOpen {
		t.Errorf("%d files are open", open)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	roots, err := Links(filepath.Dir(l.Path()))
	if err != nil || len(roots) != 1 || len(roots[0].Children) != many {
		t.Fatalf("links: %v", err)
	}
	for _, c := range roots[0].Children {
		if lines := shown(t, filepath.Join(filepath.Dir(l.Path()), c.File)); len(lines) != 4 {
			t.Errorf("%s has %q", c.File, lines)
		}
	}
}

// Calls write at the same time, and the log may be closed meanwhile.
func TestSinkHammer(t *testing.T) {
	l := open(t, Options{})
	l.Started(1)
	const calls, lines = 8, 200
	var all sync.WaitGroup
	for i := range int32(calls) {
		sink := l.below()
		address := fmt.Sprintf("1.%d", i)
		all.Go(func() {
			sink(record(address, "early"))
			sink(startedRecord("1", address, 10+i, true))
			for range lines {
				sink(record(address, "line"))
				l.Note("note")
			}
			sink(endedRecord("1", address, 10+i))
		})
	}
	all.Wait()
	late := l.below()
	all.Go(func() {
		for range lines {
			late(record("1.0", "late"))
		}
	})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	all.Wait()
	roots, err := Links(filepath.Dir(l.Path()))
	if err != nil || len(roots) != 1 || len(roots[0].Children) != calls {
		t.Fatalf("links: %q, %v", outline(roots, ""), err)
	}
	for _, c := range roots[0].Children {
		got := shown(t, filepath.Join(filepath.Dir(l.Path()), c.File))
		got = slices.DeleteFunc(got, func(line string) bool { return strings.HasSuffix(line, "late") })
		if len(got) != lines+3 || c.How != "exit status 0" {
			t.Errorf("%s has %d lines and ended with %q", c.File, len(got), c.How)
		}
	}
}

// Names cannot break links, nor leave the folder.
func TestNames(t *testing.T) {
	for _, name := range []string{"../../etc/passwd", "a (1), log at b", "x\nStarted y (2), log at z", ", started by q (1), whose log is r", strings.Repeat("n", 300), "", ".."} {
		l := open(t, Options{Name: name})
		sink := l.Sink()
		sink(startedRecord("1", "1.1", 1, true))
		r := startedRecord("1.1", "1.1.1", 2, false)
		r.Started.Name = name
		sink(r)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		roots, err := Links(filepath.Dir(l.Path()))
		if err != nil || len(roots) != 1 || len(roots[0].Children) != 1 {
			t.Errorf("links of %q: %v, %v", name, outline(roots, ""), err)
			continue
		}
		c := roots[0].Children[0]
		if want := (process{name: name}).String(); c.Name != want || c.PID != 2 {
			t.Errorf("%q (%d), want %q", c.Name, c.PID, want)
		}
	}
}
