package runner

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// memory is a store that keeps lines.
type memory struct {
	batches int
	lines   []string
}

func (m *memory) WriteBatch(lines []byte) error {
	m.batches++
	for line := range strings.Lines(string(lines)) {
		m.lines = append(m.lines, line)
	}
	return nil
}

// texts are the lines without what they begin with.
func (m *memory) texts() []string {
	var texts []string
	for _, line := range m.lines {
		_, text, _ := strings.Cut(line, " <00000001>web - ")
		texts = append(texts, line[24:25]+text)
	}
	return texts
}

func newOutput() (*memory, *stream, *stream) {
	m := &memory{}
	o := &output{store: m, role: "web"}
	return m, &stream{output: o, tag: tagStdout}, &stream{output: o, tag: tagStderr}
}

// What a program prints becomes lines.
func TestLines(t *testing.T) {
	long := strings.Repeat("0123456789", 12_000)
	tests := []struct {
		name   string
		chunks []string
		want   []string
	}{
		{"a line", []string{"one\n"}, []string{"^one\n"}},
		{"lines of one read", []string{"one\ntwo\n"}, []string{"^one\n", "^two\n"}},
		{"a line of many reads", []string{"o", "n", "e", "\n", "two\n"}, []string{"^one\n", "^two\n"}},
		{"an empty line", []string{"\n\n"}, []string{"^\n", "^\n"}},
		{"the last line without its newline", []string{"one\ntw", "o"}, []string{"^one\n", "^two\n"}},
		{"nothing", nil, nil},
		{"lines of other systems", []string{"one\r\ntw\ro\r", "\n"}, []string{"^one\n", `^tw\x0do` + "\n"}},
		{"zero bytes", []string{"a\x00b\n"}, []string{`^a\x00b` + "\n"}},
		{"colours", []string{"\x1b[31mred\x1b[0m\n"}, []string{`^\x1b[31mred\x1b[0m` + "\n"}},
		{"tabs and other letters", []string{"a\tb\tгде ça 世界 \u200b\n"}, []string{"^a\tb\tгде ça 世界 " + `\xe2\x80\x8b` + "\n"}},
		{"no text at all", []string{"\xff\xfe\xc3\n"}, []string{`^\xff\xfe\xc3` + "\n"}},
		{"a long line", []string{long, long, "\n"}, []string{"^" + long + long + "\n"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, stdout, _ := newOutput()
			for _, chunk := range tt.chunks {
				if n, err := stdout.Write([]byte(chunk)); n != len(chunk) || err != nil {
					t.Fatalf("write: %d %v", n, err)
				}
			}
			stdout.finish()
			if diff := cmp.Diff(tt.want, m.texts()); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}

// A line without an end is cut where it gets too long, between two letters.
func TestLongestLine(t *testing.T) {
	m, stdout, _ := newOutput()
	text := strings.Repeat("x", longestLine-1) + strings.Repeat("世", longestLine)
	for chunk := range slices.Chunk([]byte(text), 60_000) {
		_, _ = stdout.Write(chunk)
		if len(stdout.rest) > longestLine {
			t.Fatalf("%d bytes are held", len(stdout.rest))
		}
	}
	stdout.finish()
	var joined strings.Builder
	for _, line := range m.texts() {
		line = strings.TrimSuffix(line[1:], "\n")
		if len(line) > longestLine || !utf8.ValidString(line) {
			t.Fatalf("a line of %d bytes, whole: %v", len(line), utf8.ValidString(line))
		}
		joined.WriteString(line)
	}
	if joined.String() != text || len(m.lines) > 5 {
		t.Errorf("%d lines of %d bytes, want %d bytes", len(m.lines), joined.Len(), len(text))
	}
}

// One read is one write, but for lines that are many times as long when they are
// written.
func TestOneWriteForOneRead(t *testing.T) {
	m, stdout, _ := newOutput()
	_, _ = stdout.Write(bytes.Repeat([]byte(strings.Repeat("x", 99)+"\n"), 655))
	if m.batches != 1 || len(m.lines) != 655 {
		t.Errorf("%d lines in %d writes", len(m.lines), m.batches)
	}
}

// Whatever bytes come in whatever pieces, the lines are those of the whole, and
// each is one line of printable text that says all of it.
func TestAnyBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, stdout, _ := newOutput()
		letters := rapid.SampledFrom([]string{"a", "\n", "\r", "\x00", "\t", "ä", "世", "\xff", "\xe4\xb8", "bcdefghijklmnop", "\x7f", "\u2028"})
		var whole strings.Builder
		for _, piece := range rapid.SliceOf(rapid.SliceOf(letters)).Draw(t, "pieces") {
			chunk := strings.Join(piece, "")
			whole.WriteString(chunk)
			_, _ = stdout.Write([]byte(chunk))
		}
		stdout.finish()
		var want []string
		for line := range strings.Lines(whole.String()) {
			text, ended := strings.CutSuffix(line, "\n")
			if ended {
				text = strings.TrimSuffix(text, "\r")
			}
			want = append(want, "^"+slowlyEscaped(text)+"\n")
		}
		if diff := cmp.Diff(want, m.texts()); diff != "" {
			t.Fatalf("lines (-want +got):\n%s", diff)
		}
	})
}

// slowlyEscaped is the definition of appendEscaped.
func slowlyEscaped(text string) string {
	var b strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		quoted := fmt.Sprintf("%+q", string(r))
		switch {
		case r == '\t' || r >= ' ' && r < 0x7f:
			b.WriteRune(r)
		case r >= 0x80 && !(r == utf8.RuneError && size == 1) && !strings.Contains(fmt.Sprintf("%q", string(r)), `\`) && quoted != "":
			b.WriteRune(r)
		default:
			for _, c := range []byte(text[:size]) {
				fmt.Fprintf(&b, `\x%02x`, c)
			}
		}
		text = text[size:]
	}
	return b.String()
}

// Lines of both outputs, and those about the program, are never mixed up, and
// each has the time of its arrival.
func TestHammerOutput(t *testing.T) {
	m, stdout, stderr := newOutput()
	var wait sync.WaitGroup
	for i, s := range []*stream{stdout, stderr} {
		wait.Go(func() {
			for n := range 2000 {
				_, _ = fmt.Fprintf(s, "%d-%d begins,", i, n)
				_, _ = fmt.Fprintf(s, " and ends\n")
			}
		})
	}
	wait.Go(func() {
		for range 500 {
			stdout.say(tagWarning, "about it")
			_ = stdout.lastLines()
		}
	})
	wait.Wait()
	next := map[string]int{"^0": 0, "?1": 0}
	for i, line := range m.lines {
		if i > 0 && line[:23] < m.lines[i-1][:23] {
			t.Fatalf("the time goes back: %q after %q", line, m.lines[i-1])
		}
		if strings.HasSuffix(line, "<00000001>ansar-runner - about it\n") {
			continue
		}
		_, text, _ := strings.Cut(line, " <00000001>web - ")
		key := line[24:25] + text[:1]
		if want := fmt.Sprintf("%s-%d begins, and ends\n", key[1:], next[key]); text != want {
			t.Fatalf("line %q, want %q", text, want)
		}
		next[key]++
	}
	if next["^0"] != 2000 || next["?1"] != 2000 {
		t.Errorf("lines of the outputs: %v", next)
	}
}

// The tail has the last lines, whole and few.
func TestTail(t *testing.T) {
	numbers := func(from, to int) (lines []string) {
		for n := from; n <= to; n++ {
			lines = append(lines, fmt.Sprintf("line %d", n))
		}
		return lines
	}
	tests := []struct {
		name  string
		parts []string
		want  []string
	}{
		{"nothing", nil, nil},
		{"a few", []string{"line 1\nline 2\n", "line 3\n"}, numbers(1, 3)},
		{"the last of many", []string{strings.Join(numbers(1, 5000), "\n") + "\n"}, numbers(4991, 5000)},
		{"the last of many one by one", slices.Collect(func(yield func(string) bool) {
			for n := range 5000 {
				_ = yield(fmt.Sprintf("line %d\n", n+1))
			}
		}), numbers(4991, 5000)},
		{"the end of a long one", []string{strings.Repeat("x", 10_000) + "\n"}, []string{strings.Repeat("x", tailBytes-1)}},
		{"fewer of long ones", []string{strings.Repeat("x", 3000) + "\n", strings.Repeat("y", 3000) + "\n"}, []string{strings.Repeat("y", 3000)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var tail tail
			for _, part := range tt.parts {
				tail.add([]byte(part))
				if len(tail.bytes) > 2*tailBytes {
					t.Fatalf("it keeps %d bytes", len(tail.bytes))
				}
			}
			if diff := cmp.Diff(tt.want, tail.last()); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}
