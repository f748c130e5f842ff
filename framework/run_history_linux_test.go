package framework_test

import (
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/ansar-go/ansar/internal/group"
	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/proctest"
)

func init() { programs["asrun"] = asRun }

// asRun runs all roles of a home in the foreground.
func asRun() {
	h, err := home.Open(os.Args[1])
	if err != nil {
		panic(err)
	}
	roles, err := h.Roles()
	if err != nil {
		panic(err)
	}
	if _, err := group.Run(h, roles, &group.RunOptions{Args: os.Args[2:]}); err != nil {
		panic(err)
	}
}

// Under a run, the history names it.
func TestRunHasAHistory(t *testing.T) {
	proctest.Mark(t)
	h := atHome(t, "noop-0=noop", "faulty-0=faulty")
	out, err := program(t, "asrun", h.Root()).CombinedOutput()
	if err != nil {
		t.Fatalf("%s, %v", out, err)
	}
	for role, value := range map[string]string{"noop-0": "Ack", "faulty-0": "Faulted"} {
		if run := lastRun(t, h, role); run.By != "ansar run" || run.Number != 1 || run.End.How != history.Returned || run.End.Type != value {
			t.Errorf("%s: run %+v, end %+v", role, run, run.End)
		}
	}
}

// One that is told to end, and does not, ends itself, also under a run.
func TestRunOfOneThatHangs(t *testing.T) {
	proctest.Mark(t)
	h := atHome(t, "backs-0=backs")
	cmd := program(t, "asrun", h.Root(), "hangs", "--grace=0.2s")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	run := awaitReady(t, h, "backs-0")
	if err := syscall.Kill(run.PID, syscall.SIGINT); err != nil { // it holds the lock
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	run = lastRun(t, h, "backs-0")
	if run.End == nil || run.End.How != history.Exited || *run.End.ExitStatus != 1 || run.End.Dump == "" || len(run.Stops) != 1 {
		t.Errorf("stops %+v, end %+v", run.Stops, run.End)
	}
}

// awaitReady waits until the history says that a role is ready.
func awaitReady(t *testing.T, h *home.Home, role string) *history.Run {
	t.Helper()
	for deadline := time.Now().Add(hangs); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		run, err := history.Of(h, role).Last()
		if err == nil && run != nil && !run.Ready.IsZero() {
			return run
		}
	}
	t.Fatalf("%s is not ready", role)
	return nil
}
