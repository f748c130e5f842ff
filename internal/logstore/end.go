package logstore

import (
	"bytes"
	"io"
	"time"
)

// ending is what the end of a segment tells about it.
type ending struct {
	size   int64
	torn   bool  // the last line has no newline
	newest stamp // the latest of the last lines
	oldest stamp // the earliest of them
	last   stamp // of the last of them
	known  bool  // there are times
}

// endOf looks at the end of the current segment. One that is not there is empty.
func endOf(folder string) (end ending, err error) {
	p, err := openPart(folder, "")
	if p == nil {
		return end, err
	}
	defer p.file.Close()
	return p.ending(smallest, Tolerance) // what is above is no later than newest then
}

// ending looks at the end of a part: so many bytes, or more until there are times
// among them that span so much.
func (p *part) ending(length int64, span time.Duration) (end ending, err error) {
	end.size = p.size
	for ; ; length *= 4 {
		length = min(length, p.size)
		tail := make([]byte, length)
		n, err := p.file.ReadAt(tail, p.size-length)
		if err != nil && err != io.EOF {
			return end, err
		}
		tail = tail[:n]
		end.torn = n > 0 && tail[n-1] != '\n'
		if length < p.size { // it may begin within a line
			tail = tail[lineLen(tail):]
		}
		end.look(tail)
		if end.spans(span) || length == p.size {
			return end, nil
		}
	}
}

func (end *ending) spans(d time.Duration) bool {
	return end.known && (d == 0 || !end.newest.add(-d).before(end.oldest))
}

// look learns the times of some lines.
func (end *ending) look(lines []byte) {
	for line := range bytes.Lines(lines) {
		s, ok := stampOf(line)
		if !ok {
			continue
		}
		if !end.known || s.before(end.oldest) {
			end.oldest = s
		}
		if end.newest.before(s) {
			end.newest = s
		}
		end.last, end.known = s, true
	}
}
