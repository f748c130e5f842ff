package framework_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/internal/background"
	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/logstore"
	"github.com/ansar-go/ansar/internal/proctest"
)

// atHome makes a home with roles, such as backs-0=backs.
func atHome(t *testing.T, roles ...string) *home.Home {
	t.Helper()
	t.Setenv("GORACE", "atexit_sleep_ms=0")
	bin := filepath.SplitList(os.Getenv("PATH"))[0]
	h, err := home.Create(filepath.Join(t.TempDir(), "home"), map[home.Area]string{home.Bin: bin})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range roles {
		role, executable, _ := strings.Cut(r, "=")
		if err := h.Add(home.NewRole{Role: home.Role{Name: role, Executable: executable}}); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// begin starts backs-0 in the background, and leaves nothing of it.
func begin(t *testing.T, h *home.Home, role, name string, words ...string) *backgrounded {
	t.Helper()
	b, err := launch(h.Root(), role, name, words...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = b.process.Kill()    // it has ended, or the test has failed
		_, _ = b.process.Wait() // as above
		_ = b.command.Events.Close()
	})
	return b
}

// expect waits for the next event.
func (b *backgrounded) expect(t *testing.T, want background.Kind) background.Event {
	t.Helper()
	e, err := b.event()
	if err != nil || e.Kind != want {
		t.Fatalf("event %+v, %v, want %s", e, err, want)
	}
	return e
}

// status waits for the end.
func (b *backgrounded) status(t *testing.T) int {
	t.Helper()
	state, err := b.process.Wait()
	if err != nil {
		t.Fatal(err)
	}
	return state.ExitCode()
}

func lastRun(t *testing.T, h *home.Home, role string) *history.Run {
	t.Helper()
	run, err := history.Of(h, role).Settle()
	if err != nil || run == nil {
		t.Fatalf("history of %s: %v, %v", role, run, err)
	}
	return run
}

// logOf is the log of a role, without the times.
func logOf(t *testing.T, h *home.Home, role string) []string {
	t.Helper()
	lines, err := logstore.Tail(filepath.Join(h.Dir(home.Logs), role), 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range lines {
		if len(line) < 24 {
			t.Fatalf("line %q", line)
		}
		lines[i] = line[24:]
	}
	return lines
}

func TestBackground(t *testing.T) {
	proctest.Mark(t)
	h := atHome(t, "noop-0=noop")
	b := begin(t, h, "noop-0", "noop")
	started := b.expect(t, background.Started)
	b.expect(t, background.Ready)
	if e, err := b.event(); err != io.EOF {
		t.Errorf("after the last word: %+v, %v", e, err)
	}
	if got := b.status(t); got != 0 {
		t.Errorf("exit status %d", got)
	}
	run := lastRun(t, h, "noop-0")
	got := []any{started.PID, started.Run, run.Number, run.PID, run.By, run.Restart, run.Executable, run.Digest[:7], run.Ready.IsZero(),
		run.End.How, run.End.Type, string(run.End.Value), run.End.Usage.MaxRSS > 1<<20}
	want := []any{b.process.Pid, 1, 1, b.process.Pid, "ansar start", 3, "noop", "sha256:", false,
		history.Returned, "Ack", `{"@type":"type.googleapis.com/ansar.lifecycle.v1.Ack"}`, true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("run (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{
		"+ <00000008>noop - Created by <00000001>", "^ <00000008>noop - Log this and exit", "X <00000008>noop - Destroyed",
	}, logOf(t, h, "noop-0")); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	if holder, err := h.Holder("noop-0"); holder != nil || err != nil {
		t.Errorf("the lock is held by %v, %v", holder, err)
	}
}

// What a process prints by itself, and its children, is in its log.
func TestBackgroundKeepsPrints(t *testing.T) {
	proctest.Mark(t)
	h := atHome(t, "backs-0=backs")
	b := begin(t, h, "backs-0", "backs", "prints")
	if got := b.status(t); got != 0 {
		t.Errorf("exit status %d", got)
	}
	var out, errs []string
	for _, line := range logOf(t, h, "backs-0") {
		switch text, printed := strings.CutPrefix(line[1:], " <00000001>backs - "); {
		case !printed:
		case line[0] == '^':
			out = append(out, text)
		case line[0] == '?':
			errs = append(errs, text)
		}
	}
	want := []string{"by fmt", "by the descriptor", "by a child", "not ended"}
	wantErrs := []string{"by fmt, to standard error", "by log", "by the runtime", "by the other descriptor", "by a child, to standard error"}
	if diff := cmp.Diff([][]string{want, wantErrs}, [][]string{out, errs}); diff != "" {
		t.Errorf("prints (-want +got):\n%s", diff)
	}
}

func TestBackgroundKeepsManyPrints(t *testing.T) {
	proctest.Mark(t)
	h := atHome(t, "backs-0=backs")
	begin(t, h, "backs-0", "backs", "floods").status(t)
	n := 0
	for _, line := range logOf(t, h, "backs-0") {
		if strings.HasPrefix(line, fmt.Sprintf("^ <00000001>backs - %06d of", n)) {
			n++
		}
	}
	if n != 20_000 {
		t.Errorf("%d lines in order, want 20000", n)
	}
}

func TestBackgroundDoesNotStart(t *testing.T) {
	proctest.Mark(t)
	h := atHome(t, "snooze-0=snooze", "noop-0=noop", "damaged=snooze", "unwritable=noop")
	path, err := h.Path(home.Settings, "damaged")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(`{"value": {"seconds": "x"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(h.Dir(home.Logs), "unwritable"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, role, program string
		words               []string
		want                string
		status              int
	}{
		{"a bad setting", "snooze-0", "snooze", []string{"--seconds=never"}, `^--seconds: "never" is not a number$`, 2},
		{"an unknown flag", "snooze-0", "snooze", []string{"--second=1"}, `unknown flag --second`, 2},
		{"a flag for users", "snooze-0", "snooze", []string{"--dump-settings"}, `^flags that print or store are for a program run by hand`, 2},
		{"damaged settings", "damaged", "snooze", nil, `damaged.json:1:23: settings.seconds: "x" is not a number`, 1},
		{"no such role", "other", "noop", nil, `^role "other" .* does not exist$`, 1},
		{"a sub-role", "noop-0.below", "noop", nil, `^only a role of a home can be in the background`, 1},
		{"another executable", "snooze-0", "noop", nil, `is for the executable "snooze", not for "noop"$`, 1},
		{"no folder for logs", "unwritable", "noop", nil, `unwritable`, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := begin(t, h, tt.role, tt.program, tt.words...)
			e := b.expect(t, background.Failed)
			if !regexp.MustCompile(tt.want).MatchString(e.Error) || e.Locked != 0 {
				t.Errorf("%+v, want %s", e, tt.want)
			}
			if got := b.status(t); got != tt.status {
				t.Errorf("exit status %d, want %d", got, tt.status)
			}
			if last, err := history.Of(h, tt.role).Last(); last != nil || err != nil {
				t.Errorf("a run that never was: %+v, %v", last, err)
			}
		})
	}
}

// A role runs once. Who comes second hears who runs, and leaves no trace.
func TestBackgroundRunsOnce(t *testing.T) {
	proctest.Mark(t)
	h := atHome(t, "backs-0=backs")
	first := begin(t, h, "backs-0", "backs", "hangs", "--grace=0.1s")
	first.expect(t, background.Started)
	second := begin(t, h, "backs-0", "backs", "hangs")
	e := second.expect(t, background.Failed)
	if e.Locked != first.process.Pid || !strings.Contains(e.Error, fmt.Sprintf("locked by process %d", first.process.Pid)) {
		t.Errorf("%+v, want it locked by %d", e, first.process.Pid)
	}
	if got := second.status(t); got != 1 {
		t.Errorf("exit status %d", got)
	}
	if run := lastRun(t, h, "backs-0"); !run.Open() || run.Number != 1 {
		t.Errorf("run %+v", run)
	}
}

// Ready comes when the object says so.
func TestBackgroundAnnouncesReady(t *testing.T) {
	proctest.Mark(t)
	h := atHome(t, "announces-0=announces")
	folder, err := h.Folder(home.Model, "announces-0")
	if err != nil {
		t.Fatal(err)
	}
	gate := filepath.Join(folder, "go")
	if err := syscall.Mkfifo(gate, 0o600); err != nil {
		t.Fatal(err)
	}
	b := begin(t, h, "announces-0", "announces")
	b.expect(t, background.Started)
	if run := lastRun(t, h, "announces-0"); !run.Ready.IsZero() {
		t.Error("ready before it said so")
	}
	w, err := os.OpenFile(gate, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	b.expect(t, background.Ready)
	if run := lastRun(t, h, "announces-0"); run.Ready.IsZero() {
		t.Error("it said so, and the history does not")
	}
	if err := b.process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if got := b.status(t); got != 0 {
		t.Errorf("exit status %d", got)
	}
	run := lastRun(t, h, "announces-0")
	if len(run.Stops) != 1 || run.Stops[0].By != "signal: interrupt" || run.End.How != history.Returned {
		t.Errorf("stops %+v, end %+v", run.Stops, run.End)
	}
}

// What runs below a component in the background logs into its store, and has no
// lock and no history.
func TestBackgroundOfMany(t *testing.T) {
	proctest.Mark(t)
	h := atHome(t, "calls-0=calls")
	if got := begin(t, h, "calls-0", "calls", "noop", "role", "below").status(t); got != 0 {
		t.Errorf("exit status %d", got)
	}
	if log := logOf(t, h, "calls-0"); !slices.ContainsFunc(log, func(l string) bool { return strings.HasSuffix(l, "noop - Log this and exit") }) {
		t.Errorf("log %q", log)
	}
	for _, area := range []home.Area{home.History, home.Locks} {
		entries, err := os.ReadDir(h.Dir(area))
		if err != nil || len(entries) != 1 {
			t.Errorf("%s: %v, %v", area, entries, err)
		}
	}
}

// The property storage bounds the log.
func TestBackgroundStorage(t *testing.T) {
	proctest.Mark(t)
	h := atHome(t, "backs-0=backs")
	if err := h.SetProperty("storage", []byte(`"100000"`), "backs-0"); err != nil {
		t.Fatal(err)
	}
	begin(t, h, "backs-0", "backs", "floods").status(t)
	size, err := h.LogSize("backs-0")
	if err != nil || size.Bytes > 110_000 || size.Bytes < 50_000 {
		t.Errorf("size of the log %v, %v", size, err)
	}
}

// It survives its starter, which may be gone at any time.
func TestBackgroundSurvivesItsStarter(t *testing.T) {
	proctest.Mark(t)
	h := atHome(t, "waits-0=announces")
	folder, err := h.Folder(home.Model, "waits-0")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "go"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := program(t, "asstarter", h.Root(), "waits-0", "announces").Output()
	if err != nil || !strings.HasSuffix(string(out), " ready\n") {
		t.Fatalf("%s, %v", out, err)
	}
	run := lastRun(t, h, "waits-0")
	holder, err := h.Holder("waits-0")
	if !run.Open() || err != nil || holder == nil || holder.PID != run.PID {
		t.Fatalf("run %+v, holder %v, %v", run, holder, err)
	}
	if err := syscall.Kill(run.PID, syscall.SIGINT); err != nil { // of this very process: the lock says so
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), hangs)
	defer cancel()
	if run, err = history.Of(h, "waits-0").Wait(ctx, 1); err != nil || run.End.How != history.Returned {
		t.Errorf("run %+v, %v", run, err)
	}
}

// However many look at a role, its starts work, and every run has its own end.
func TestLookingHindersNoStart(t *testing.T) {
	proctest.Mark(t)
	h := atHome(t, "noop-0=noop")
	const starts = 15
	done := make(chan struct{})
	var looking sync.WaitGroup
	for range 3 {
		looking.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if _, err := history.Of(h, "noop-0").Settle(); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for n := 1; n <= starts; n++ {
		b := begin(t, h, "noop-0", "noop")
		if e := b.expect(t, background.Started); e.Run != n {
			t.Errorf("start %d is run %d", n, e.Run)
		}
		b.expect(t, background.Ready)
		if got := b.status(t); got != 0 {
			t.Errorf("exit status %d", got)
		}
	}
	close(done)
	looking.Wait()
	runs, err := history.Of(h, "noop-0").Runs()
	if err != nil || len(runs) != starts {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	for _, r := range runs {
		if r.End == nil || r.End.How != history.Returned {
			t.Errorf("run %d: %+v", r.Number, r.End)
		}
	}
}
