package osproc

import (
	"bytes"
	"strings"
	"sync"
	"unicode/utf8"
)

// tail keeps the end of a stream. Adding is cheap however much passes through.
type tail struct {
	limit int // bytes

	mu  sync.Mutex // guards the fields below
	buf []byte     // the end of the stream: more than limit once it was cut, at most about twice
}

func (t *tail) add(data []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	keep := t.limit + 1 // one more, to see whether a line begins at the limit
	if len(data) > keep {
		data = data[len(data)-keep:]
		t.buf = t.buf[:0]
	}
	if len(t.buf)+len(data) > 2*keep {
		n := copy(t.buf, t.buf[len(t.buf)-keep:])
		t.buf = t.buf[:n]
	}
	t.buf = append(t.buf, data...)
}

// String returns at most the last limit bytes: whole lines, or the end of the
// last line where that alone is longer. Bytes that are no UTF-8 are replaced.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	end := t.buf
	if len(end) > t.limit {
		end = end[len(end)-t.limit-1:]
		if i := bytes.IndexByte(end, '\n'); i >= 0 && i < len(end)-1 {
			end = end[i+1:]
		} else {
			end = wholeRunes(end[1:])
		}
	}
	return strings.ToValidUTF8(string(end), "\uFFFD")
}

// wholeRunes drops the rest of a rune whose beginning was cut off.
func wholeRunes(b []byte) []byte {
	n := 0
	for n < min(utf8.UTFMax-1, len(b)) && !utf8.RuneStart(b[n]) {
		n++
	}
	return b[n:]
}
