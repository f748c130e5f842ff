package link

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"

	"github.com/ansar-go/ansar/internal/link/linkpb"
)

// Version of the protocol, as [Link.Hello] sends it.
const (
	Major = 1
	Minor = 0
)

// Hello sends our Hello. It must be called once, and before it nothing is
// written: what is sent earlier waits behind it. It does not block. The
// version is filled in if it is zero; h must not be used afterwards.
func (l *Link) Hello(h *linkpb.Hello) error {
	if h.Major == 0 {
		h.Major, h.Minor = Major, Minor
	}
	clean(&h.Name, &h.Build)
	frame, err := encodeHello(h)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.failed != nil:
		return ErrNoRoute
	case l.greeted:
		return errors.New("send Hello: it was sent before")
	}
	// A Stop may be in the control lane already, and the Hello goes first.
	l.partial = frame
	l.added.bulk += int64(len(frame))
	l.greeted = true
	l.work.Signal()
	return nil
}

// Begin sends the Begin, after the Hello. It waits for room in the queue and
// returns when the last of it is queued: the cause of ctx, [ErrTooLarge] if it
// is over the limit for one message, [ErrNoRoute] if the link ended.
func (l *Link) Begin(ctx context.Context, b *linkpb.Begin) error {
	if err := l.router.fits(b.GetSettings().GetType(), len(b.GetSettings().GetPayload())); err != nil {
		return fmt.Errorf("send settings: %w", err)
	}
	if err := l.router.fits(b.GetInput().GetType(), len(b.GetInput().GetPayload())); err != nil {
		return fmt.Errorf("send input: %w", err)
	}
	clean(&b.Object, &b.Executable)
	frame, err := encodeBegin(b)
	if err != nil {
		return err
	}
	return l.send(ctx, frame)
}

// Ready sends the Ready, in its place behind what was sent before. It does
// not block.
func (l *Link) Ready() error {
	frame, err := encodeReady()
	if err != nil {
		return err
	}
	return l.pushNow(frame)
}

// Log sends a line of log, which must not be used afterwards. It waits for
// room in the queue: errors as for [Link.Begin].
func (l *Link) Log(ctx context.Context, rec *linkpb.Log) error {
	clean(&rec.Tag, &rec.Id, &rec.Name, &rec.State, &rec.Text)
	frame, err := encodeLog(rec)
	if err != nil {
		return err
	}
	return l.send(ctx, frame)
}

// Completed sends what the object returned, in its place behind everything
// that was sent before. It waits for room in the queue: errors as for
// [Link.Begin]. To be sure that it is written, call [Link.CloseWrite] next.
func (l *Link) Completed(ctx context.Context, c *linkpb.Completed) error {
	if err := l.router.fits(c.GetType(), len(c.GetPayload())); err != nil {
		return fmt.Errorf("send Completed: %w", err)
	}
	frame, err := encodeCompleted(c)
	if err != nil {
		return err
	}
	return l.send(ctx, frame)
}

// Stop sends a Stop ahead of everything that waits to be written. It does not
// block, and is lost if the link ended.
func (l *Link) Stop(s *linkpb.Stop) {
	clean(&s.Reason)
	frame, err := encodeStop(s)
	if err != nil {
		return // cannot happen: the reason is UTF-8 now
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ending || l.failed != nil {
		return
	}
	l.control.add(frame, tail{})
	l.added.control += int64(len(frame))
	l.work.Signal()
}

// clean makes texts fit to be sent: names of files and lines of log may be
// anything, and what is not UTF-8 cannot be encoded.
func clean(texts ...*string) {
	for _, s := range texts {
		*s = strings.ToValidUTF8(*s, "\uFFFD")
	}
}

// send queues a frame about this hop, in pieces if it is large.
func (l *Link) send(ctx context.Context, frame []byte) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := l.router.fits("frame", len(body(frame))); err != nil {
		return fmt.Errorf("send frame: %w", err)
	}
	if len(frame) <= maxPiece {
		return l.push(ctx, frame)
	}
	s := stream{link: l, number: l.router.streams.Add(1), frame: body(frame), size: len(frame)}
	return s.feed(ctx)
}

// Flush waits until everything that was queued before the call is written to
// the stream. It returns the cause of ctx, or [ErrNoRoute] if the link ended
// before.
func (l *Link) Flush(ctx context.Context) error {
	l.mu.Lock()
	if l.failed != nil {
		l.mu.Unlock()
		return l.failed
	}
	f := flush{l.added, make(chan error, 1)}
	l.flushes = append(l.flushes, f)
	l.settle()
	l.mu.Unlock()
	select {
	case err := <-f.ready:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// CloseWrite refuses all that is sent from now on, waits as [Link.Flush] does
// and then tells the other side that nothing more comes, which it reads as
// io.EOF. The other side closes its own end then, so this link ends too.
//
// If ctx ends first, its cause is returned and the stream is left open:
// [Link.Close] ends it.
func (l *Link) CloseWrite(ctx context.Context) error {
	l.mu.Lock()
	l.ending = true
	l.room.fail(ErrNoRoute)
	l.feed.fail(ErrNoRoute)
	l.mu.Unlock()
	if err := l.Flush(ctx); err != nil {
		return err
	}
	switch s := l.stream.(type) {
	case interface{ CloseWrite() error }:
		return s.CloseWrite()
	case syscall.Conn:
		if shut(s, syscall.SHUT_WR) == nil {
			return nil
		}
	}
	l.Close() // a stream that cannot be shut on one side alone
	return nil
}

// closeStream closes the stream so that Read and Write are interrupted. An
// os.File that is not in the poller does not do that by itself.
func (l *Link) closeStream() {
	if f, ok := l.stream.(*os.File); ok {
		_ = shut(f, syscall.SHUT_RDWR) // it is no socket otherwise
	}
	_ = l.stream.Close() // the reader has the error that matters
}

// shut shuts a socket, for streams whose Go type cannot, such as an os.File.
func shut(s syscall.Conn, how int) error {
	conn, err := s.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := conn.Control(func(fd uintptr) { failed = syscall.Shutdown(int(fd), how) }); err != nil {
		return err
	}
	return failed
}
