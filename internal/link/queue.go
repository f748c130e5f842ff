package link

import (
	"io"
	"net"
	"slices"
)

const (
	// segmentSize is how much the writer takes at once, roughly: large enough
	// that a system call is well used, small enough that a Stop, which is
	// written between two segments, does not wait long.
	segmentSize = 64 << 10

	spareSegments = 2
)

// tail is the end of a frame that is large and not copied: it must not change
// any more. The memory, if there is any, goes back to the pool once it is
// written.
type tail struct {
	b      []byte
	memory *[]byte
}

// segment is a run of whole frames.
type segment struct {
	b []byte

	tail tail

	// Bytes of b that are to be returned to the gates of the link.
	room, feed int64
}

func (s *segment) size() int64 { return int64(len(s.b) + len(s.tail.b)) }

// writeTo writes the segment, in one system call if the stream has one for it.
func (s *segment) writeTo(w io.Writer) error {
	if s.tail.b == nil {
		_, err := w.Write(s.b)
		return err
	}
	both := net.Buffers{s.b, s.tail.b}
	_, err := both.WriteTo(w)
	return err
}

// queue holds frames until they are written. The lock of its link guards it.
type queue struct {
	segments []segment
	spare    [][]byte
	size     int64
}

// add appends a frame and returns the segment that it is in, valid until the
// next call.
func (q *queue) add(frame []byte, rest tail) *segment {
	k := len(q.segments) - 1
	if k < 0 || len(q.segments[k].b) >= segmentSize || q.segments[k].tail.b != nil {
		var b []byte
		if n := len(q.spare) - 1; n >= 0 {
			b, q.spare = q.spare[n], q.spare[:n]
		}
		q.segments = append(q.segments, segment{b: b})
		k++
	}
	s := &q.segments[k]
	s.b, s.tail = append(s.b, frame...), rest
	q.size += int64(len(frame) + len(rest.b))
	return s
}

// take removes the first segment, which must exist.
func (q *queue) take() segment {
	s := q.segments[0]
	q.segments = slices.Delete(q.segments, 0, 1)
	q.size -= s.size()
	return s
}

// recycle keeps the memory of a segment that was written.
func (q *queue) recycle(s segment) {
	if s.tail.memory != nil {
		largeMemory.put(*s.tail.memory)
	}
	if len(q.spare) < spareSegments {
		q.spare = append(q.spare, s.b[:0])
	}
}

func (q *queue) drop() { q.segments, q.spare, q.size = nil, nil, 0 }
