package runner

import (
	"bytes"
	"fmt"
	"io"
	"sync"
	"time"
	"unicode/utf8"
)

const (
	// longestLine bounds a line that has no end, and so what is held of it: it is
	// cut there, as it is in a role that runs in the foreground.
	longestLine = 1 << 20

	// batchSize is how many bytes of finished lines are written at once at most,
	// give or take a line. What one read gives of usual lines fits.
	batchSize = 128 << 10

	// usualLine is how much of a buffer for lines is kept for the next.
	usualLine = 64 << 10
)

// The tags of lines: what a program printed, and what there is to say about it.
const (
	tagStdout  = '^'
	tagStderr  = '?'
	tagStarted = '('
	tagEnded   = ')'
	tagWarning = '?'
)

// store is where lines go, many at once, each with its newline.
type store interface{ WriteBatch(lines []byte) error }

// output is what a program prints, as lines of a log: stamped when they arrive,
// and written before the next is read. There is no timer in it and no queue, so
// that of the lines that have arrived none can be lost, whatever ends the runner.
type output struct {
	store store // nil: lines are not stored
	role  string

	mu    sync.Mutex // guards the fields below, and the order of lines
	lines []byte     // finished, to be written
	start []byte     // what lines of this instant begin with
	tail  tail
	watch func(line []byte) // sees each line of the program; nil: none does
}

// stream is one of the two outputs of a program. It is the Writer of its pipe.
type stream struct {
	*output
	tag  byte
	raw  io.Writer // gets everything as it comes; nil: nobody does
	rest []byte    // the beginning of a line; guarded by mu
}

// Write takes what one read of the pipe has given.
func (s *stream) Write(data []byte) (int, error) {
	if s.raw != nil {
		_, _ = s.raw.Write(data) // that nobody reads it any more ends the lifeline, too
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	head := s.head(s.tag, s.role)
	left := data
	for {
		end := bytes.IndexByte(left, '\n')
		if end < 0 {
			break
		}
		line := left[:end]
		if len(s.rest) > 0 {
			s.rest = append(s.rest, line...)
			line = s.rest
		}
		s.line(head, bytes.TrimSuffix(line, []byte("\r")))
		s.rest = s.rest[:0]
		left = left[end+1:]
	}
	s.hold(head, left)
	s.flush()
	return len(data), nil
}

// hold keeps the beginning of a line until its end comes.
func (s *stream) hold(head, text []byte) {
	if cap(s.rest) > usualLine && len(text) < usualLine && len(s.rest) == 0 {
		s.rest = nil
	}
	s.rest = append(s.rest, text...)
	for len(s.rest) > longestLine {
		n := wholeRunes(s.rest[:longestLine])
		s.line(head, s.rest[:n])
		s.rest = append(s.rest[:0], s.rest[n:]...)
	}
}

// finish is the end of the stream: a line without a newline is one.
func (s *stream) finish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.rest) > 0 {
		s.line(s.head(s.tag, s.role), s.rest)
		s.flush()
	}
	s.rest = nil
}

// say adds a line about the program.
func (o *output) say(tag byte, text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.note(tag, text)
}

// note is say for who holds mu.
func (o *output) note(tag byte, text string) {
	if o.store == nil {
		return
	}
	o.lines = append(appendEscaped(append(o.lines, o.head(tag, Name)...), []byte(text)), '\n')
	_ = o.store.WriteBatch(o.lines) // it counts what it loses, and tells
	o.lines = o.lines[:0]
}

// head is what the lines of this instant begin with, until the next call.
func (o *output) head(tag byte, name string) []byte {
	o.start = time.Now().UTC().AppendFormat(o.start[:0], "2006-01-02T15:04:05.000")
	o.start = append(o.start, ' ', tag)
	o.start = append(o.start, " <00000001>"...)
	o.start = append(append(o.start, name...), " - "...)
	return o.start
}

// line adds a line of the program, in pieces if it is too long.
func (o *output) line(head, text []byte) {
	if o.watch != nil {
		o.watch(text)
	}
	for {
		piece := text
		if len(text) > longestLine {
			piece = text[:wholeRunes(text[:longestLine])]
		}
		o.lines = append(appendEscaped(append(o.lines, head...), piece), '\n')
		if len(o.lines) >= batchSize {
			o.flush()
		}
		if text = text[len(piece):]; len(text) == 0 {
			return
		}
	}
}

// flush writes the finished lines.
func (o *output) flush() {
	if len(o.lines) == 0 {
		return
	}
	o.tail.add(o.lines)
	if o.store != nil {
		_ = o.store.WriteBatch(o.lines) // it counts what it loses, and tells
	}
	if cap(o.lines) > 2*batchSize {
		o.lines = nil
	}
	o.lines = o.lines[:0]
}

// wholeRunes is how many bytes of text can be cut off such that no rune is cut.
func wholeRunes(text []byte) int {
	for n := len(text); n > len(text)-utf8.UTFMax && n > 0; n-- {
		if r, size := utf8.DecodeLastRune(text[:n]); r != utf8.RuneError || size != 1 {
			return n
		}
	}
	return len(text) // it is no text at all
}

// begin starts a program whose lines come here. They follow the line that says
// so, and not what the run before has printed.
func (o *output) begin(watch func(line []byte), start func() (pid int, err error)) error {
	o.mu.Lock() // what is printed waits
	defer o.mu.Unlock()
	o.tail, o.watch = tail{}, watch
	pid, err := start()
	if err == nil {
		o.note(tagStarted, fmt.Sprintf("Started process (%d)", pid))
	}
	return err
}

// lastLines are the last lines of this run.
func (o *output) lastLines() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.tail.last()
}
