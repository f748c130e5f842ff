package joblog

import (
	"bytes"
	"time"
	"unicode/utf8"
)

// longestPiece is how much of a line is kept in memory: a longer one comes in pieces.
const longestPiece = 64 << 10

// longestBatch is how much is made into lines before it is written.
const longestBatch = 256 << 10

// stream is what a process prints: the bytes as they are in one file, the lines with
// times in the log.
type stream struct {
	log   *Log
	mark  byte
	exact file

	// Guarded by the log.
	rest []byte // of a line that has no end yet
	cut  bool   // pieces of that line are written already
	tail tail
}

// Write implements [io.Writer]. It does not fail: [Log.Close] says what could not be
// written.
func (s *stream) Write(data []byte) (int, error) {
	s.exact.write(data)
	s.lines(data)
	return len(data), nil
}

// lines writes what has come to the log.
func (s *stream) lines(data []byte) {
	l := s.log
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	for len(data) > 0 {
		end := bytes.IndexByte(data, '\n')
		if end >= 0 && len(s.rest)+end <= longestPiece {
			if len(s.rest) > 0 {
				s.rest = append(s.rest, data[:end]...)
				s.emit(now, s.rest, false)
				s.rest = s.rest[:0]
			} else {
				s.emit(now, data[:end], false)
			}
			data = data[end+1:]
			continue
		}
		take := min(len(data), longestPiece-len(s.rest))
		s.rest, data = append(s.rest, data[:take]...), data[take:]
		if len(s.rest) == longestPiece && len(data) > 0 {
			whole := pieceEnd(s.rest)
			s.emit(now, s.rest[:whole], true)
			s.rest = append(s.rest[:0], s.rest[whole:]...)
		}
	}
	l.flush()
}

// pieceEnd is where to cut a piece that is full, so that no character is cut in two.
func pieceEnd(piece []byte) int {
	for back := 1; back < utf8.UTFMax; back++ {
		if at := len(piece) - back; utf8.RuneStart(piece[at]) {
			if !utf8.FullRune(piece[at:]) {
				return at
			}
			break
		}
	}
	return len(piece)
}

// emit makes a line, or a piece of one.
func (s *stream) emit(now time.Time, text []byte, goesOn bool) {
	l := s.log
	if !goesOn {
		text = bytes.TrimSuffix(text, []byte("\r"))
	}
	s.tail.add(text, s.cut)
	l.batch = appendHead(l.batch, now, s.mark, goesOn)
	l.batch = append(appendShown(l.batch, text), '\n')
	s.cut = goesOn
	if len(l.batch) >= longestBatch {
		l.flush()
	}
}

// finish writes a last line without an end. The log is locked.
func (s *stream) finish() {
	if len(s.rest) > 0 || s.cut {
		s.emit(time.Now(), s.rest, false)
		s.rest = nil
	}
}
