package logstore

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever is written, in lines or batches, over any number of openings, and torn
// in between: a query finds what a list of all lines would give.
func TestStoreIsAList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		folder, err := os.MkdirTemp("", "logstore")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(folder)
		m := &model{folder: folder, clock: time.Now().Add(-48 * time.Hour)}
		m.reopen(t)
		defer func() { _ = m.w.Close() }()
		steps := rapid.SliceOfN(rapid.SampledFrom([]string{"line", "line", "batch", "batch", "reopen", "tear", "garbage"}), 1, 60).Draw(t, "steps")
		for _, step := range steps {
			m.step(t, step)
		}
		for range min(5, len(m.lines)) {
			m.ask(t)
		}
	})
}

// model is the store, and all lines that were written.
type model struct {
	folder string
	w      *Writer
	clock  time.Time
	lines  []entry
}

type entry struct {
	at   time.Time
	line string
}

func (m *model) reopen(t *rapid.T) {
	if m.w != nil {
		if err := m.w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	w, err := Open(m.folder, 32<<20) // many segments, and none removed
	if err != nil {
		t.Fatal(err)
	}
	m.w = w
}

// next makes up a line: a little before or after the last, of any length.
func (m *model) next(t *rapid.T) []byte {
	m.clock = m.clock.Add(time.Duration(rapid.IntRange(0, 90_000).Draw(t, "ms")) * time.Millisecond).Truncate(time.Millisecond)
	at := m.clock.Add(-time.Duration(rapid.IntRange(0, 400).Draw(t, "late")) * time.Millisecond)
	text := strings.Repeat("x", rapid.SampledFrom([]int{0, 50, 100, 3000, 40_000}).Draw(t, "length"))
	line := fmt.Appendf(stampAt(at).append(nil), "%c <00000009>noop - %s\n", rapid.SampledFrom([]byte("^!")).Draw(t, "tag"), text)
	m.lines = append(m.lines, entry{at, string(line[:len(line)-1])})
	return line
}

func (m *model) step(t *rapid.T, step string) {
	var err error
	switch step {
	case "line":
		_, err = m.w.Write(m.next(t))
	case "batch":
		var lines []byte
		for range rapid.IntRange(1, 40).Draw(t, "n") {
			lines = append(lines, m.next(t)...)
		}
		err = m.w.WriteBatch(lines)
	case "reopen":
		m.reopen(t)
	case "garbage":
		_, err = m.w.Write([]byte("no record\n"))
		m.lines = append(m.lines, entry{m.last(), "no record"})
	case "tear":
		_, err = m.w.out.Write([]byte("2020-11"))
		m.lines = append(m.lines, entry{m.last(), "2020-11"})
		m.reopen(t)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (m *model) last() time.Time {
	if n := len(m.lines); n > 0 {
		return m.lines[n-1].at
	}
	return time.Time{}
}

func (m *model) ask(t *rapid.T) {
	q := &Query{
		Count: rapid.SampledFrom([]int{0, 0, 1, 7}).Draw(t, "count"),
		Tail:  rapid.SampledFrom([]int{0, 0, 1, 20}).Draw(t, "tail"),
		Tags:  rapid.SampledFrom([]string{"", "!"}).Draw(t, "tags"),
	}
	moment := func(name string) time.Time {
		at := m.lines[rapid.IntRange(0, len(m.lines)-1).Draw(t, name)].at
		if at.IsZero() {
			return at
		}
		return at.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, name+" beside")) * time.Millisecond)
	}
	if rapid.Bool().Draw(t, "bounded") {
		q.From = moment("from")
	}
	if rapid.Bool().Draw(t, "ended") {
		q.To = moment("to")
	}
	var want, got []string
	for _, e := range m.lines {
		early := !q.From.IsZero() && e.at.Before(q.From)
		late := !q.To.IsZero() && !e.at.Before(q.To)
		if !early && !late && (q.Tags == "" || len(e.line) > 24 && strings.Contains(q.Tags, e.line[24:25])) {
			want = append(want, e.line)
		}
	}
	if q.Tail > 0 {
		want = want[max(0, len(want)-q.Tail):]
	}
	if q.Count > 0 {
		want = want[:min(len(want), q.Count)]
	}
	for line, err := range Read(q, Source{Name: "r", Folder: m.folder}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(line.Text))
	}
	if !slices.Equal(got, want) {
		t.Fatalf("%+v of %d lines gave %d lines, want %d:\n%.200q\n%.200q", q, len(m.lines), len(got), len(want), got, want)
	}
}
