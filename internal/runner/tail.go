package runner

import (
	"bytes"
)

const (
	tailBytes = 4 << 10
	tailLines = 10
)

// tail keeps the end of a log.
type tail struct {
	bytes []byte // the end: at most twice tailBytes
	cut   bool   // it is not all
}

func (t *tail) add(lines []byte) {
	if len(lines) > tailBytes {
		lines, t.cut = lines[len(lines)-tailBytes:], true
		t.bytes = t.bytes[:0]
	}
	if len(t.bytes)+len(lines) > 2*tailBytes {
		n := copy(t.bytes, t.bytes[len(t.bytes)-tailBytes:])
		t.bytes, t.cut = t.bytes[:n], true
	}
	t.bytes = append(t.bytes, lines...)
}

// last are the last ten lines, or fewer: those that fit. Of one that is longer
// than all of them may be, it is the end.
func (t *tail) last() []string {
	text := t.bytes
	cut := t.cut
	if len(text) > tailBytes {
		text, cut = text[len(text)-tailBytes:], true
	}
	if cut {
		if i := bytes.IndexByte(text, '\n'); i >= 0 && i < len(text)-1 {
			text = text[i+1:]
		}
	}
	var lines []string
	for line := range bytes.Lines(text) {
		lines = append(lines, string(bytes.ToValidUTF8(bytes.TrimSuffix(line, []byte("\n")), nil)))
	}
	return lines[max(0, len(lines)-tailLines):]
}
