package runner

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/proctest"
)

// A role that is stopped ends by its signal, and the history says who did it.
func TestStop(t *testing.T) {
	r := newRole(t)
	r.start(r.shell("echo up; exec sleep 1000"))
	r.events()
	r.stop()
	runs := r.runs()
	if len(runs) != 1 || len(runs[0].Stops) != 1 || runs[0].Stops[0].By != "SIGTERM" || runs[0].End.Signal != "terminated" {
		t.Errorf("history: %+v", runs)
	}
}

// A stopper that has said who it is, is the one in the history.
func TestStopIsNotedOnce(t *testing.T) {
	r := newRole(t)
	r.start(r.shell("exec sleep 1000"))
	r.events()
	if err := history.Of(r.home, "web").Stopping(1, "ansar stop"); err != nil {
		t.Fatal(err)
	}
	r.stop()
	if stops := r.runs()[0].Stops; len(stops) != 1 || stops[0].By != "ansar stop" {
		t.Errorf("stops: %+v", stops)
	}
}

// A program is asked by its own signal, and what it returns then counts.
func TestStopSignal(t *testing.T) {
	r := newRole(t)
	spec := r.shell(`trap 'echo bye; exit 7' QUIT; echo up; while :; do sleep 0.01; done`)
	spec.Program.StopSignal = syscall.SIGQUIT
	spec.Program.Readiness.Log = "^up$"
	r.start(spec)
	r.events()
	r.stop()
	if end := r.last(); end.ExitStatus == nil || *end.ExitStatus != 7 {
		t.Errorf("ending: %+v", end)
	}
	if got := strings.Join(r.printed(), " "); got != "^up ^bye" {
		t.Errorf("log: %s", got)
	}
}

// A shell that waits for its child hears of it, and so does the child, which may
// take its time.
func TestStopGroup(t *testing.T) {
	r := newRole(t)
	spec := r.shell(`trap 'exit 143' TERM; sh -c 'trap "sleep 0.1; echo bye; exit 7" TERM; echo up; while :; do sleep 0.01; done'; echo next`)
	spec.Program.StopGroup = true
	spec.Program.Readiness.Log = "^up$"
	r.start(spec)
	r.events()
	r.stop()
	if end := r.last(); end.ExitStatus == nil || *end.ExitStatus != 143 {
		t.Errorf("ending: %+v", end)
	}
	printed := r.printed() // also what the shell says of others that were signalled
	if !slices.Contains(printed, "^bye") || slices.Contains(printed, "^next") {
		t.Errorf("log: %q", printed)
	}
}

// One that ignores every polite signal is killed after its grace, and not later.
func TestStubbornIsKilled(t *testing.T) {
	r := newRole(t)
	spec := r.shell(`trap '' TERM; echo up; while :; do sleep 0.01; done`)
	spec.Program.Grace = 50 * time.Millisecond
	spec.Program.Readiness.Log = "^up$"
	r.start(spec)
	r.events()
	begun := time.Now()
	r.stop()
	if took := time.Since(begun); took < terminateLimit || took > terminateLimit+hangBound/2 {
		t.Errorf("it took %v", took)
	}
	if end := r.last(); end.Signal != "killed" {
		t.Errorf("ending: %+v", end)
	}
}

// A second order does not wait for the grace.
func TestSecondOrderKills(t *testing.T) {
	r := newRole(t)
	spec := r.shell(`trap 'echo no' TERM; echo up; while :; do sleep 0.01; done`)
	spec.Program.Readiness.Log = "^up$"
	r.start(spec)
	r.events()
	if err := r.started.Stop(); err != nil {
		t.Fatal(err)
	}
	r.logged("^no") // the first was heard
	r.stop()
	if end := r.last(); end.Signal != "killed" {
		t.Errorf("ending: %+v", end)
	}
}

// A suspended program wakes to end.
func TestStopWakes(t *testing.T) {
	r := newRole(t)
	r.start(r.shell("kill -STOP $$; exit 1"))
	r.events()
	r.stop()
	if end := r.last(); end.Signal != "terminated" {
		t.Errorf("ending: %+v", end)
	}
}

// Whatever a program leaves behind ends with it, and nothing waits for a pipe
// that it holds.
func TestNothingIsLeft(t *testing.T) {
	tests := []struct{ name, script string }{
		{"a child in the group", "sleep 1000 & echo up; exit 0"},
		{"a child in another session", "setsid sleep 1000 & echo up; exit 0"},
		{"a child in another session without the pipes", "setsid sleep 1000 >/dev/null 2>&1 & echo up; exit 0"},
		{"a daemon", "(setsid sh -c '(setsid sleep 1000 &) ; exit 0' &) ; echo up; exit 0"},
		{"a child that ignores signals", "setsid sh -c \"trap '' TERM INT HUP; while :; do sleep 1; done\" & echo up; exit 0"},
		{"a child that is suspended", "setsid sh -c 'kill -STOP $$' & echo up; exit 0"},
		{"many of them", "for i in 1 2 3 4 5 6 7 8 9 10; do setsid sh -c 'sleep 1000 & setsid sleep 1000' & done; echo up; exit 0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRole(t)
			begun := time.Now()
			r.start(r.shell(tt.script))
			r.events()
			r.await()
			if left := proctest.Gone(r.mark, 0); len(left) > 0 {
				t.Errorf("the runner has ended, and %v are left", left)
			}
			if took := time.Since(begun); took > hangBound/2 {
				t.Errorf("it took %v", took)
			}
			if end := r.last(); end.ExitStatus == nil || *end.ExitStatus != 0 {
				t.Errorf("ending: %+v", end)
			}
			if got := strings.Join(r.printed(), " "); got != "^up" {
				t.Errorf("log: %s", got)
			}
		})
	}
}

// The program ends with its runner, however that ends, and the next start finds
// nothing of it: neither a second copy, nor a child of the first.
func TestRunnerIsKilled(t *testing.T) {
	r := newRole(t)
	pids := filepath.Join(t.TempDir(), "pids")
	script := fmt.Sprintf("sleep 1000 & echo $! > %s.new; mv %[1]s.new %[1]s; echo up; exec sleep 1000", pids)
	spec := r.shell(script)
	spec.Program.Readiness.Log = "^up$"
	r.start(spec)
	r.events()
	program := r.runs()[0].PID
	if err := r.started.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	r.await()
	for deadline := time.Now().Add(hangBound); syscall.Kill(program, 0) == nil; {
		if time.Now().After(deadline) {
			t.Fatal("the program is still there")
		}
		time.Sleep(time.Millisecond) // no event tells of the end of what is not a child
	}
	run, err := history.Of(r.home, "web").Settle()
	if err != nil || run.End == nil || run.End.How != history.Vanished {
		t.Errorf("history: %+v %v", run, err)
	}
	if left := proctest.Alive(r.mark); len(left) != 1 {
		t.Fatalf("%v are left, it should be the child of the program", left)
	}
	r.start(r.shell("exec sleep 1000"))
	if got := r.events(); got != "started ready" {
		t.Errorf("events: %s", got)
	}
	if now := proctest.Alive(r.mark); len(now) != 2 {
		t.Errorf("%v run, it should be a runner and its program", now)
	}
	r.stop()
}

// A runner that is suspended does nothing, and goes on where it was.
func TestRunnerIsSuspended(t *testing.T) {
	r := newRole(t)
	done := filepath.Join(t.TempDir(), "done")
	r.start(r.shell(fmt.Sprintf("while [ ! -e %s ]; do sleep 0.01; done; echo last words; exit 3", done)))
	r.events()
	for _, s := range []syscall.Signal{syscall.SIGSTOP, syscall.SIGCONT} {
		if err := r.started.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		if s == syscall.SIGSTOP {
			if err := os.WriteFile(done, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	r.await()
	if end := r.last(); end.ExitStatus == nil || *end.ExitStatus != 3 {
		t.Errorf("ending: %+v", end)
	}
	if got := strings.Join(r.printed(), " "); got != "^last words" {
		t.Errorf("log: %s", got)
	}
}

// A role that is run already is not run twice, and the starter hears by whom.
func TestLocked(t *testing.T) {
	r := newRole(t)
	r.start(r.shell("exec sleep 1000"))
	r.events()
	first := r.started
	r.start(r.shell("exec sleep 1000"))
	want := fmt.Sprintf("failed(role %q", "web")
	if got := r.events(); !strings.HasPrefix(got, want) || !strings.Contains(got, fmt.Sprint(first.Pid())) {
		t.Errorf("events: %s", got)
	}
	r.await()
	if n := len(r.runs()); n != 1 {
		t.Errorf("%d runs in the history", n)
	}
	r.started = first
	r.stop()
}
