package actor

import (
	"encoding/binary"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// LinesTo is LogTo for who wants nothing but lines of text, without process ids,
// each with its newline: write gets them one at a time, and must not keep them.
// It costs a fraction of what a record does.
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
	line := l.clock.appendStamp((*buffer)[:0], time.Now())
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
	l.mu.Lock()
	write(line)
	l.mu.Unlock()
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

// clock writes times, and remembers the second it is.
type clock struct{ now atomic.Pointer[clockSecond] }

type clockSecond struct {
	unix int64
	text string // up to the point
}

// appendStamp appends the time as [stamp] has it.
func (c *clock) appendStamp(line []byte, t time.Time) []byte {
	s := c.now.Load()
	if unix := t.Unix(); s == nil || s.unix != unix {
		s = &clockSecond{unix, t.UTC().Format("2006-01-02T15:04:05.")}
		c.now.Store(s)
	}
	ms := t.Nanosecond() / 1e6
	return append(append(line, s.text...), byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10))
}
