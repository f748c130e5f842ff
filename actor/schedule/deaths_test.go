package schedule

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// A death is seen by the death, not by what was never said.
func TestOC3(t *testing.T) {
	silent := shell("promised", "exit 0", timeout(time.Minute))
	silent.MustReport = true
	began := time.Now()
	r := runs(t, plan(
		shell("killed", "kill -KILL $$", timeout(time.Minute)), shell("silent", "exit 0", timeout(time.Minute)), silent,
		plays("called", "kill", timeout(time.Minute)), plays("left", "exit:0", timeout(time.Minute)),
	), nil)
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("the run took %v", took)
	}
	want := map[string]string{"killed": "crashed", "silent": "ok", "promised": "error", "called": "crashed", "left": "error"}
	if diff := cmp.Diff(want, statuses(r)); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
		dump(t, r)
	}
	for _, id := range []string{"killed", "called"} {
		if got := jobOf(t, r, id).GetAttempts()[0].GetCause().GetSignal(); got != 9 {
			t.Errorf("job %s: signal %d, want 9", id, got)
		}
	}
	if r.GetExitStatus() == 0 {
		t.Error("exit status 0")
	}
}

// A time limit ends the whole tree, also what heeds no SIGTERM.
func TestOC4(t *testing.T) {
	const limit, patience = time.Second, 500 * time.Millisecond
	hang := `trap '' TERM; sleep 600 & setsid sh -c 'trap "" TERM; sleep 601; true' & while :; do sleep 1; done`
	tests := []struct {
		name     string
		job      *schedulepb.Job
		killedBy string
	}{
		{"a command", shell("hangs", hang, timeout(limit), grace(patience)), "SIGTERM, SIGKILL"},
		{"a call, which ends what it has started", plays("hangs", "stray deaf:10m", timeout(limit), grace(patience)), "stop"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			began := time.Now()
			r := runs(t, plan(tt.job), nil)
			if took := time.Since(began); took > limit+patience+hurry {
				t.Errorf("the run took %v", took)
			}
			a := jobOf(t, r, "hangs").GetAttempts()[0]
			if a.GetStatus() != schedulepb.Status_STATUS_TIMED_OUT || len(a.GetStrays()) == 0 {
				t.Errorf("status %v, strays %v, want timed-out with strays", a.GetStatus().Name(), a.GetStrays())
				dump(t, r)
			}
			for _, s := range a.GetStrays() {
				if !s.GetKilled() {
					t.Errorf("stray %v is not killed", s)
				}
			}
			if got := a.GetCause().GetKilledBy(); got != tt.killedBy {
				t.Errorf("killed by %q, want %q", got, tt.killedBy)
			}
		})
	}
}

// What a job leaves delays nobody and is killed.
func TestEC10(t *testing.T) {
	began := time.Now()
	r := runs(t, plan(
		shell("leaves", "sleep 60 & true"), shell("next", "true", needs("leaves")), shell("other", "true"),
	), &Options{Slots: 1})
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("the run took %v", took)
	}
	want := map[string]string{"leaves": "leaky", "next": "ok", "other": "ok"}
	if diff := cmp.Diff(want, statuses(r)); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
		dump(t, r)
	}
	strays := jobOf(t, r, "leaves").GetAttempts()[0].GetStrays()
	if len(strays) != 1 || !strings.Contains(strays[0].GetCommandLine(), "sleep 60") {
		t.Errorf("strays %v, want sleep 60", strays)
	}
	if r.GetExitStatus() != 1 {
		t.Errorf("exit status %d, want 1", r.GetExitStatus())
	}
}

// Children that are left when a program returns are ended, and named one by one.
func TestPC7(t *testing.T) {
	line := "for i in 1 2 3; do sh -c 'trap \"\" TERM; sleep 600; true' & done; sleep 0.2"
	r := runs(t, plan(shell("leaves", line, grace(300*time.Millisecond))), nil)
	var shells int
	for _, s := range jobOf(t, r, "leaves").GetAttempts()[0].GetStrays() {
		if strings.HasPrefix(s.GetCommandLine(), "sh -c trap") && s.GetKilled() {
			shells++
		}
	}
	if shells != 3 || r.GetExitStatus() == 0 {
		t.Errorf("%d strays, exit status %d, want 3 and not 0", shells, r.GetExitStatus())
		dump(t, r)
	}
}

// Each way to fail is told apart.
func TestEC17(t *testing.T) {
	short := plays("refused", "")
	short.GetCall().Object, short.GetCall().Executable = "", installed(t) // of which this program knows nothing
	short.GetCall().InputMessage = pack(&schedulepb.Job{})
	r := runs(t, plan(
		shell("truncated", `echo last; printf '{"a": ' > $ANSAR_RESULT`), shell("garbage", `echo last; echo no > $ANSAR_RESULT`),
		shell("exit", "echo last; exit 1"), shell("signal", "echo last; kill -SEGV $$"),
		plays("fault", "fail:no"), plays("panic", "panic"), plays("exited", "exit:1"), plays("killed", "kill"), short,
	), nil)
	got := map[string]string{}
	for _, j := range r.GetJobs() {
		a := j.GetAttempts()[0]
		got[j.GetId()] = j.GetStatus().Name() + " " + a.GetCause().GetKind()
		if j.GetCause().GetKind() == "" {
			t.Errorf("job %s has no cause", j.GetId())
		}
	}
	want := map[string]string{
		"truncated": "error truncated-reply", "garbage": "error bad-reply", "exit": "failed exit-status", "signal": "crashed signal",
		"fault": "failed fault", "panic": "error panic", "exited": "failed exit-status", "killed": "crashed signal", "refused": "error refused",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("causes (-want +got):\n%s", diff)
		dump(t, r)
	}
	for _, id := range []string{"truncated", "garbage", "exit", "signal"} {
		if lines := jobOf(t, r, id).GetAttempts()[0].GetLastLines(); !strings.Contains(lines, "last") {
			t.Errorf("last lines of %s are %q", id, lines)
		}
	}
	if stack := jobOf(t, r, "panic").GetAttempts()[0].GetCause().GetStack(); !strings.Contains(stack, "programs_test.go") {
		t.Errorf("the panic has the stack %q", stack)
	}
}

// What cannot be ended is left behind, and the run ends.
func TestInProcessThatHeedsNothing(t *testing.T) {
	began := time.Now()
	r := runs(t, plan(plays("deaf", "deaf:10m", timeout(100*time.Millisecond), grace(200*time.Millisecond))),
		&Options{Isolation: schedulepb.Isolation_ISOLATION_IN_PROCESS})
	if took := time.Since(began); took > 200*time.Millisecond+100*time.Millisecond+hurry {
		t.Errorf("the run took %v", took)
	}
	cause := jobOf(t, r, "deaf").GetAttempts()[0].GetCause()
	if got := statuses(r)["deaf"]; got != "timed-out" || cause.GetKilledBy() != "still running" {
		t.Errorf("status %s, killed by %q, want timed-out, still running", got, cause.GetKilledBy())
	}
}
