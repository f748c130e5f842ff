package actor

import (
	"encoding/binary"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// LinesTo is LogTo for who wants nothing but lines of text, without process ids,
// each with its newline. Several goroutines may call write at once, and it must not
// keep a line. It costs a fraction of what a record does.
func LinesTo(level Level, write func(line []byte)) { here().log.linesTo(level, write) }

func (l *log) linesTo(level Level, write func(line []byte)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.level.Store(int32(level))
	l.sink = func(r *LogRecord) { write(append(r.AppendText(nil, false), '\n')) }
	l.lines.Store(&write)
}

// lineBuffers are for lines that are being made. A line is made before its turn
// comes: what it shows may log, too.
var lineBuffers = sync.Pool{New: func() any { b := make([]byte, 0, 512); return &b }}

// keptBuffer is how large a buffer may have become to be used again.
const keptBuffer = 64 << 10

// text makes a line and writes it.
func (l *log) text(write func([]byte), tag byte, id, name, state, format string, args []any) {
	buffer, _ := lineBuffers.Get().(*[]byte)
	line := l.clock.append((*buffer)[:0])
	line = append(line, ' ', tag, ' ', '<')
	line = append(append(line, id...), '>')
	line = appendPlain(line, name)
	if state != "" {
		line = append(appendPlain(append(line, '['), state), ']')
	}
	line = append(line, " - "...)
	begin := len(line)
	if len(args) > 0 {
		line = fmt.Appendf(line, format, redactArgs(args)...)
	} else {
		line = append(line, format...)
	}
	if !isPlain(line[begin:]) {
		line = appendEscaped(line[:begin], string(line[begin:]))
	}
	line = append(line, '\n')
	write(line)
	if cap(line) <= keptBuffer {
		*buffer = line
		lineBuffers.Put(buffer)
	}
}

func appendPlain(line []byte, text string) []byte {
	begin := len(line)
	line = append(line, text...)
	if !isPlain(line[begin:]) {
		line = appendEscaped(line[:begin], text)
	}
	return line
}

// isPlain reports whether text is printable ASCII only, which needs no escape.
// It looks at eight bytes at a time.
func isPlain(text []byte) bool {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	for ; len(text) >= 8; text = text[8:] {
		x := binary.LittleEndian.Uint64(text)
		below := (x - ' '*ones) &^ x // the high bit of a byte: it is less than a blank
		above := (x + ones) | x      // the same: it is more than a tilde
		if (below|above)&high != 0 {
			return false
		}
	}
	for _, c := range text {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// clock tells the time for lines. It reads the clock of the system once in
// [clockTrust] and adds what has passed since then: that is half the work, and the
// second is written once.
type clock struct{ last atomic.Pointer[reading] }

// clockTrust bounds how late a line notices that the clock was put, or that the
// machine slept.
const clockTrust = 10 * time.Millisecond

// reading is what the clock of the system said.
type reading struct {
	at     time.Time     // with the monotonic clock
	second string        // its text, up to the point
	into   time.Duration // so far into that second
}

// append appends the time as [stamp] has it.
func (c *clock) append(line []byte) []byte {
	r := c.last.Load()
	var passed time.Duration
	if r != nil {
		passed = time.Since(r.at)
	}
	if r == nil || passed < 0 || passed >= clockTrust || r.into+passed >= time.Second {
		r, passed = newReading(time.Now()), 0
		c.last.Store(r)
	}
	return r.append(line, passed)
}

func newReading(t time.Time) *reading {
	return &reading{t, t.UTC().Format("2006-01-02T15:04:05."), time.Duration(t.Nanosecond())}
}

func (r *reading) append(line []byte, passed time.Duration) []byte {
	ms := (r.into + passed) / time.Millisecond
	return append(append(line, r.second...), byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10))
}
