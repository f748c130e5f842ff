package framework_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/ansar-go/ansar/internal/background"
	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/proctest"
)

// One that does not stop is killed by itself, and what it was at is kept.
func TestBackgroundThatHangs(t *testing.T) {
	proctest.Mark(t)
	for _, signals := range []int{1, 2} {
		t.Run(fmt.Sprint(signals, " signals"), func(t *testing.T) {
			h := atHome(t, "backs-0=backs")
			grace := map[int]string{1: "--grace=0.2s", 2: "--grace=1h"}[signals]
			b := begin(t, h, "backs-0", "backs", "hangs", grace)
			b.expect(t, background.Started)
			b.expect(t, background.Ready)
			if err := history.Of(h, "backs-0").Stopping(1, "ansar stop"); err != nil {
				t.Fatal(err)
			}
			for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM}[:signals] {
				if err := b.process.Signal(s); err != nil {
					t.Fatal(err)
				}
			}
			if got := b.status(t); got != 130 {
				t.Errorf("exit status %d", got)
			}
			run := lastRun(t, h, "backs-0")
			if len(run.Stops) != 1 || run.End.How != history.Exited || *run.End.ExitStatus != 130 || run.End.Type != "Aborted" || !run.End.Fault {
				t.Errorf("stops %+v, end %+v", run.Stops, run.End)
			}
			if dump, err := os.ReadFile(run.End.Dump); err != nil || !strings.Contains(string(dump), "hangsHere") {
				t.Errorf("dump %q: %v", run.End.Dump, err)
			}
			if !slices.ContainsFunc(run.End.LastLines, func(l string) bool { return strings.Contains(l, "not going to stop") }) {
				t.Errorf("last lines %q", run.End.LastLines)
			}
		})
	}
}

func TestBackgroundEndings(t *testing.T) {
	proctest.Mark(t)
	tests := []struct {
		word   string
		status int
		how    string
		check  func(e *history.Ending) bool
	}{
		{"exits", 7, history.Returned, func(e *history.Ending) bool { return e.Type == "ExitCode" && !e.Fault && !e.Crashed() }},
		{"falls", 1, history.Returned, func(e *history.Ending) bool {
			return e.Type == "Faulted" && e.Fault && e.Panic && e.Crashed() && strings.Contains(e.Text, "it slipped") &&
				strings.Contains(strings.Join(e.LastLines, "\n"), "about to fall")
		}},
		{"crashes", 2, history.Vanished, func(e *history.Ending) bool {
			return strings.Contains(e.Evidence, "it crashed: panic: bang") && filepath.Base(e.Dump) == "crash.log" &&
				strings.Contains(strings.Join(e.LastLines, "\n"), "about to crash")
		}},
		{"aborts", 2, history.Vanished, func(e *history.Ending) bool { return strings.Contains(e.Evidence, "it crashed: SIGABRT: abort") }},
	}
	for _, tt := range tests {
		t.Run(tt.word, func(t *testing.T) {
			h := atHome(t, "backs-0=backs")
			b := begin(t, h, "backs-0", "backs", tt.word)
			if got := b.status(t); got != tt.status {
				t.Errorf("exit status %d, want %d", got, tt.status)
			}
			run := lastRun(t, h, "backs-0")
			if run.End == nil || run.End.How != tt.how || !tt.check(run.End) {
				t.Errorf("end %+v", run.End)
			}
		})
	}
}

// What a run said last is its own: the run before has ended the same way.
func TestLastLinesAreOfTheRun(t *testing.T) {
	proctest.Mark(t)
	h := atHome(t, "backs-0=backs")
	for range 2 {
		begin(t, h, "backs-0", "backs", "falls").status(t)
		text := strings.Join(lastRun(t, h, "backs-0").End.LastLines, "\n")
		if n := strings.Count(text, "about to fall"); n != 1 {
			t.Errorf("it was about to fall %d times:\n%s", n, text)
		}
	}
}

// By hand, a component has a history as well, and prints as always.
func TestByHandHasAHistory(t *testing.T) {
	proctest.Mark(t)
	h := atHome(t, "noop-0=noop", "faulty-0=faulty")
	out, err := program(t, "noop", "--home-path="+h.Root(), "--role-name=noop-0").Output()
	if err != nil || !strings.Contains(string(out), "Ack") {
		t.Errorf("%s, %v", out, err)
	}
	run := lastRun(t, h, "noop-0")
	if run.By != "" || run.End.How != history.Returned || run.Ready.IsZero() || run.Digest == "" {
		t.Errorf("run %+v, end %+v", run, run.End)
	}
	var exit *exec.ExitError
	if err := program(t, "faulty", "--home-path="+h.Root(), "--role-name=faulty-0", "condition").Run(); !errors.As(err, &exit) {
		t.Errorf("%v", err)
	}
	if run := lastRun(t, h, "faulty-0"); run.End.Type != "Faulted" || run.End.Text != "no power (plug it in)" {
		t.Errorf("end %+v", run.End)
	}
	if entries, err := os.ReadDir(filepath.Join(h.Dir(home.Logs), "noop-0")); err != nil || len(entries) != 1 { // crash.log
		t.Errorf("logs %v, %v: by hand they go to the terminal", entries, err)
	}
}
