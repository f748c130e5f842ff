package joblog

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"pgregory.net/rapid"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

func TestLog(t *testing.T) {
	const first = "@ Log of build"
	tests := []struct {
		name  string
		write func(l *Log)
		want  []string
	}{
		{"nothing is a first line", func(*Log) {}, []string{first}},
		{"lines of both streams", func(l *Log) {
			_, _ = l.Stdout().Write([]byte("one\ntw"))
			_, _ = l.Stderr().Write([]byte("bad\n"))
			_, _ = l.Stdout().Write([]byte("o\n\n"))
		}, []string{first, "1 one", "2 bad", "1 two", "1 "}},
		{"a last line without an end", func(l *Log) { _, _ = l.Stdout().Write([]byte("one\ntwo")) }, []string{first, "1 one", "1 two"}},
		{"the end of a line of other systems", func(l *Log) { _, _ = l.Stdout().Write([]byte("one\r\n")) }, []string{first, "1 one"}},
		{"control characters", func(l *Log) { _, _ = l.Stdout().Write([]byte("\x1b[31mred\x00\x7f\tx\r.\n")) },
			[]string{first, `1 \x1b[31mred\x00\x7f` + "\tx" + `\x0d.`}},
		{"what is no UTF-8", func(l *Log) { _, _ = l.Stdout().Write([]byte("\xff\xfe ä \xe2\x82\n")) }, []string{first, `1 \xff\xfe ä \xe2\x82`}},
		{"characters that do not print", func(l *Log) { _, _ = l.Stdout().Write([]byte("\u202e\ufffd\n")) }, []string{first, `1 \xe2\x80\xae` + "\ufffd"}},
		{"a note", func(l *Log) { l.Note("sent SIGTERM\n") }, []string{first, `* sent SIGTERM\x0a`}},
		{"a long line is in pieces", func(l *Log) {
			_, _ = l.Stdout().Write([]byte(strings.Repeat("x", longestPiece-1)))
			_, _ = l.Stdout().Write([]byte("äy\nz\n"))
		}, []string{first, "1+ " + strings.Repeat("x", longestPiece-1), "1 äy", "1 z"}},
		{"a line that is as long as a piece", func(l *Log) {
			_, _ = l.Stdout().Write([]byte(strings.Repeat("x", longestPiece)))
			_, _ = l.Stdout().Write([]byte("\n"))
		}, []string{first, "1 " + strings.Repeat("x", longestPiece)}},
		{"the process is known late", func(l *Log) {
			_, _ = l.Stdout().Write([]byte("one\n"))
			l.Started(17)
			l.Started(18)
			_, _ = l.Stdout().Write([]byte("two\n"))
		}, []string{first + " (17)", "1 one", "1 two"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := open(t, Options{})
			tt.write(l)
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, shown(t, l.Path())); diff != "" {
				t.Errorf("log (-want +got):\n%s", diff)
			}
		})
	}
}

// Whatever comes in whatever pieces, the files of the streams have the same bytes, and
// the log has the same lines.
func TestLogHasAll(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		l, err := Open(dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		part := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z\n]{0,20}`), rapid.Custom(func(t *rapid.T) string {
			return strings.Repeat(rapid.SampledFrom([]string{"x", "ä", "€", "\xff", "😀"}).Draw(t, "of"), rapid.IntRange(0, 2*longestPiece).Draw(t, "times"))
		}))
		var exact [2]strings.Builder
		for _, data := range rapid.SliceOfN(part, 0, 8).Draw(t, "data") {
			at := rapid.IntRange(0, 1).Draw(t, "stream")
			exact[at].WriteString(data)
			_, _ = []*stream{&l.stdout, &l.stderr}[at].Write([]byte(data))
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		for at, name := range []string{"stdout", "stderr"} {
			got, err := os.ReadFile(filepath.Join(dir, name))
			if string(got) != exact[at].String() || err != nil != (exact[at].Len() == 0) {
				t.Fatalf("%s has %d bytes and %v, want %d", name, len(got), err, exact[at].Len())
			}
			text := strings.TrimSuffix(exact[at].String(), "\n")
			var want []string
			for line := range strings.SplitSeq(text, "\n") {
				want = append(want, string(appendShown(nil, strings.TrimSuffix(line, "\r"))))
			}
			if exact[at].Len() == 0 {
				want = nil
			}
			if diff := cmp.Diff(want, joined(l.Path(), byte('1'+at))); diff != "" {
				t.Fatalf("lines of %s (-want +got):\n%s", name, diff)
			}
		}
	})
}

// joined gives the lines of a mark, whole.
func joined(path string, mark byte) []string {
	var lines []string
	goesOn := false
	data, _ := os.ReadFile(path)
	for line := range strings.Lines(string(data)) {
		m, text, _ := cutLine([]byte(strings.TrimSuffix(line, "\n")))
		if m[0] != mark {
			continue
		}
		if goesOn {
			lines[len(lines)-1] += string(text)
		} else {
			lines = append(lines, string(text))
		}
		goesOn = len(m) > 1
	}
	return lines
}

// Many writers lose nothing, and every line is whole.
func TestLogHammer(t *testing.T) {
	l := open(t, Options{})
	l.Started(1) // the first line waits for it no longer than for some of the others
	const lines = 2000
	var all sync.WaitGroup
	for i := range 4 {
		w := l.Stdout()
		if i%2 == 1 {
			w = l.Stderr()
		}
		all.Go(func() {
			for range lines {
				_, _ = w.Write([]byte("0123456789\n"))
			}
		})
	}
	all.Go(func() {
		for range lines {
			l.Note("0123456789")
			_, _ = l.Tail(), l.Outputs()
		}
	})
	all.Go(func() { l.Started(2) }) // it is known already
	all.Wait()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	got := shown(t, l.Path())
	slices.Sort(got)
	want := append(slices.Repeat([]string{"* 0123456789"}, lines), slices.Repeat([]string{"1 0123456789"}, 2*lines)...)
	want = append(append(want, slices.Repeat([]string{"2 0123456789"}, 2*lines)...), "@ Log of build (1)")
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
}

// TestEC9LogIsExact has 50 MB in lines go through a log, and then as one line; with
// ANSAR_TEST_HUGE=1 20 times as much.
func TestEC9LogIsExact(t *testing.T) {
	size := 50 << 20
	if raceOn {
		size /= 10
	}
	if os.Getenv("ANSAR_TEST_HUGE") != "" {
		size *= 20
	}
	for _, ending := range []string{"\n", "-"} {
		l := open(t, Options{})
		chunk := []byte(strings.Repeat(strings.Repeat("0123456789\x1b\xff", 20)+ending, 136))[:32<<10]
		before := inMemory()
		for range size / len(chunk) {
			if _, err := l.Stdout().Write(chunk); err != nil {
				t.Fatal(err)
			}
		}
		if grown := inMemory() - before; grown > 5<<20 {
			t.Errorf("%d bytes more in memory", grown)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		want := []*schedulepb.JobOutput{
			{Stream: "stdout", File: "stdout", Length: int64(size)}, {Stream: "log", File: "log", Length: l.log.length()},
		}
		if diff := cmp.Diff(want, l.Outputs(), protocmp.Transform()); diff != "" {
			t.Errorf("outputs (-want +got):\n%s", diff)
		}
		f, err := os.Open(l.stdout.exact.path)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, len(chunk))
		for at := range size / len(chunk) {
			if _, err := io.ReadFull(f, got); err != nil || !bytes.Equal(got, chunk) {
				t.Fatalf("piece %d of stdout is not what was printed: %v", at, err)
			}
		}
		_ = f.Close() // only read
	}
}

// TestEC20LogIsHarmless prints whatever bytes there are: stdout has them, and the log
// is text that does nothing to a terminal.
func TestEC20LogIsHarmless(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		l, err := Open(dir, Options{Name: rapid.String().Draw(t, "name")})
		if err != nil {
			t.Fatal(err)
		}
		data := rapid.SliceOfN(rapid.Byte(), 0, 3000).Draw(t, "bytes")
		_, _ = l.Stdout().Write(data)
		l.Note(string(data))
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if got, _ := os.ReadFile(filepath.Join(dir, "stdout")); !bytes.Equal(got, data) {
			t.Fatalf("stdout has %q, want %q", got, data)
		}
		log, err := os.ReadFile(l.Path())
		if err != nil || !utf8.Valid(log) {
			t.Fatalf("%q is no text: %v", log, err)
		}
		for _, r := range string(log) {
			if r != '\n' && r != '\t' && !strconv.IsPrint(r) {
				t.Fatalf("%q has %q", log, r)
			}
		}
	})
}

func TestTail(t *testing.T) {
	l := open(t, Options{})
	for i := range 30 {
		_, _ = l.Stdout().Write([]byte(strings.Repeat(string(rune('a'+i%26)), 1000) + "\n"))
	}
	_, _ = l.Stderr().Write([]byte("\x1b\xff\n"))
	got := strings.Split(l.Tail(), "\n")
	if len(got) != tailLines/2+4 || got[1] != `\x1b\xff` || len(got[3]) != tailLength {
		t.Errorf("%q", got)
	}
}

func TestOutputs(t *testing.T) {
	run := t.TempDir()
	l, err := Open(filepath.Join(run, "jobs", "build", "1"), Options{Parent: filepath.Join(run, "run.log"), Name: "build"})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = l.Stderr().Write([]byte("bad"))
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	want := []*schedulepb.JobOutput{
		{Stream: "stderr", File: "jobs/build/1/stderr", Length: 3},
		{Stream: "log", File: "jobs/build/1/log", Length: int64(len(read(t, l.Path())))},
	}
	if diff := cmp.Diff(want, l.Outputs(), protocmp.Transform()); diff != "" {
		t.Errorf("outputs (-want +got):\n%s", diff)
	}
}

// A log that cannot be written does not fail whoever prints; its end tells.
func TestDiskTrouble(t *testing.T) {
	l, err := Open(filepath.Join(t.TempDir(), "build"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	l.stdout.exact.path = filepath.Join(t.TempDir(), "no", "folder")
	if _, err := l.Stdout().Write([]byte("one\n")); err != nil {
		t.Error(err)
	}
	if err := l.Close(); err == nil || !strings.HasPrefix(err.Error(), "log of build is not complete: open ") {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"@ Log of build", "1 one"}, shown(t, l.Path())); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
}

func inMemory() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
