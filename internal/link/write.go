package link

import (
	"context"
	"errors"
	"syscall"
)

// push queues a frame, waiting for room. It returns the cause of ctx, or
// ErrNoRoute if the link ended.
func (l *Link) push(ctx context.Context, frame []byte) error {
	l.mu.Lock()
	if err := l.room.take(ctx, &l.mu, int64(len(frame))); err != nil {
		l.mu.Unlock()
		return err
	}
	return l.put(frame, tail{}, &l.room)
}

// pushNow queues a frame without waiting. After the end of the link it is
// thrown away, with ErrNoRoute.
func (l *Link) pushNow(frame []byte) error {
	l.mu.Lock()
	l.room.force(int64(len(frame)))
	return l.put(frame, tail{}, &l.room)
}

// pushChunk is push for a piece of a large message. Only a quarter of the
// queue is for these, so that a small one does not wait behind them. The
// piece itself is kept, not copied.
func (l *Link) pushChunk(ctx context.Context, frame []byte, piece tail) error {
	l.mu.Lock()
	if err := l.feed.take(ctx, &l.mu, int64(len(frame)+len(piece.b))); err != nil {
		l.mu.Unlock()
		return err
	}
	return l.put(frame, piece, &l.feed)
}

// pushChunkNow is pushChunk without waiting.
func (l *Link) pushChunkNow(frame []byte, piece tail) error {
	l.mu.Lock()
	l.feed.force(int64(len(frame) + len(piece.b)))
	return l.put(frame, piece, &l.feed)
}

// put queues a frame whose bytes were taken from g. It is called with the lock
// held and returns without it.
func (l *Link) put(frame []byte, rest tail, g *gate) error {
	n := int64(len(frame) + len(rest.b))
	if l.ending || l.failed != nil {
		l.mu.Unlock()
		return ErrNoRoute
	}
	l.added.bulk += n
	if rest.b == nil && l.idle() && l.direct != nil && l.eager.Swap(false) {
		l.writeDirect(frame, g)
		return nil
	}
	if s := l.bulk.add(frame, rest); g == &l.room {
		s.room += n
	} else {
		s.feed += n
	}
	if !l.busy {
		l.work.Signal()
	}
	l.mu.Unlock()
	return nil
}

// idle reports whether a frame could be written at once.
func (l *Link) idle() bool {
	return l.greeted && !l.busy && len(l.partial) == 0 && l.bulk.size == 0 && l.control.size == 0
}

// writeDirect writes a frame, or what fits now of it, in the goroutine of the
// sender, which saves waking the writer. The bytes go back to g. It is called with the lock held and returns without it.
func (l *Link) writeDirect(frame []byte, g *gate) {
	l.busy = true
	l.mu.Unlock()
	n, err := l.direct.write(frame)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.busy = false
	g.give(int64(len(frame)))
	if l.failed != nil {
		return
	}
	if err != nil {
		l.failLocked(ErrNoRoute)
		return
	}
	l.written.bulk += int64(n)
	if n < len(frame) {
		l.partial = append(l.partial, frame[n:]...)
	}
	l.settle()
	if !l.idle() {
		l.work.Signal()
	}
}

// write is the writer: the one goroutine that may wait for the stream.
func (l *Link) write() {
	for {
		s, control, ok := l.next()
		if !ok {
			return
		}
		err := s.writeTo(l.stream)
		l.mu.Lock()
		l.busy = false
		l.room.give(s.room)
		l.feed.give(s.feed)
		switch {
		case l.failed != nil:
		case err != nil:
			l.failLocked(ErrNoRoute)
		case control:
			l.written.control += s.size()
			l.control.recycle(s)
		default:
			l.written.bulk += s.size()
			l.bulk.recycle(s)
		}
		l.settle()
		l.mu.Unlock()
		if err != nil && !peerGone(err) {
			l.closeStream() // so that the reader does not wait for ever
		}
	}
}

// next waits for something to write and takes it. The rest of a half-written
// frame comes first, then the control lane.
func (l *Link) next() (s segment, control, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.failed == nil && (!l.greeted || l.busy || l.idle()) {
		l.work.Wait()
	}
	switch {
	case l.failed != nil:
		return s, false, false
	case len(l.partial) > 0:
		s.b, l.partial = l.partial, nil
	case l.control.size > 0:
		s, control = l.control.take(), true
	default:
		s = l.bulk.take()
	}
	l.busy = true
	return s, control, true
}

// settle answers the flushes that have come to their end.
func (l *Link) settle() {
	keep := l.flushes[:0]
	for _, f := range l.flushes {
		if f.until.bulk <= l.written.bulk && f.until.control <= l.written.control {
			f.ready <- nil
			continue
		}
		keep = append(keep, f)
	}
	l.flushes = keep
}

func (l *Link) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failLocked(err)
}

// failLocked ends the direction of writing: what waits is thrown away, who
// waits gets err.
func (l *Link) failLocked(err error) {
	if l.failed != nil {
		return
	}
	l.failed = err
	l.room.fail(err)
	l.feed.fail(err)
	l.control.drop()
	l.bulk.drop()
	l.partial = nil
	for _, f := range l.flushes {
		f.ready <- err
	}
	l.flushes = nil
	l.work.Signal()
}

// peerGone reports whether a write failed because the other side has ended.
// What it wrote before can still be read then.
func peerGone(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET)
}
