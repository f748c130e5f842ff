package history

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ansar-go/ansar/internal/home"
)

// ends counts the ends of runs in the file.
func ends(t testing.TB, h *home.Home) int {
	t.Helper()
	return strings.Count(string(must[[]byte](t)(os.ReadFile(historyFile(h)))), `"event":"end"`)
}

func TestKilledRunVanishes(t *testing.T) {
	h := newHome(t)
	role := play(t, h, "role")
	role.word(t)
	f := Of(h, "r")
	if run := must[*Run](t)(f.Settle()); !run.Open() || run.PID != role.Process.Pid {
		t.Fatalf("a run that goes on: %+v", run)
	}
	folder := must[string](t)(h.Folder(home.Logs, "r"))
	old := "2001-01-01T00:00:00.000 ^ <00000008>noop - of an earlier run\n"
	at := time.Now().UTC().Add(time.Second).Truncate(time.Millisecond)
	ok(t, os.WriteFile(filepath.Join(folder, "log.txt"), []byte(old+at.Format(stamp)+" ^ <00000008>noop - the last word\n"), 0o600))
	ok(t, f.Stopping(1, "ansar stop"))
	role.kill(t)
	run := must[*Run](t)(f.Settle())
	if run.End == nil || run.End.How != Vanished || !run.End.Time.Equal(at) {
		t.Fatalf("a run that was killed: %+v", run.End)
	}
	if len(run.End.LastLines) != 1 || !strings.Contains(run.End.LastLines[0], "the last word") {
		t.Errorf("last lines: %q", run.End.LastLines)
	}
	for _, part := range []string{fmt.Sprintf("process %d is gone", role.Process.Pid), "last seen " + at.Format(stamp), "ansar stop was about to"} {
		if !strings.Contains(run.End.Evidence, part) {
			t.Errorf("evidence %q lacks %q", run.End.Evidence, part)
		}
	}
	must[*Run](t)(f.Settle())
	if got := ends(t, h); got != 1 {
		t.Errorf("%d ends in the file, want 1", got)
	}
}

func TestCrashReportIsEvidence(t *testing.T) {
	h := newHome(t)
	folder := must[string](t)(h.Folder(home.Logs, "r"))
	crashes := filepath.Join(folder, "crash.log")
	ok(t, os.WriteFile(crashes, []byte("panic: of an earlier run\n"), 0o600))
	role := play(t, h, "role")
	role.word(t)
	file := must[*os.File](t)(os.OpenFile(crashes, os.O_APPEND|os.O_WRONLY, 0))
	fmt.Fprint(file, "note\npanic: boom\n\ngoroutine 1:\n")
	ok(t, file.Close())
	role.kill(t)
	run := must[*Run](t)(Of(h, "r").Settle())
	if !strings.HasSuffix(run.End.Evidence, "it crashed: panic: boom") || run.End.Dump != crashes || !run.End.Crashed() {
		t.Errorf("end %+v", run.End)
	}
}

// A crash whose first lines are missing is one, too.
func TestHeadlessCrash(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"nothing", "\n\n", ""},
		{"a line", "\nassertion failed\nmore", "assertion failed"},
		{"a goroutine that gave up", "\ngoroutine 12 [running]:\nruntime.throw({0xb52f2a?, 0xa640c0?})\n\t/go/panic.go:1229\n" +
			"runtime.(*mcache).allocLarge(0x2?, 0x1000000, 0x1)\n\t/go/mcache.go:259\n", "goroutine 12 [running]: runtime.(*mcache).allocLarge"},
		{"the runtime itself", "\nruntime stack:\nruntime.throw({0xb5})\n\t/go/panic.go:1229\nruntime.sysMapOS(0x7f, 0x400000)\n", "runtime stack: runtime.sysMapOS"},
		{"a goroutine alone", "goroutine 12 [running]:", "goroutine 12 [running]:"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := headless(strings.Split(tt.text, "\n")); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// Who can still know is not overtaken, and what it says counts.
func TestWhoKnowsIsNotOvertaken(t *testing.T) {
	status := 3
	exact := Ending{How: Exited, ExitStatus: &status}
	t.Run("the parent", func(t *testing.T) {
		h := newHome(t)
		f := Of(h, "r")
		role := play(t, h, "child")
		role.word(t)
		role.kill(t)
		if run := must[*Run](t)(f.Settle()); !run.Open() {
			t.Fatal("overtaken: this process was the parent")
		}
		ok(t, f.End(1, exact))
		if run := must[*Run](t)(f.Settle()); run.End.How != Exited || *run.End.ExitStatus != 3 {
			t.Errorf("end %+v", run.End)
		}
	})
	t.Run("the keeper", func(t *testing.T) {
		h := newHome(t)
		f := Of(h, "r")
		keeper, role := play(t, h, "keeper"), play(t, h, "role")
		keeper.word(t)
		role.word(t)
		role.kill(t)
		if run := must[*Run](t)(f.Settle()); !run.Open() {
			t.Fatal("overtaken")
		}
		keeper.kill(t)
		if run := must[*Run](t)(f.Settle()); run.Open() || run.End.How != Vanished {
			t.Fatalf("nobody knows any more: %+v", run.End)
		}
		ok(t, f.End(1, exact)) // somebody did
		if run := must[*Run](t)(f.Last()); run.End.How != Exited {
			t.Errorf("end %+v: an exact one wins", run.End)
		}
	})
}

// Two that look at once, here or elsewhere, add one end.
func TestManySettleAtOnce(t *testing.T) {
	h := newHome(t)
	role := play(t, h, "role")
	role.word(t)
	role.kill(t)
	var others []*other
	for range 6 {
		others = append(others, play(t, h, "settle"))
	}
	for _, o := range others {
		_ = o.in.Close()
	}
	for _, o := range others {
		if how := o.word(t); how != Vanished {
			t.Errorf("it has %s", how)
		}
		o.end(t)
	}
	if got := ends(t, h); got != 1 {
		t.Errorf("%d ends in the file, want 1", got)
	}
}

// A run is told from a later process with its id, and from what cannot be seen.
func TestWhoIsTheProcess(t *testing.T) {
	self := home.Identify(os.Getpid())
	earlier, elsewhere, before := self, self, self
	earlier.Start--
	elsewhere.Space = "pid:[1]"
	before.Boot = "another"
	tests := []struct {
		name    string
		process home.Process
		parent  home.Process
		locked  bool
		want    string // how it ended; empty: it goes on
	}{
		{"the process lives, and has not yet given up the lock", self, home.Process{}, true, ""},
		{"the process lives without a lock, as on file systems without them", self, home.Process{}, false, ""},
		{"the id is another process's now", earlier, home.Process{}, false, Vanished},
		{"a process that cannot be seen holds the lock", elsewhere, home.Process{}, true, ""},
		{"a process that cannot be seen holds it no more", elsewhere, home.Process{}, false, Vanished},
		{"the machine was started again", before, home.Process{}, false, Vanished},
		{"the parent lives", earlier, self, false, ""},
		{"the id of the parent is another process's now", earlier, earlier, false, Vanished},
		{"the parent cannot be seen", earlier, elsewhere, false, Vanished},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHome(t)
			f := Of(h, "r")
			must[int](t)(f.Begin(Begin{}))
			rec := &record{Run: 1, Event: began, Time: now(), Begin: &beginning{Process: tt.process, Parent: tt.parent}}
			ok(t, os.WriteFile(historyFile(h), must[[]byte](t)(rec.line()), 0o600))
			if tt.locked {
				o := play(t, h, "lock")
				o.word(t)
				defer o.end(t)
			}
			run := must[*Run](t)(f.Settle())
			got := ""
			if run.End != nil {
				got = run.End.How
			}
			if got != tt.want {
				t.Errorf("how it ended: %q, want %q", got, tt.want)
			}
			if tt.process == before && !strings.Contains(run.End.Evidence, "went with the machine") {
				t.Errorf("evidence %q", run.End.Evidence)
			}
		})
	}
}

// Who may only read still sees the truth.
func TestSettleWithoutWriting(t *testing.T) {
	h := newHome(t)
	f := Of(h, "r")
	must[int](t)(f.Begin(Begin{PID: 1 << 30}))
	blocker := play(t, h, "stuck writer")
	blocker.word(t)
	f.patience = time.Millisecond
	run := must[*Run](t)(f.Settle())
	if run.Open() || run.End.How != Vanished {
		t.Errorf("end %+v", run.End)
	}
	if got := ends(t, h); got != 0 {
		t.Errorf("%d ends were written", got)
	}
	if err := f.Ready(1); err == nil || !strings.Contains(err.Error(), "is it suspended?") {
		t.Errorf("writing beside a writer that does not go on: %v", err)
	}
	blocker.end(t)
	deadline := time.Now().Add(10 * time.Second)
	for f.Ready(1) != nil { // those who waited give the lock back one after the other
		if time.Now().After(deadline) {
			t.Fatal("the lock is not given back")
		}
	}
}
