package schedule

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/osproc"
	"github.com/ansar-go/ansar/internal/proctest"
	"github.com/ansar-go/ansar/internal/schedule/journal"
)

// whenStarted calls do once, when so many attempts have started.
func whenStarted(n int32, do func()) func(*schedulepb.Event) {
	var started atomic.Int32
	return func(e *schedulepb.Event) {
		if e.GetJobStarted() != nil && started.Add(1) == n {
			do()
		}
	}
}

// whenSaid calls do once, when so many messages of jobs have come.
func whenSaid(n int32, do func()) func(*schedulepb.Event) {
	var said atomic.Int32
	return func(e *schedulepb.Event) {
		if e.GetJobMessage() != nil && said.Add(1) == n {
			do()
		}
	}
}

// An interrupted run stops what runs, and writes all its reports.
func TestEC15(t *testing.T) {
	eachIsolation(t, func(t *testing.T, isolation schedulepb.Isolation) {
		ctx, cancel := context.WithCancelCause(context.Background())
		defer cancel(nil)
		var interrupted time.Time
		done := shell("first", "true")
		r, err := tries(t, ctx, plan(
			done, shell("runs", "sleep 600", needs("first")), plays("called", "sleep:10m", needs("first")),
			shell("waits", "true", needs("runs")),
		), &Options{Isolation: isolation, Grace: 2 * time.Second, Events: whenStarted(3, func() {
			interrupted = time.Now()
			cancel(errors.New("control-c"))
		})})
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(interrupted); took > 3*time.Second {
			t.Errorf("it took %v to end", took)
		}
		want := map[string]string{"first": "ok", "runs": "interrupted", "called": "interrupted", "waits": "not-run"}
		if diff := cmp.Diff(want, statuses(r)); diff != "" {
			t.Errorf("statuses (-want +got):\n%s", diff)
			dump(t, r)
		}
		if r.GetExitStatus() != 130 {
			t.Errorf("exit status %d, want 130", r.GetExitStatus())
		}
		for _, name := range []string{"report.json", "junit.xml", "report.html", "trace.json"} {
			if info, err := os.Stat(filepath.Join(r.GetFolder(), name)); err != nil || info.Size() == 0 {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// A context that has ended before the run starts nothing, and leaves all reports.
func TestRunOfEndedContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errors.New("too late"))
	ran := filepath.Join(t.TempDir(), "ran")
	p := plan(
		shell("command", "touch "+ran), plays("call", "ok", needs("command")), shell("always", "touch "+ran, func(j *schedulepb.Job) { j.Always = true }),
		shell("same", "touch "+ran, func(j *schedulepb.Job) { j.Fingerprint = &schedulepb.Fingerprint{} }),
	)
	p.Guards = []*schedulepb.Guard{{Id: "watch", Work: &schedulepb.Guard_Command{Command: &schedulepb.Command{Argv: []string{"touch", ran}}}}}
	began := 0
	r, err := tries(t, ctx, p, &Options{Events: func(e *schedulepb.Event) {
		if e.GetJobStarted() != nil || e.GetResourceGranted() != nil || e.GetGuardChanged().GetPid() != 0 {
			began++
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"command": "not-run", "call": "not-run", "always": "not-run", "same": "not-run"}
	if diff := cmp.Diff(want, statuses(r)); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
		dump(t, r)
	}
	if r.GetExitStatus() != 130 || r.GetWhy() != "interrupted: too late" {
		t.Errorf("exit status %d: %q", r.GetExitStatus(), r.GetWhy())
	}
	if _, err := os.Stat(ran); began > 0 || err == nil {
		t.Errorf("%d things began, and %v", began, err)
	}
	for _, name := range []string{"report.json", "junit.xml", "report.html", "trace.json"} {
		if info, err := os.Stat(filepath.Join(r.GetFolder(), name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A nil context panics where it is given.
func TestRunOfNilContext(t *testing.T) {
	defer func() {
		if got := fmt.Sprint(recover()); !strings.Contains(got, "give context.Background()") {
			t.Errorf("it panics with %q", got)
		}
	}()
	_, _ = Run(nil, plan(shell("a", "true")), nil) //nolint:staticcheck // that is what is tested
	t.Error("it returned")
}

// The first interrupt waits for a grace, the second does not.
func TestPC8(t *testing.T) {
	deaf := `trap '' INT TERM; while :; do sleep 1; done`
	says := `trap '' INT TERM; echo '{"message": "deaf"}' > $ANSAR_EVENTS; while :; do sleep 1; done`
	t.Run("one interrupt", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		var interrupted time.Time
		r, err := tries(t, ctx, plan(shell("a", says), shell("b", says)), &Options{
			Grace: time.Second, Events: whenSaid(2, func() { interrupted = time.Now(); cancel() }),
		})
		if err != nil || r.GetExitStatus() != 130 {
			t.Errorf("exit status %d, %v", r.GetExitStatus(), err)
		}
		if took := time.Since(interrupted); took < 900*time.Millisecond || took > time.Second+hurry {
			t.Errorf("it took %v to end, want the grace", took)
		}
	})
	eachIsolation(t, func(t *testing.T, isolation schedulepb.Isolation) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		var killed time.Time
		var asking sync.WaitGroup
		control := new(Control)
		r, err := tries(t, ctx, plan(shell("a", deaf), plays("b", "deaf:10m")), &Options{
			Isolation: isolation, Grace: time.Minute, Control: control, Events: whenStarted(2, func() {
				cancel()
				asking.Go(func() { killed = time.Now(); _ = control.Kill("again") })
			}),
		})
		asking.Wait()
		if err != nil || r.GetExitStatus() != 130 {
			t.Errorf("exit status %d, %v", r.GetExitStatus(), err)
		}
		if took := time.Since(killed); took > 500*time.Millisecond+hurry/2 {
			t.Errorf("it took %v to end", took)
		}
		want := map[string]string{"a": "interrupted", "b": "interrupted"}
		if diff := cmp.Diff(want, statuses(r)); diff != "" {
			t.Errorf("statuses (-want +got):\n%s", diff)
			dump(t, r)
		}
		if _, err := Report(r.GetFolder()); err != nil {
			t.Errorf("the journal: %v", err)
		}
	})
}

func init() {
	programs["scheduler"] = func() {
		actor.Main()
		osproc.OwnMain()
		isolation, _ := map[string]schedulepb.Isolation{
			"process": schedulepb.Isolation_ISOLATION_PROCESS, "pool": schedulepb.Isolation_ISOLATION_POOL,
		}[os.Args[2]]
		_, err := Run(context.Background(), plan(
			shell("done", "true"), shell("a", "sleep 600", needs("done")), shell("b", "sleep 600", needs("done")),
			plays("c", "sleep:10m", needs("done")), plays("d", "sleep:10m", needs("done")),
		), &Options{Folder: os.Args[1], Isolation: isolation, Slots: 4, Events: whenStarted(5, func() { fmt.Println("all run") })})
		fmt.Println("ended", err)
	}
}

// When the scheduler is killed, what it has started ends, and the journal tells.
func TestEC16(t *testing.T) { killsScheduler(t, "pool") }

// The report of a killed run is made from its journal.
func TestOC13(t *testing.T) { killsScheduler(t, "process") }

func killsScheduler(t *testing.T, isolation string) {
	mark := proctest.Mark(t)
	folder := filepath.Join(t.TempDir(), "run")
	name := filepath.Join(t.TempDir(), "scheduler")
	if err := os.Symlink(self(t), name); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(name, folder, isolation)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || strings.TrimSpace(line) != "all run" {
		t.Errorf("the scheduler says %q, %v", line, err)
	}
	_ = c.Process.Kill()
	_ = c.Wait() // it was killed
	if left := proctest.Gone(mark, 5*time.Second); len(left) > 0 {
		t.Errorf("%d processes are left", len(left))
	}
	r, err := Report(folder)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"done": "ok", "a": "interrupted", "b": "interrupted", "c": "interrupted", "d": "interrupted"}
	if diff := cmp.Diff(want, statuses(r)); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
}

func self(t *testing.T) string {
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// A subscriber that crashes or sleeps changes nothing but that there are warnings.
func TestEC18(t *testing.T) {
	var jobs []*schedulepb.Job
	for i := range 20 {
		jobs = append(jobs, shell(fmt.Sprint("job-", i), "true"))
	}
	r := runs(t, plan(jobs...), &Options{Events: func(*schedulepb.Event) { panic("a broken hook") }})
	if r.GetExitStatus() != 0 {
		t.Errorf("exit status %d", r.GetExitStatus())
	}
	events := 0
	for e, err := range journal.Read(r.GetFolder()) {
		if err != nil {
			t.Fatal(err)
		}
		if e.GetWarning() == nil && e.GetRunFinished() == nil {
			events++
		}
	}
	if got := len(r.GetWarnings()); got != events {
		t.Errorf("%d warnings for %d events", got, events)
	}
}

// A subscriber that never returns does not keep the run from its end.
func TestSlowSubscriber(t *testing.T) {
	began := time.Now()
	r := runs(t, plan(shell("quick", "true")), &Options{Events: func(*schedulepb.Event) { <-freed }})
	if took := time.Since(began); took > 2*subscriberPatience+hurry || r.GetExitStatus() != 0 {
		t.Errorf("the run took %v, exit status %d", took, r.GetExitStatus())
	}
}

// A journal that cannot be written ends the run.
func TestJournalThatCannotBeWritten(t *testing.T) {
	proctest.Mark(t)
	o, err := (&Options{Folder: filepath.Join(t.TempDir(), "run"), Slots: 2, Grace: time.Second}).completed()
	if err != nil {
		t.Fatal(err)
	}
	r, err := prepare(plan(shell("runs", "sleep 600"), shell("next", "true", needs("runs"))), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.createFolder(); err != nil {
		t.Fatal(err)
	}
	if r.log, err = os.Create(filepath.Join(r.folder, runLog)); err != nil {
		t.Fatal(err)
	}
	o.Control = new(Control)
	var asking sync.WaitGroup
	o.Events = whenStarted(1, func() {
		_ = r.journal.Close()
		asking.Go(func() { _ = o.Control.Pause(true, "an event that cannot be written") })
	})
	report, err := r.finish(r.schedule(context.Background()))
	asking.Wait()
	if !errors.Is(err, journal.ErrClosed) || report.GetExitStatus() != 3 || report.GetWhy() == "" {
		t.Errorf("Run: %v, exit status %d, why %q", err, report.GetExitStatus(), report.GetWhy())
	}
}

// Many ask at the same time, before, while and after it runs.
func TestControlHammer(t *testing.T) {
	control := new(Control)
	if err := control.Pause(true, "early"); !errors.Is(err, ErrNotRunning) {
		t.Errorf("Pause before the run: %v", err)
	}
	var asking sync.WaitGroup
	p := plan(shell("long", "sleep 600"), shell("cancelled", "sleep 600"))
	r, err := tries(t, context.Background(), p, &Options{Control: control, Grace: time.Second, Events: whenStarted(2, func() {
		asking.Go(func() { hammer(t, control) })
	})})
	asking.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if got := statuses(r); len(got) != 2+hammers*3 || got["long"] != "interrupted" || got["cancelled"] == "ok" {
		t.Errorf("statuses %v", got)
	}
	if r.GetExitStatus() != 130 {
		t.Errorf("exit status %d", r.GetExitStatus())
	}
	if err := control.Interrupt("late"); !errors.Is(err, ErrNotRunning) {
		t.Errorf("Interrupt after the run: %v", err)
	}
}

const hammers = 8

func hammer(t *testing.T, control *Control) {
	var group sync.WaitGroup
	for i := range hammers {
		group.Go(func() {
			for n := range 3 {
				_ = control.Pause(n%2 == 0, "hammer")
				if err := control.Add(shell(fmt.Sprintf("added-%d-%d", i, n), "true"), "hammer"); err != nil {
					t.Errorf("Add: %v", err)
				}
			}
			_ = control.Add(shell("long", "true"), "hammer")
			_ = control.Cancel("cancelled", "hammer")
			_ = control.Cancel("nobody", "hammer")
		})
	}
	group.Wait()
	if err := control.Add(shell("long", "true"), "hammer"); err == nil {
		t.Error("Add of an id that is taken: no error")
	}
	if err := control.Cancel("nobody", ""); err == nil {
		t.Error("Cancel of no job: no error")
	}
	_ = control.Pause(false, "enough")
	_ = control.Interrupt("enough")
}
