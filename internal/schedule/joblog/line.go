package joblog

import (
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/ansar-go/ansar/actor"
)

// Marks of lines.
const (
	markStdout = '1'
	markStderr = '2'
	markNote   = '*'
	markLink   = '@'
	more       = '+' // behind the mark: the line goes on
)

// stampFormat is the time of a line: UTC, always with nine digits, so that lines sort.
const stampFormat = "2006-01-02T15:04:05.000000000Z"

// stampLength is how long the time of a line is.
const stampLength = len(stampFormat)

// appendHead appends the time and the mark.
func appendHead(line []byte, at time.Time, mark byte, goesOn bool) []byte {
	line = at.UTC().AppendFormat(line, stampFormat)
	line = append(line, ' ', mark)
	if goesOn {
		line = append(line, more)
	}
	return append(line, ' ')
}

// appendLine appends a whole line.
func appendLine(line []byte, at time.Time, mark byte, text string) []byte {
	return append(appendShown(appendHead(line, at, mark, false), text), '\n')
}

// appendRecord appends a record of an object.
func appendRecord(line []byte, r *actor.LogRecord) []byte {
	mark := (r.GetTag() + " ")[0]
	line = appendHead(line, r.GetTime().AsTime(), mark, false)
	if mark != markStdout && mark != markStderr {
		line = append(append(append(line, '<'), r.GetId()...), '>')
		line = appendShown(line, r.GetName())
		if r.GetState() != "" {
			line = append(appendShown(append(line, '['), r.GetState()), ']')
		}
		line = append(line, " - "...)
	}
	return append(appendShown(line, r.GetText()), '\n')
}

// appendShown appends text so that it stays on its line and changes no terminal.
func appendShown[T string | []byte](line []byte, text T) []byte {
	begin := 0 // of what is plain and not appended yet
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf {
			if c >= ' ' && c != 0x7f || c == '\t' {
				i++
				continue
			}
			line = append(line, text[begin:i]...)
			line = appendByte(line, c)
			i++
			begin = i
			continue
		}
		r, size := utf8.DecodeRuneInString(string(text[i:min(i+utf8.UTFMax, len(text))]))
		if r != utf8.RuneError && strconv.IsPrint(r) || r == utf8.RuneError && size == len("\uFFFD") {
			i += size
			continue
		}
		line = append(line, text[begin:i]...)
		for ; size > 0; size-- {
			line = appendByte(line, text[i])
			i++
		}
		begin = i
	}
	return append(line, text[begin:]...)
}

func appendByte(line []byte, c byte) []byte {
	const hex = "0123456789abcdef"
	return append(line, '\\', 'x', hex[c>>4], hex[c&15])
}
