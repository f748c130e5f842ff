package replay

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/journal"
)

// halfway is a run of which one job has ended, one runs, and one waits.
func halfway() script {
	var s script
	s.at(0, "", 0, load(plan(described("done"), described("runs"), described("retried"), described("waits", "runs")), 2))
	s.run("done", 0, 10, 0, failed)
	s.at(10, "runs", 1, grant(0))
	s.at(10, "runs", 1, start(0))
	s.at(10, "retried", 1, start(1))
	s.at(20, "retried", 1, attempted(failed))
	return s
}

func words(r *schedulepb.Report) map[string]string {
	all := map[string]string{}
	for _, j := range r.GetJobs() {
		all[j.GetId()] = State(j)
		for _, a := range j.GetAttempts() {
			all[j.GetId()] += " " + a.GetStatus().Name()
		}
	}
	return all
}

// The report of a run whose scheduler was killed names what had ended as it ended, and
// what ran as interrupted.
func TestOC13Settle(t *testing.T) {
	live := map[string]string{"done": "failed failed", "runs": "running running", "retried": "running failed", "waits": "waiting"}
	dead := map[string]string{"done": "failed failed", "runs": "interrupted interrupted", "retried": "interrupted failed", "waits": "not-run"}
	folder := t.TempDir()
	w, err := journal.Create(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Append(halfway()...); err != nil {
		t.Fatal(err)
	}
	r, err := Of(folder)
	if diff := cmp.Diff(live, words(r)); diff != "" || err != nil || r.GetExitStatus() != 0 {
		t.Errorf("while the scheduler lives, error %v, exit status %d (-want +got):\n%s", err, r.GetExitStatus(), diff)
	}
	if err := w.Close(); err != nil { // to the file it is the same as its death
		t.Fatal(err)
	}
	r, err = Of(folder)
	if diff := cmp.Diff(dead, words(r)); diff != "" || err != nil {
		t.Errorf("after its death, error %v (-want +got):\n%s", err, diff)
	}
	if diff := cmp.Diff(map[string]uint32{"failed": 1, "interrupted": 2, "not-run": 1}, r.GetTotals()); diff != "" {
		t.Errorf("totals (-want +got):\n%s", diff)
	}
	want := "the journal ends at event 10: the scheduler, process 4711, could not write on (no space left, for example), or died without writing the end of the run"
	if r.GetExitStatus() != 3 || r.GetWhy() != want {
		t.Errorf("exit status %d, %q, want 3, %q", r.GetExitStatus(), r.GetWhy(), want)
	}
}

func TestSettleLeavesARunWithItsEndAlone(t *testing.T) {
	s := halfway()
	s.at(30, "", 0, over())
	r := s.report()
	Settle(r, false)
	if r.ExitStatus != 1 || r.Why != "a job failed" || r.Totals["running"] != 2 {
		t.Errorf("the report was changed: %v", r)
	}
}

func TestOfADamagedJournal(t *testing.T) {
	folder := t.TempDir()
	w, err := journal.Create(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Append(halfway()...), w.Close()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, journal.File)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	all := strings.SplitAfter(string(text), "\n")
	all[3] = "damaged\n"
	if err := os.WriteFile(path, []byte(strings.Join(all, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Of(folder)
	var damage *journal.DamageError
	if !errors.As(err, &damage) || damage.Line != 4 {
		t.Errorf("error %v, want damage of line 4", err)
	}
	if r.GetEvents() != 3 || len(r.GetWarnings()) != 1 {
		t.Errorf("report of %d events with warnings %q, want 3 events and one warning", r.GetEvents(), r.GetWarnings())
	}
	if _, err := Of(t.TempDir()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a journal: %v, want an error that matches fs.ErrNotExist", err)
	}
}

func BenchmarkApply(b *testing.B) {
	var s script
	s.at(0, "", 0, load(plan(), 2))
	s.run("a", 1, 2, 0, ok, &schedulepb.Hold{Resource: "board", Unit: "board.0"})
	r := s.replay()
	n := uint64(len(s))
	b.ReportAllocs()
	for b.Loop() {
		e := s[1+n%5]
		n++
		e.Sequence = n
		r.Apply(e)
	}
}

// A journal that has no plan tells of no run, whether its scheduler lives or not.
func TestOfEmptyJournal(t *testing.T) {
	folder := t.TempDir()
	w, err := journal.Create(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, alive := range []bool{true, false} {
		if !alive {
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
		}
		r, err := Of(folder)
		var empty *EmptyError
		if r != nil || !errors.As(err, &empty) || empty.Alive != alive {
			t.Errorf("alive %v: report %v, error %v", alive, r, err)
		}
	}
	text := []byte(`{"run":"x","sequence":"1","warning":{"text":"odd"}}` + "\n")
	if err := os.WriteFile(filepath.Join(folder, journal.File), text, 0o666); err != nil {
		t.Fatal(err)
	}
	var empty *EmptyError
	if r, err := Of(folder); r != nil || !errors.As(err, &empty) {
		t.Errorf("a journal that begins with something else: report %v, error %v", r, err)
	}
}
