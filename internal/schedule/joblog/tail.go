package joblog

import (
	"bytes"
	"strings"
)

const (
	tailLines  = 20  // how many lines of output are kept for reports
	tailLength = 500 // how much of each
	crashLines = 8   // how many of these are the first ones of a crash
)

// tail keeps the last lines of a stream, and the first ones of how Go says that it crashed:
// what it says at the end, of goroutines and registers, can be long.
type tail struct {
	lines [tailLines][]byte
	next  int // where the next one goes

	crash [crashLines][]byte
	from  int  // the number of its first line
	found bool // it has one
	trace bool // goroutines came after it
}

// add keeps a line, or what is left of one: a piece of a line takes its place.
func (t *tail) add(text []byte, again bool) {
	if again {
		t.next--
	}
	kept := &t.lines[t.next%tailLines]
	*kept = append((*kept)[:0], text[max(0, len(text)-tailLength):]...)
	if !again {
		t.look(text)
	}
	t.next++
}

// look looks for a crash.
func (t *tail) look(text []byte) {
	if begins(text, "panic: ", "fatal error: ") && !(t.found && !t.trace && t.next-t.from < crashLines) || begins(text, "runtime: ") && !t.found {
		t.found, t.trace, t.from = true, false, t.next
	}
	if !t.found {
		return
	}
	if at := t.next - t.from; at < crashLines {
		t.crash[at] = append(t.crash[at][:0], text[:min(len(text), tailLength)]...)
	}
	t.trace = t.trace || begins(text, "goroutine ", "runtime stack:")
}

func begins(text []byte, marks ...string) bool {
	for _, mark := range marks {
		if bytes.HasPrefix(text, []byte(mark)) {
			return true
		}
	}
	return false
}

// last returns the last lines, n at most; the end of a crash comes with its beginning.
func (t *tail) last(n int) string {
	var b strings.Builder
	line := func(text []byte) {
		b.Write(appendShown(nil, text))
		b.WriteByte('\n')
	}
	from := max(0, t.next-n)
	switch crashed := t.found && t.trace; {
	case crashed && t.from >= from:
		from = t.from
	case crashed:
		for _, text := range t.crash[:min(crashLines, n)] {
			line(text)
		}
		from = max(t.from+crashLines, t.next-(n-crashLines))
		if from > t.from+crashLines {
			b.WriteString("...\n")
		}
	}
	for i := from; i < t.next; i++ {
		line(t.lines[i%tailLines])
	}
	return b.String()
}

// lastOf returns the last lines of both streams. Where both have some, those of standard
// error are the first: most programs give their reasons there.
func lastOf(stdout, stderr *tail) string {
	switch {
	case stderr.next == 0:
		return stdout.last(tailLines)
	case stdout.next == 0:
		return stderr.last(tailLines)
	}
	return "standard error:\n" + stderr.last(tailLines/2) + "standard output:\n" + stdout.last(tailLines/2)
}
