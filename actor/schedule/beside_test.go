package schedule

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/job"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/hostlock"
)

func guard(id, line string, alarm schedulepb.Alarm) *schedulepb.Guard {
	return &schedulepb.Guard{Id: id, Alarm: alarm, Work: &schedulepb.Guard_Command{
		Command: &schedulepb.Command{Argv: []string{"sh", "-c", line}},
	}}
}

// A guard that fails does to the run what its alarm says.
func TestGuards(t *testing.T) {
	t.Run("stop", func(t *testing.T) {
		p := plan(shell("runs", "sleep 600"), shell("next", "true", needs("runs")))
		p.Guards = []*schedulepb.Guard{guard("watch", "sleep 0.1; exit 1", schedulepb.Alarm_ALARM_STOP_RUN)}
		r := runs(t, p, nil)
		want := map[string]string{"runs": "interrupted", "next": "not-run"}
		if diff := cmp.Diff(want, statuses(r)); diff != "" || r.GetExitStatus() == 0 {
			t.Errorf("exit status %d, statuses (-want +got):\n%s", r.GetExitStatus(), diff)
		}
	})
	t.Run("warn, and end with the jobs", func(t *testing.T) {
		p := plan(shell("runs", "sleep 0.3"))
		p.Guards = []*schedulepb.Guard{
			guard("fails", "exit 1", schedulepb.Alarm_ALARM_WARN), guard("stays", "sleep 600", schedulepb.Alarm_ALARM_STOP_RUN),
		}
		r := runs(t, p, nil)
		if r.GetExitStatus() != 0 || len(r.GetWarnings()) != 1 || !strings.Contains(r.GetWarnings()[0], "fails") {
			t.Errorf("exit status %d, warnings %q", r.GetExitStatus(), r.GetWarnings())
		}
		for _, g := range r.GetGuards() {
			if g.GetPid() == 0 || g.GetEnded() == "" {
				t.Errorf("guard %v", g)
			}
			if _, err := os.Stat(filepath.Join(r.GetFolder(), g.GetLog())); err != nil {
				t.Error(err)
			}
		}
	})
	t.Run("pause, until it resumes", func(t *testing.T) {
		first := filepath.Join(t.TempDir(), "first")
		p := plan(shell("runs", "sleep 0.2"), shell("next", "true", needs("runs")))
		line := `if [ -e ` + first + ` ]; then sleep 0.5; echo '{"resume": true}' > $ANSAR_EVENTS; sleep 600; else touch ` + first + `; exit 1; fi`
		p.Guards = []*schedulepb.Guard{guard("watch", line, schedulepb.Alarm_ALARM_PAUSE_RUN)}
		r := runs(t, p, nil)
		if r.GetExitStatus() != 0 || r.GetGuards()[0].GetStarts() != 2 {
			t.Errorf("exit status %d, guards %v", r.GetExitStatus(), r.GetGuards())
			dump(t, r)
		}
		if took := r.GetTook().AsDuration(); took < 400*time.Millisecond {
			t.Errorf("the run took %v: it was not paused", took)
		}
	})
}

// A unit is lent again when its cleaner was ok, and out of service if not.
func TestOC14(t *testing.T) {
	boards := func(cleaner string) *schedulepb.Plan {
		crash := shell("crash", "kill -KILL $$")
		crash.Resources = []*schedulepb.Demand{{Name: "board"}}
		next := shell("next", "cat $ANSAR_RUN_FOLDER/cleaned; echo $ANSAR_UNIT_BOARD")
		next.Resources = []*schedulepb.Demand{{Name: "board"}}
		next.Needs = []*schedulepb.Need{{Job: "crash", After: schedulepb.After_AFTER_FINISH}}
		p := plan(crash, next)
		p.Resources = []*schedulepb.Resource{{Name: "board", Cleaner: &schedulepb.Cleaner{Work: &schedulepb.Cleaner_Command{
			Command: &schedulepb.Command{Argv: []string{"sh", "-c", cleaner}},
		}}}}
		return p
	}
	r := runs(t, boards(`sleep 0.2; echo "$ANSAR_UNITS" > $ANSAR_RUN_FOLDER/cleaned`), nil)
	if diff := cmp.Diff(map[string]string{"crash": "crashed", "next": "ok"}, statuses(r)); diff != "" {
		t.Errorf("with a cleaner (-want +got):\n%s", diff)
		dump(t, r)
	}
	text, _ := os.ReadFile(filepath.Join(r.GetFolder(), "cleaned"))
	if got := strings.TrimSpace(string(text)); got != "board.0" {
		t.Errorf("cleaned %q, want board.0", got)
	}
	r = runs(t, boards("exit 1"), &Options{Folder: filepath.Join(t.TempDir(), "second")})
	if diff := cmp.Diff(map[string]string{"crash": "crashed", "next": "unrunnable"}, statuses(r)); diff != "" {
		t.Errorf("with a cleaner that fails (-want +got):\n%s", diff)
	}
	if unit := r.GetResources()[0].GetUnits()[0]; unit.GetCondition() != schedulepb.Condition_CONDITION_QUARANTINED {
		t.Errorf("the unit is %s", unit.GetCondition().Name())
	}
}

// Units are held by one run of the machine at a time.
func TestOC12(t *testing.T) {
	t.Setenv(hostlock.FolderVariable, filepath.Join(t.TempDir(), "locks"))
	if err := os.Mkdir(os.Getenv(hostlock.FolderVariable), 0o700); err != nil {
		t.Fatal(err)
	}
	flash := shell("flash", "true")
	flash.Resources = []*schedulepb.Demand{{Name: "board"}}
	p := plan(flash)
	p.Resources = []*schedulepb.Resource{{Name: "board", HostWide: true}}
	lock, err := hostlock.Acquire(context.Background(), "board.0", hostlock.Info{Run: "another"}, false)
	if err != nil {
		t.Fatal(err)
	}
	r := runs(t, p, nil)
	j := jobOf(t, r, "flash")
	if j.GetStatus() != schedulepb.Status_STATUS_UNRUNNABLE || !strings.Contains(j.GetCause().GetText(), "another") {
		t.Errorf("status %s: %s, want unrunnable, naming the run", j.GetStatus().Name(), j.GetCause().GetText())
	}
	waits := ""
	r = runs(t, p, &Options{HostWait: true, Folder: filepath.Join(t.TempDir(), "second"), Events: func(e *schedulepb.Event) {
		if w := e.GetJobWaiting(); w != nil && waits == "" {
			waits = w.GetWhy()
			lock.Release()
		}
	}})
	if !strings.Contains(waits, "for run another") {
		t.Errorf("it waits for %q, want the run that holds the lock", waits)
	}
	if diff := cmp.Diff(map[string]string{"flash": "ok"}, statuses(r)); diff != "" {
		t.Errorf("after a wait (-want +got):\n%s", diff)
	}
	if holder, err := hostlock.Probe("board.0"); holder != nil || err != nil {
		t.Errorf("the lock is held by %v, %v", holder, err)
	}
}

// What has not changed is not run again; what is damaged is.
func TestEC14(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	prints := func(id string, needed ...string) *schedulepb.Job {
		write(id+".c", "source of "+id)
		return shell(id, "cat "+id+".c", needs(needed...), func(j *schedulepb.Job) {
			j.Fingerprint = &schedulepb.Fingerprint{Files: []string{id + ".c"}}
		})
	}
	p := plan(prints("1"), prints("2", "1"), prints("3"), prints("4", "2", "3"), prints("5"))
	run := func(name string) map[string]string {
		t.Helper()
		return statuses(runs(t, p, &Options{Dir: dir, Folder: filepath.Join(dir, "runs", name)}))
	}
	const ok, same = "ok", "unchanged"
	steps := []struct {
		name   string
		change func()
		want   []string
	}{
		{"first", func() {}, []string{ok, ok, ok, ok, ok}},
		{"again", func() {}, []string{same, same, same, same, same}},
		{"another-source", func() { write("1.c", "changed") }, []string{ok, ok, same, ok, same}},
		{"damaged", func() { write("runs/fingerprints/3.json", "{") }, []string{same, same, ok, same, same}},
	}
	for _, step := range steps {
		step.change()
		got := run(step.name)
		for i, want := range step.want {
			if id := string(rune('1' + i)); got[id] != want {
				t.Errorf("%s: job %s is %s, want %s", step.name, id, got[id], want)
			}
		}
	}
}

// Which temporary folders stay is for the options to say.
func TestKeep(t *testing.T) {
	for _, tt := range []struct {
		keep Keep
		want []string
	}{{KeepFailed, []string{"bad"}}, {KeepAll, []string{"bad", "good"}}, {KeepNone, nil}} {
		r := runs(t, plan(shell("good", "touch $TMPDIR/x $ANSAR_OUTPUT/y"), shell("bad", "touch $ANSAR_TMP/x; exit 1")),
			&Options{Keep: tt.keep, Folder: filepath.Join(t.TempDir(), "run")})
		var kept []string
		for _, id := range []string{"bad", "good"} {
			if _, err := os.Stat(filepath.Join(r.GetFolder(), "jobs", id, "1", "tmp", "x")); err == nil {
				kept = append(kept, id)
			}
		}
		if !slices.Equal(kept, tt.want) {
			t.Errorf("keep %v: kept %v, want %v", tt.keep, kept, tt.want)
		}
		if _, err := os.Stat(filepath.Join(r.GetFolder(), "jobs", "good", "1", "output", "y")); err != nil {
			t.Error(err)
		}
	}
}

// Ahead of its time limit a job gets a last chance, wherever it runs.
func TestBeforeStop(t *testing.T) {
	hook := func(j *schedulepb.Job) {
		j.BeforeStop = &schedulepb.BeforeStop{
			Command: &schedulepb.Command{Argv: []string{"sh", "-c", "echo saved by $ANSAR_JOB"}}, Lead: durationpb.New(400 * time.Millisecond),
		}
	}
	r := runs(t, plan(
		shell("command", "sleep 600", timeout(800*time.Millisecond), hook), plays("call", "sleep:10m", timeout(800*time.Millisecond), hook),
	), nil)
	for _, id := range []string{"command", "call"} {
		text, _ := os.ReadFile(filepath.Join(r.GetFolder(), "jobs", id, "1", "log"))
		if !strings.Contains(string(text), "saved by "+id) {
			t.Errorf("log of %s:\n%s", id, text)
		}
		if got := statuses(r)[id]; got != "timed-out" {
			t.Errorf("job %s is %s", id, got)
		}
	}
}

// Functions of the program are jobs, and know what they need.
func TestFunctions(t *testing.T) {
	functions := map[string]Function{
		"one":   func(*actor.Context, *job.Job) (proto.Message, error) { return wrapperspb.Int64(1), nil },
		"fails": func(*actor.Context, *job.Job) (proto.Message, error) { return nil, errors.New("no") },
		"adds": func(_ *actor.Context, j *job.Job) (proto.Message, error) {
			n, err := job.ValueOf[*wrapperspb.Int64Value](j, "one")
			if err != nil {
				return nil, err
			}
			return wrapperspb.Int64(n.GetValue() + 1), os.WriteFile(filepath.Join(j.Output(), "sum"), nil, 0o666)
		},
	}
	function := func(id string, adjust ...func(*schedulepb.Job)) *schedulepb.Job {
		j := &schedulepb.Job{Id: id, Work: &schedulepb.Job_Function{Function: id}}
		for _, a := range adjust {
			a(j)
		}
		return j
	}
	r := runs(t, plan(function("one"), function("adds", needs("one")), function("fails")), &Options{Functions: functions})
	if diff := cmp.Diff(map[string]string{"one": "ok", "adds": "ok", "fails": "failed"}, statuses(r)); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
		dump(t, r)
	}
	if got := jobOf(t, r, "adds").GetValue().GetJson(); got != `"2"` {
		t.Errorf("the sum is %s", got)
	}
	if _, err := os.Stat(filepath.Join(r.GetFolder(), "jobs", "adds", "1", "output", "sum")); err != nil {
		t.Error(err)
	}
}

// A plan that cannot work is refused, and nothing is created.
func TestRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "there"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	reads := func(id, file string) *schedulepb.Job {
		j := shell(id, "cat")
		j.GetCommand().StdinFile = file
		return j
	}
	folder := filepath.Join(dir, "run")
	_, err := tries(t, context.Background(), plan(
		shell("a", "true", needs("b")), shell("b", "true", needs("a")), &schedulepb.Job{Id: "c", Work: &schedulepb.Job_Function{Function: "none"}},
		plays("d", "", needs("nobody")), reads("e", "absent"), reads("f", "."), reads("g", "there"),
	), &Options{Folder: folder, Dir: dir})
	var refused *RefusedError
	if !errors.As(err, &refused) {
		t.Fatalf("Run: %v, want a refusal", err)
	}
	var got []string
	for _, p := range refused.Problems {
		got = append(got, p.Path)
	}
	want := []string{"jobs[2].function", "jobs[3].needs[0].job", "jobs[4].command.stdin_file", "jobs[5].command.stdin_file", "jobs[0].needs[0]"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s\n%v", diff, err)
	}
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is there: %v", err)
	}
}

var scheduling = actor.Define("scheduling", func(self *actor.Context, _ none, in *wrapperspb.StringValue) (*wrapperspb.UInt32Value, error) {
	r, err := Run(self, plan(plays("runs", "sleep:10m"), shell("command", "sleep 600")), &Options{
		Folder: in.GetValue(), Slots: 4, Events: whenStarted(2, func() { self.Ready() }),
	})
	return wrapperspb.UInt32(r.GetExitStatus()), err
}).AnnouncesReady()

// A run below an object is interrupted when the object is told to stop.
func TestStopOfTheParent(t *testing.T) {
	for _, inProcess := range []bool{false, true} {
		folder := filepath.Join(t.TempDir(), "run")
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		options := []actor.Option{actor.OnReady(cancel)}
		if inProcess {
			options = append(options, actor.InProcess())
		}
		_, _ = scheduling.Call(ctx, wrapperspb.String(folder), options...) // it was told to stop
		r, err := Report(folder)
		if err != nil || r.GetExitStatus() != 130 {
			t.Errorf("in-process %t: exit status %d, %v", inProcess, r.GetExitStatus(), err)
		}
	}
}
