package history

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/ansar-go/ansar/internal/home"
)

// modelRun is what a run must look like.
type modelRun struct {
	Number, Restart int
	Ready           bool
	Stops           []string
	How, Text       string
}

// model is a history without a file.
type model struct {
	runs    []modelRun
	damaged int
	torn    bool // a line is unfinished
}

func (m *model) find(n int) *modelRun {
	i := slices.IndexFunc(m.runs, func(r modelRun) bool { return r.Number == n })
	if i < 0 {
		return nil
	}
	return &m.runs[i]
}

// written is what every record does to the line before it.
func (m *model) written() {
	if m.torn {
		m.torn = false
		m.damaged++
	}
}

// Whatever is written, and wherever a writer is killed, the file says what the
// model says.
func TestFileIsTheModel(t *testing.T) {
	h := newHome(t)
	rapid.Check(t, func(t *rapid.T) {
		_ = os.Remove(historyFile(h))
		f, m := Of(h, "r"), new(model)
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			step(t, h, f, m)
			compare(t, f, m)
		}
	})
}

func step(t *rapid.T, h *home.Home, f *File, m *model) {
	n := rapid.IntRange(1, len(m.runs)+1).Draw(t, "run")
	text := rapid.StringN(0, 3, 9000).Draw(t, "text")
	switch what := rapid.SampledFrom([]string{"begin", "ready", "stop", "end", "vanish", "torn", "torn", "rubbish"}).Draw(t, "what"); what {
	case "begin":
		began := len(m.runs)
		if began > 0 && m.runs[began-1].How == "" {
			m.written() // that the last run has vanished
			m.runs[began-1].How = Vanished
		}
		got, err := f.Begin(Begin{Restart: n})
		if err != nil || got != began+1 {
			t.Fatalf("begin: run %d, %v, want run %d", got, err, began+1)
		}
		m.written()
		m.runs = append(m.runs, modelRun{Number: got, Restart: n})
	case "ready", "stop", "end", "vanish":
		r := m.find(n)
		if r == nil {
			return
		}
		note(t, f, m, r, what, text)
	case "torn":
		tear(t, h, m)
	case "rubbish":
		appendRaw(t, h, "rubbish\n", m)
		m.torn = false
		m.damaged++
	}
}

// note adds a record to a run that there is.
func note(t *rapid.T, f *File, m *model, r *modelRun, what, text string) {
	var err error
	switch what {
	case "ready":
		err = f.Ready(r.Number)
		r.Ready = true
		m.written()
	case "stop":
		err = f.Stopping(r.Number, text)
		r.Stops = append(r.Stops, text)
		m.written()
	case "end":
		err = f.End(r.Number, Ending{How: Returned, Text: text, Value: json.RawMessage(`{"@type":"x"}`)})
		if r.How == "" || r.How == Vanished {
			r.How, r.Text = Returned, text
			m.written()
		}
	case "vanish":
		err = f.End(r.Number, Ending{How: Vanished})
		if r.How == "" {
			r.How, r.Text = Vanished, ""
			m.written()
		}
	}
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// tear writes a part of a record, up to any byte, as a writer does that is killed.
func tear(t *rapid.T, h *home.Home, m *model) {
	next := len(m.runs) + 1
	rec := rapid.SampledFrom([]*record{
		{Run: shown(next), Event: began, Time: now(), Begin: &beginning{Process: home.Process{PID: 1}}},
		{Run: shown(max(1, next-1)), Event: ended, Time: now(), End: &Ending{How: Returned, Text: "torn"}},
	}).Draw(t, "torn")
	line, err := rec.line()
	if err != nil {
		t.Fatal(err)
	}
	cut := rapid.IntRange(1, len(line)-2).Draw(t, "cut") // without the last brace at least
	appendRaw(t, h, string(line[:cut]), m)
	m.torn = true
}

func appendRaw(t *rapid.T, h *home.Home, text string, m *model) {
	file, err := os.OpenFile(historyFile(h), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if m.torn { // as every writer does
		m.damaged++
		text = "\n" + text
	}
	if _, err := file.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

func compare(t *rapid.T, f *File, m *model) {
	runs, err := f.Runs()
	if err != nil {
		t.Fatal(err)
	}
	if f.Damaged() != m.damaged {
		t.Fatalf("%d damaged lines, want %d", f.Damaged(), m.damaged)
	}
	last, err := f.Last()
	if err != nil {
		t.Fatal(err)
	}
	got := make([]modelRun, 0, len(runs))
	for _, r := range runs {
		got = append(got, seen(&r))
	}
	want := slices.Clone(m.runs)
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("runs (-want +got):\n%s", diff)
	}
	switch {
	case (last == nil) != (len(runs) == 0):
		t.Fatalf("the last is %v, all are %v", last, runs)
	case last != nil:
		if diff := cmp.Diff(runs[len(runs)-1], *last, cmp.AllowUnexported(Run{})); diff != "" {
			t.Fatalf("the last of all, and the last (-all +last):\n%s", diff)
		}
	}
}

func seen(r *Run) modelRun {
	m := modelRun{Number: r.Number, Restart: r.Restart, Ready: !r.Ready.IsZero()}
	for _, s := range r.Stops {
		m.Stops = append(m.Stops, s.By)
	}
	if r.End != nil {
		m.How, m.Text = r.End.How, r.End.Text
	}
	return m
}

// A record that lacks nothing but its newline was written, and is not lost by
// the next. At every byte before, it was not.
func TestTornAtEveryByte(t *testing.T) {
	h := newHome(t)
	f := Of(h, "r")
	must[int](t)(f.Begin(Begin{}))
	before := must[[]byte](t)(os.ReadFile(historyFile(h)))
	ok(t, f.End(1, Ending{How: Returned, Type: "Ack", Text: "ü\n\"", Value: json.RawMessage(`{"@type":"x","deep":{"list":[1,2,{"a":"}"}]}}`)}))
	whole := must[[]byte](t)(os.ReadFile(historyFile(h)))
	for cut := len(before); cut <= len(whole); cut++ {
		ok(t, os.WriteFile(historyFile(h), whole[:cut], 0o600))
		written := cut >= len(whole)-1
		last := must[*Run](t)(f.Last())
		if last.Open() == written {
			t.Fatalf("cut %d of %d: open %v", cut, len(whole), last.Open())
		}
		ok(t, f.Stopping(1, "x"))
		last = must[*Run](t)(f.Last())
		torn := cut > len(before) && !written
		if last.Open() == written || len(last.Stops) != 1 || f.Damaged() != b2i(torn) {
			t.Fatalf("cut %d of %d, then a record: open %v, %d stops, %d damaged", cut, len(whole), last.Open(), len(last.Stops), f.Damaged())
		}
		text := must[[]byte](t)(os.ReadFile(historyFile(h)))
		if !bytes.HasSuffix(text, []byte("\n")) {
			t.Fatalf("cut %d: the file does not end with a newline", cut)
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Nothing is made where nothing began, or of a role that is gone.
func TestNotesNeedAFile(t *testing.T) {
	h := newHome(t)
	for name, err := range map[string]error{
		"ready": Of(h, "r").Ready(1), "stop": Of(h, "r").Stopping(1, "x"), "end": Of(h, "r").End(1, Ending{How: Returned}),
	} {
		if !errors.Is(err, ErrNoHistory) {
			t.Errorf("%s: %v, want no history", name, err)
		}
	}
	if _, err := os.Stat(historyFile(h)); err == nil {
		t.Error("a file was made")
	}
	if _, err := Of(h, "../r").Begin(Begin{}); !errors.Is(err, home.ErrUsage) {
		t.Errorf("a name that cannot be: %v", err)
	}
}
