package link

import (
	"io"
	"sync"
	"syscall"
)

// pipeSize is how many bytes a [Pipe] holds in each direction.
const pipeSize = 64 << 10

// Pipe returns the two ends of a stream in memory, which behaves as a
// connected pair of sockets does: it holds 64 KiB in each direction, a full
// one blocks Write, and what was written before an end was closed can still
// be read. Both ends have CloseWrite, which the other reads as io.EOF.
// Close interrupts Read and Write of either end; to write to an end that was
// closed is EPIPE.
func Pipe() (a, b io.ReadWriteCloser) { return newPipe(pipeSize) }

func newPipe(size int) (a, b io.ReadWriteCloser) {
	p, q := newHalf(size), newHalf(size)
	return &end{in: p, out: q}, &end{in: q, out: p}
}

type end struct{ in, out *half }

func (e *end) Read(b []byte) (int, error)  { return e.in.read(b) }
func (e *end) Write(b []byte) (int, error) { return e.out.write(b) }

// CloseWrite shuts the direction from this end to the other.
func (e *end) CloseWrite() error {
	e.out.shut(false)
	return nil
}

func (e *end) Close() error {
	e.out.shut(false)
	e.in.shut(true)
	return nil
}

// half is one direction of a pipe.
type half struct {
	size int

	mu      sync.Mutex // guards the fields below
	changed sync.Cond
	buf     []byte
	eof     bool // nothing more is written
	deaf    bool // nobody reads any more
}

func newHalf(size int) *half {
	h := &half{size: size}
	h.changed.L = &h.mu
	return h
}

func (h *half) read(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for len(h.buf) == 0 && !h.eof && !h.deaf {
		h.changed.Wait()
	}
	switch {
	case h.deaf:
		return 0, io.ErrClosedPipe
	case len(h.buf) == 0:
		return 0, io.EOF
	}
	n := copy(b, h.buf)
	h.buf = h.buf[:copy(h.buf, h.buf[n:])]
	h.changed.Broadcast()
	return n, nil
}

func (h *half) write(b []byte) (n int, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for n < len(b) {
		for len(h.buf) >= h.size && !h.eof && !h.deaf {
			h.changed.Wait()
		}
		switch {
		case h.eof:
			return n, io.ErrClosedPipe
		case h.deaf:
			return n, syscall.EPIPE
		}
		k := min(len(b)-n, h.size-len(h.buf))
		h.buf = append(h.buf, b[n:n+k]...)
		n += k
		h.changed.Broadcast()
	}
	return n, nil
}

func (h *half) shut(deaf bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.eof = h.eof || !deaf
	h.deaf = h.deaf || deaf
	h.changed.Broadcast()
}
