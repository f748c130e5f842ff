package history

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/internal/home"
)

func TestRunsOfARole(t *testing.T) {
	h := newHome(t)
	f := Of(h, "r")
	if last, err := f.Last(); last != nil || err != nil {
		t.Fatalf("a role that never ran has a last run: %v, %v", last, err)
	}
	n := must[int](t)(f.Begin(Begin{Executable: "noop", Digest: "sha256:1", By: "ansar start"}))
	ok(t, f.Ready(n))
	ok(t, f.Ready(n))
	ok(t, f.Stopping(n, "ansar stop"))
	ok(t, f.End(n, Ending{How: Returned, Type: "Ack", Value: json.RawMessage(`{"@type":"type.googleapis.com/ansar.lifecycle.v1.Ack"}`)}))
	status := 1
	ok(t, f.End(n, Ending{How: Exited, ExitStatus: &status})) // a parent that is late
	m := must[int](t)(f.Begin(Begin{Executable: "noop", By: "ansar start", Restart: 1}))
	if n != 1 || m != 2 {
		t.Fatalf("runs are numbered %d and %d, want 1 and 2", n, m)
	}
	runs := must[[]Run](t)(f.Runs())
	if len(runs) != 2 {
		t.Fatalf("%d runs, want 2", len(runs))
	}
	last := must[*Run](t)(f.Last())
	if diff := cmp.Diff(runs[1], *last, cmp.AllowUnexported(Run{})); diff != "" {
		t.Errorf("last of all, and the last (-all +last):\n%s", diff)
	}
	first := runs[0]
	got := []any{first.Digest, first.By, first.PID, first.Ready.IsZero(), len(first.Stops), first.End.How, string(first.End.Value), last.Open(), last.Restart}
	want := []any{"sha256:1", "ansar start", os.Getpid(), false, 1, Returned, `{"@type":"type.googleapis.com/ansar.lifecycle.v1.Ack"}`, true, 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
}

func TestDamagedLinesArePassedOver(t *testing.T) {
	h := newHome(t)
	f := Of(h, "r")
	ok(t, f.End(must[int](t)(f.Begin(Begin{})), Ending{How: Returned}))
	path := historyFile(h)
	text := string(must[[]byte](t)(os.ReadFile(path)))
	text = "rubbish\n" + text + "{\"run\":0}\n{\"run\":3,\"event\":\"later\"}\n\n{\"run\":1,\"eve"
	ok(t, os.WriteFile(path, []byte(text), 0o600))
	n := must[int](t)(f.Begin(Begin{}))
	runs := must[[]Run](t)(f.Runs())
	if n != 2 || len(runs) != 2 || !runs[1].Open() || runs[0].End.How != Returned {
		t.Errorf("run %d, all %+v", n, runs)
	}
	if f.Damaged() != 4 { // rubbish, no run, empty, torn
		t.Errorf("%d lines are damaged, want 4", f.Damaged())
	}
	if lines := strings.Count(string(must[[]byte](t)(os.ReadFile(path))), "\n"); lines != 8 {
		t.Errorf("%d lines, want 8: the torn one was not ended", lines)
	}
}

func TestKeepsTheLastRuns(t *testing.T) {
	h := newHome(t)
	f := Of(h, "r")
	const all = 2*KeptRuns + 250
	for i := range all {
		n := must[int](t)(f.Begin(Begin{}))
		if n != i+1 {
			t.Fatalf("run %d has number %d", i+1, n)
		}
		ok(t, f.End(n, Ending{How: Returned}))
	}
	runs := must[[]Run](t)(f.Runs())
	if len(runs) != KeptRuns || runs[0].Number != all-KeptRuns+1 || runs[KeptRuns-1].Number != all {
		t.Errorf("%d runs, from %d to %d", len(runs), runs[0].Number, runs[len(runs)-1].Number)
	}
	lines := strings.Count(string(must[[]byte](t)(os.ReadFile(historyFile(h)))), "\n")
	if lines > 2*(KeptRuns+KeptRuns/10)+2 {
		t.Errorf("%d lines are kept", lines)
	}
}

// What a killed writer leaves when it drops old runs goes with the role.
func TestLeftoversGoWithTheRole(t *testing.T) {
	h := newHome(t)
	must[int](t)(Of(h, "r").Begin(Begin{}))
	leftover := filepath.Join(h.Dir(home.History), "r..jsonl")
	ok(t, os.WriteFile(leftover, []byte("{"), 0o600))
	ok(t, h.Delete("r"))
	entries := must[[]os.DirEntry](t)(os.ReadDir(h.Dir(home.History)))
	if len(entries) != 0 {
		t.Errorf("left: %v", entries)
	}
}
