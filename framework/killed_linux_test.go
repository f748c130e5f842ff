package framework_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ansar-go/ansar/internal/background"
	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/logstore"
	"github.com/ansar-go/ansar/internal/proctest"
)

// SIGKILL comes at any moment: while the component starts, runs, logs and ends.
// Each time the role is free, its history knows what there is to know, every line
// is in the log whose call had returned, and the next start works.
func TestKilledAtAnyMoment(t *testing.T) {
	proctest.Mark(t)
	h := atHome(t, "backs-0=backs")
	model, err := h.Folder(home.Model, "backs-0")
	if err != nil {
		t.Fatal(err)
	}
	done := filepath.Join(model, "done")
	folder, err := h.Path(home.Logs, "backs-0")
	if err != nil {
		t.Fatal(err)
	}
	moments := map[string]int{}
	runs := 0
	for i := range 50 {
		_ = os.Remove(done)
		b := begin(t, h, "backs-0", "backs", "logs")
		began, stopped := killSometime(t, b, i%5)
		_, _ = b.process.Wait()
		began = began || heard(t, b)
		last, err := history.Of(h, "backs-0").Settle()
		if err != nil {
			t.Fatal(err)
		}
		number := 0
		if last != nil {
			number = last.Number
		}
		switch {
		case number == runs && !began: // it had not come so far
			moments["starting"]++
			continue
		case number != runs+1:
			t.Fatalf("run %d after run %d", number, runs)
		}
		runs++
		moments[momentOf(t, last, stopped)]++
		if holder, err := h.Holder("backs-0"); holder != nil || err != nil {
			t.Fatalf("the lock is held by %v, %v", holder, err)
		}
		whole(t, folder, done, last)
	}
	t.Log(moments)
	b := begin(t, h, "backs-0", "backs", "exits")
	if e := b.expect(t, background.Started); e.Run != runs+1 {
		t.Errorf("the next start is run %d, want %d", e.Run, runs+1)
	}
	if got := b.status(t); got != 7 {
		t.Errorf("the next start ends with status %d", got)
	}
	all, err := history.Of(h, "backs-0").Runs()
	if err != nil || len(all) != runs+1 {
		t.Errorf("%d runs, %v, want %d", len(all), err, runs+1)
	}
}

// killSometime kills the component: at first, when it has begun, when it has
// logged for a while, and while it ends.
func killSometime(t *testing.T, b *backgrounded, when int) (began, stopped bool) {
	t.Helper()
	pause := func(most time.Duration) { time.Sleep(rand.N(most)) } // any moment is as good
	switch when {
	case 0:
		pause(15 * time.Millisecond)
	case 1:
		b.expect(t, background.Started)
		began = true
	case 2:
		b.expect(t, background.Started)
		b.expect(t, background.Ready)
		began = true
		pause(10 * time.Millisecond)
	default:
		b.expect(t, background.Started)
		b.expect(t, background.Ready)
		began, stopped = true, true
		if err := b.process.Signal(syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		pause(3 * time.Millisecond)
	}
	_ = b.process.Kill() // it may have ended by now
	return began, stopped
}

// heard reports whether the component had told of its run.
func heard(t *testing.T, b *backgrounded) bool {
	t.Helper()
	for {
		e, err := b.event()
		switch {
		case err != nil:
			return false
		case e.Kind == background.Started:
			return true
		case e.Kind == background.Failed:
			t.Fatalf("%+v", e)
		}
	}
}

func momentOf(t *testing.T, r *history.Run, stopped bool) string {
	t.Helper()
	switch {
	case r.End == nil:
		t.Fatalf("run %d is open", r.Number)
	case r.End.How == history.Returned && !stopped:
		t.Fatalf("run %d returned: %+v", r.Number, r.End)
	case r.End.How == history.Vanished && !strings.Contains(r.End.Evidence, fmt.Sprintf("process %d is gone", r.PID)):
		t.Fatalf("evidence %q", r.End.Evidence)
	case r.End.How == history.Returned:
		return "ended"
	case stopped:
		return "ending"
	case r.Ready.IsZero():
		return "beginning"
	}
	return "running"
}

// whole checks the log of a run: its lines are there up to the last whose call
// returned, in order and whole, but for the very last.
func whole(t *testing.T, folder, done string, r *history.Run) {
	t.Helper()
	var count uint64
	if text, err := os.ReadFile(done); err == nil && len(text) == 8 {
		count = binary.LittleEndian.Uint64(text)
	}
	lines, err := logstore.Tail(folder, int(count)+100)
	if err != nil {
		t.Fatal(err)
	}
	next := uint64(1)
	for _, line := range lines {
		at, err := time.Parse("2006-01-02T15:04:05.000", line[:min(23, len(line))])
		if err != nil {
			t.Fatalf("run %d: line %q", r.Number, line)
		}
		_, text, _ := strings.Cut(line, " - line ")
		switch {
		case at.Before(r.Started) || text == "":
		case text == fmt.Sprint(next):
			next++
		default:
			t.Fatalf("run %d: line %q, want line %d", r.Number, line, next)
		}
	}
	if next <= count {
		t.Fatalf("run %d: %d lines were logged, %d are there", r.Number, count, next-1)
	}
}
