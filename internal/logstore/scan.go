package logstore

import (
	"bytes"
	"io"
)

// chunk is how much is read at a time. Longer lines are read with more.
const chunk = 256 << 10

// scan reads the lines of a part, from an offset that begins a line.
type scan struct {
	part   *part
	offset int64 // of what is not returned yet
	buffer []byte
	begin  int // in buffer, of what is not returned yet
	seen   int // in buffer: no newline between begin and here
}

func newScan(p *part, offset int64) *scan { return &scan{part: p, offset: offset} }

// next returns the next line, newline included, until the size of the part. The
// last may have none: torn asks for it. The line is valid until the next call.
func (s *scan) next(torn bool) ([]byte, error) {
	for {
		if i := bytes.IndexByte(s.buffer[s.seen:], '\n'); i >= 0 {
			return s.take(s.seen + i + 1), nil
		}
		s.seen = len(s.buffer)
		more, err := s.fill()
		if err != nil {
			return nil, err
		}
		if !more {
			if torn && s.begin < len(s.buffer) {
				return s.take(len(s.buffer)), nil
			}
			return nil, io.EOF
		}
	}
}

func (s *scan) take(end int) []byte {
	line := s.buffer[s.begin:end]
	s.offset += int64(len(line))
	s.begin, s.seen = end, end
	return line
}

// fill reads more behind what is in the buffer, if there is more.
func (s *scan) fill() (bool, error) {
	have := len(s.buffer) - s.begin
	left := s.part.size - s.offset - int64(have)
	if left <= 0 {
		return false, nil
	}
	if s.begin > 0 {
		copy(s.buffer, s.buffer[s.begin:])
		s.buffer = s.buffer[:have]
		s.seen -= s.begin
		s.begin = 0
	}
	if int64(cap(s.buffer)-have) < min(left, chunk/2) {
		grown := make([]byte, have, max(2*have, have+int(min(left, chunk))))
		copy(grown, s.buffer)
		s.buffer = grown
	}
	room := int(min(int64(cap(s.buffer)-have), left))
	n, err := s.part.file.ReadAt(s.buffer[have:have+room], s.offset+int64(have))
	s.buffer = s.buffer[:have+n]
	if err == io.EOF {
		err = nil // cut below us: what is there is all there is
		s.part.size = s.offset + int64(have+n)
	}
	return n > 0, err
}
