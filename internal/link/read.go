package link

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"syscall"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/ansar-go/ansar/internal/link/linkpb"
)

const (
	// maxFrame is the limit for one frame. A piece of a large message is
	// maxPiece, and the rest is for names.
	maxFrame = 128 << 10

	readMin = 16 << 10
	readMax = 256 << 10

	// farewell is how long a link that must end waits for its last words to
	// be written.
	farewell = time.Second
)

// reader is what the goroutine that reads a link knows.
type reader struct {
	link    *Link
	known   names
	met     bool                 // the Hello came
	streams map[uint64]*assembly // of frames about this hop
}

// read hands over and passes on what comes, until the stream ends. It never
// waits for anything but the stream.
func (l *Link) read() error {
	rd := &reader{link: l, known: make(names), streams: make(map[uint64]*assembly)}
	buf := make([]byte, readMin)
	start, end := 0, 0
	for {
		runtime.Gosched() // whoever got something goes first: it may have an answer
		n, err := l.stream.Read(buf[end:])
		end += n
		l.eager.Store(true)
		for {
			frame, size, bad := firstFrame(buf[start:end])
			if bad != nil {
				return bad
			}
			if size == 0 {
				if !rd.met && !mayBeHello(buf[start:end]) {
					return fmt.Errorf("%w: what came first is no Hello", ErrProtocol)
				}
				break
			}
			if bad := rd.frame(buf[start:start+size], frame); bad != nil {
				if errors.Is(bad, ErrVersion) {
					l.farewell()
				}
				return bad
			}
			start += size
		}
		if err != nil {
			return l.readError(err)
		}
		rest := buf[start:end]
		if end == len(buf) && len(buf) < readMax { // it is used to the full
			buf = make([]byte, 2*len(buf))
		}
		start, end = 0, copy(buf, rest)
	}
}

// readError sorts the ways in which a stream ends.
func (l *Link) readError(err error) error {
	switch {
	case l.closed.Load():
		return os.ErrClosed
	case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
		return io.EOF // the same: the other side is gone
	}
	return fmt.Errorf("read link: %w", err)
}

// firstFrame returns the first frame of b, without and with its length. size
// is 0 if b holds no whole frame yet.
func firstFrame(b []byte) (frame []byte, size int, err error) {
	length, n := protowire.ConsumeVarint(b)
	switch {
	case n < 0 && len(b) < 10:
		return nil, 0, nil
	case n < 0:
		return nil, 0, fmt.Errorf("%w: a frame has no length", ErrProtocol)
	case length > maxFrame:
		return nil, 0, fmt.Errorf("%w: a frame of %d bytes is over the limit of %d", ErrProtocol, length, maxFrame)
	case uint64(len(b)-n) < length:
		return nil, 0, nil
	}
	size = n + int(length)
	return b[n:size], size, nil
}

// mayBeHello reports whether b can be the beginning of a Hello. A program that
// is not ours is found out by its first bytes, however few they are.
func mayBeHello(b []byte) bool {
	_, n := protowire.ConsumeVarint(b)
	return n < 0 || len(b) == n || b[n] == kindHello<<3|byte(protowire.BytesType)
}

// body returns an encoded frame without its length.
func body(frame []byte) []byte {
	_, n := protowire.ConsumeVarint(frame)
	return frame[n:]
}

// farewell lets the other side know our version before the link ends.
func (l *Link) farewell() {
	_ = l.Hello(&linkpb.Hello{}) // an error says that it was sent before
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	_ = l.Flush(ctx) // it is told what can be told
}

// frame handles one frame: whole is its encoding with the length, for passing
// it on.
func (rd *reader) frame(whole, frame []byte) error {
	kind, body, err := kindOf(frame)
	if err != nil {
		return err
	}
	switch {
	case !rd.met && kind != kindHello:
		return fmt.Errorf("%w: a frame of kind %d came before Hello", ErrProtocol, kind)
	case kind == kindChunk:
		return rd.chunk(whole, body)
	case routed(kind):
		return rd.routed(kind, whole, body)
	}
	return rd.hop(int(kind), body)
}

// routed passes a frame on, or handles it if it is for this process.
func (rd *reader) routed(kind protowire.Number, whole, body []byte) error {
	to, origin, err := ends(body, rd.known)
	if err != nil {
		return err
	}
	if to == rd.link.router.Self() && to != "" {
		return rd.arrived(kind, origin, body)
	}
	rd.link.router.relay(rd.link, kind, to, origin, whole, body)
	return nil
}

// hop handles a frame about this link. Those that come from the wrong side
// are an error, those that are not known are ignored.
func (rd *reader) hop(kind int, body []byte) error {
	l, h := rd.link, rd.link.handler
	if l.parent && (kind == kindReady || kind == kindLog || kind == kindCompleted) ||
		!l.parent && (kind == kindBegin || kind == kindStop) {
		return fmt.Errorf("%w: a frame of kind %d came from the wrong side", ErrProtocol, kind)
	}
	switch kind {
	case kindHello:
		return rd.hello(body)
	case kindBegin:
		m, err := decodeBegin(body)
		if err != nil {
			return err
		}
		l.router.adopt(m.Address)
		h.Begin(m)
	case kindReady:
		h.Ready()
	case kindStop:
		m, err := decodeStop(body)
		if err != nil {
			return err
		}
		h.Stop(m)
	case kindLog:
		m, err := decodeLog(body)
		if err != nil {
			return err
		}
		h.Log(m)
	case kindCompleted:
		m, err := decodeCompleted(body)
		if err != nil {
			return err
		}
		h.Completed(m)
	}
	return nil
}

func (rd *reader) hello(body []byte) error {
	m, err := decodeHello(body)
	if err != nil {
		return err
	}
	switch {
	case rd.met:
		return fmt.Errorf("%w: a second Hello came", ErrProtocol)
	case m.Major != Major:
		return fmt.Errorf("%w: ours is %d.%d, that of %q is %d.%d", ErrVersion, Major, Minor, m.Name, m.Major, m.Minor)
	}
	rd.met = true
	rd.link.handler.Hello(m)
	return nil
}
