package formats

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// later is the sample a day later: some jobs end otherwise, some take longer.
func later() *schedulepb.Report {
	r := sample()
	r.Run = "2026-03-15T15-09-26-3590"
	for _, j := range r.Jobs {
		switch j.Id {
		case "wlan-b":
			j.Status, j.Cause = ok, nil
		case "blink-a":
			j.Status, j.Cause = failed, exitCause(1)
		case "build":
			j.Attempts[0].Took.Seconds *= 2
		case "fixed-bug":
			j.Attempts[0].Took.Nanos /= 4
		case "docs":
			j.Id = "docs-2"
		}
	}
	return r
}

// runFolder is the folder of a run, with a log of each attempt and what it printed.
func runFolder(t testing.TB, r *schedulepb.Report) string {
	t.Helper()
	folder := t.TempDir()
	put := func(name, text string) {
		path := filepath.Join(folder, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	for _, j := range r.Jobs {
		for _, a := range j.Attempts {
			put(a.Log, "started\nended\n")
			for _, out := range a.Outputs {
				text := strings.Repeat(fmt.Sprintf("%s of %s\n", out.Stream, j.Id), int(out.Length)/8+1)
				put(out.File, ("\x1b[31mred\x1b[0m \xff ]]> <b> & \"\r\n" + text)[:out.Length])
			}
		}
	}
	return folder
}

func TestGolden(t *testing.T) {
	r, p := sample(), samplePlan()
	folder := runFolder(t, r)
	running := sampleStory()
	running.events = running.events[:40]
	tests := []struct {
		file  string
		write func(w io.Writer) error
	}{
		{"report.json", func(w io.Writer) error { return JSON(w, r) }},
		{"junit.xml", func(w io.Writer) error { return JUnit(w, r, &JUnitOptions{Folder: folder, Limit: 200}) }},
		{"junit-leaky-passes.xml", func(w io.Writer) error { return JUnit(w, r, &JUnitOptions{Limit: -1, LeakyPasses: true}) }},
		{"report.html", func(w io.Writer) error { return HTML(w, r) }},
		{"table.txt", func(w io.Writer) error { return Table(w, r, nil) }},
		{"table-narrow.txt", func(w io.Writer) error { return Table(w, r, &TableOptions{Width: 60}) }},
		{"table-colour.txt", func(w io.Writer) error { return Table(w, r, &TableOptions{Width: 100, Colour: true}) }},
		{"table-running.txt", func(w io.Writer) error { return Table(w, running.report(), nil) }},
		{"table-large.txt", func(w io.Writer) error { return Table(w, large(300, 4), nil) }},
		{"timeline.txt", func(w io.Writer) error { return Timeline(w, r, 12) }},
		{"utilisation.txt", func(w io.Writer) error { return Utilisation(w, r) }},
		{"critical.txt", func(w io.Writer) error { return CriticalPath(w, r) }},
		{"trace.json", func(w io.Writer) error { return Trace(w, r) }},
		{"plan.dot", func(w io.Writer) error { return DOT(w, p, nil) }},
		{"run.dot", func(w io.Writer) error { return DOT(w, p, r) }},
		{"plan.mmd", func(w io.Writer) error { return Mermaid(w, p, nil) }},
		{"run.mmd", func(w io.Writer) error { return Mermaid(w, nil, r) }},
		{"diff.txt", func(w io.Writer) error { return Diff(w, r, later()) }},
		{"diff-none.txt", func(w io.Writer) error { return Diff(w, r, r) }},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			before := proto.CloneOf(r)
			var text, again bytes.Buffer
			if err := tt.write(&text); err != nil {
				t.Fatal(err)
			}
			if err := tt.write(&again); err != nil || !bytes.Equal(text.Bytes(), again.Bytes()) {
				t.Errorf("the second time it is another text: %v", err)
			}
			if !proto.Equal(before, r) {
				t.Error("the report was changed")
			}
			golden(t, tt.file, text.Bytes())
		})
	}
}

// full fails as a full disk does.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestErrorsOfTheWriterAreReturned(t *testing.T) {
	r, p := sample(), samplePlan()
	for name, write := range map[string]func(w io.Writer) error{
		"JSON":         func(w io.Writer) error { return JSON(w, r) },
		"JUnit":        func(w io.Writer) error { return JUnit(w, r, nil) },
		"HTML":         func(w io.Writer) error { return HTML(w, r) },
		"Table":        func(w io.Writer) error { return Table(w, r, nil) },
		"Timeline":     func(w io.Writer) error { return Timeline(w, r, 0) },
		"Utilisation":  func(w io.Writer) error { return Utilisation(w, r) },
		"CriticalPath": func(w io.Writer) error { return CriticalPath(w, r) },
		"Trace":        func(w io.Writer) error { return Trace(w, r) },
		"DOT":          func(w io.Writer) error { return DOT(w, p, r) },
		"Mermaid":      func(w io.Writer) error { return Mermaid(w, p, r) },
		"Diff":         func(w io.Writer) error { return Diff(w, r, later()) },
	} {
		if err := write(full{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
