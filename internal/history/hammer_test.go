package history

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Many processes note at once while runs begin and old ones are dropped: nothing
// that is kept is lost, doubled or torn.
func TestHammer(t *testing.T) {
	h := newHome(t)
	f := Of(h, "r")
	for range KeptRuns + KeptRuns/10 - 5 {
		must[int](t)(f.Begin(Begin{}))
	}
	var others []*other
	for range 6 {
		others = append(others, play(t, h, "notes"))
	}
	noted := make(chan map[int]int) // by run
	for _, o := range others {
		go func() {
			count := map[int]int{}
			for o.out.Scan() {
				n, _ := strconv.Atoi(o.out.Text())
				count[n]++
			}
			noted <- count
		}()
	}
	for range 200 {
		must[int](t)(f.Begin(Begin{}))
	}
	want := map[int]int{}
	for range others {
		for n, c := range <-noted {
			want[n] += c
		}
	}
	for _, o := range others {
		if err := o.Wait(); err != nil {
			t.Error(err)
		}
	}
	runs := must[[]Run](t)(f.Runs())
	if f.Damaged() != 0 {
		t.Errorf("%d damaged lines", f.Damaged())
	}
	seen := map[string]bool{}
	for _, r := range runs {
		if len(r.Stops) != want[r.Number] {
			t.Errorf("run %d has %d notes, want %d", r.Number, len(r.Stops), want[r.Number])
		}
		for _, s := range r.Stops {
			if seen[s.By] {
				t.Errorf("%s is there twice", s.By)
			}
			seen[s.By] = true
		}
	}
	if last := runs[len(runs)-1].Number; last != KeptRuns+KeptRuns/10-5+200 {
		t.Errorf("the last run is %d", last)
	}
}

// A writer that is killed in the middle of a big value costs that line at most,
// and holds nobody up. Whether it leaves a part of it depends on the file system;
// TestTornAtEveryByte has all of them.
func TestKilledWriters(t *testing.T) {
	h := newHome(t)
	f := Of(h, "r")
	must[int](t)(f.Begin(Begin{}))
	for i := range 12 {
		ok(t, os.Truncate(historyFile(h), firstLine(t, historyFile(h))))
		o := play(t, h, "ends")
		o.word(t)
		time.Sleep(time.Duration(i) * 700 * time.Microsecond) // any moment is as good
		o.kill(t)
		ok(t, f.Stopping(1, "next"))
		run := must[*Run](t)(f.Last())
		if run.Number != 1 || len(run.Stops) != 1 || f.Damaged() > 1 {
			t.Fatalf("run %d, %d stops, %d damaged", run.Number, len(run.Stops), f.Damaged())
		}
	}
}

func firstLine(t *testing.T, path string) int64 {
	t.Helper()
	text := string(must[[]byte](t)(os.ReadFile(path)))
	return int64(strings.IndexByte(text, '\n') + 1)
}

func TestFullDiskCostsTheValue(t *testing.T) {
	h := newHome(t)
	play(t, h, "no room").end(t)
	run := must[*Run](t)(Of(h, "r").Last())
	if run.Open() || run.End.How != Returned || run.End.Type != "Ack" || run.End.Value != nil || !strings.Contains(run.End.Text, "disk was full") {
		t.Errorf("end %+v", run.End)
	}
	if Of(h, "r").Damaged() != 0 {
		t.Error("something was left of the value")
	}
}
