package link

import (
	"context"
	"fmt"
	"maps"
	"sync"
)

// maxPiece is the largest frame that travels in one piece, and the largest
// piece of a larger one.
const maxPiece = 64 << 10

// stream is a large frame on its way out, in pieces that the sending
// goroutine feeds while the queue has room.
type stream struct {
	link   *Link
	number uint64
	frame  []byte  // without its length
	memory *[]byte // of the frame; goes back to the pool when it is written
	now    bool    // do not wait

	// Of a frame for an object. The pieces have a credit of their own, to the
	// process, so that a process on the way never holds more than a window.
	to     PID
	origin string
	size   int   // of the payload
	flow   *gate // where the message is accounted for; nil if it is free
}

func (s *stream) feed(ctx context.Context) error {
	var buf []byte
	for rest, first := s.frame, true; len(rest) > 0; first = false {
		n := min(maxPiece, len(rest))
		c := chunk{to: s.to.Address, origin: s.origin, stream: s.number, data: rest[:n], last: n == len(rest)}
		if first {
			c.id, c.size = s.to.ID, uint64(s.size)
		}
		rest = rest[n:]
		buf = appendChunk(buf[:0], &c)
		if err := s.piece(ctx, buf, c.data, rest); err != nil {
			if !first {
				c = chunk{to: s.to.Address, origin: s.origin, stream: s.number, abort: true}
				_ = s.link.pushNow(appendChunk(buf[:0], &c)) // the link is gone otherwise
			}
			return err
		}
	}
	return nil
}

// piece sends one piece of the frame, with the head that goes in front of it.
// The rest follows.
func (s *stream) piece(ctx context.Context, head, piece, rest []byte) error {
	tail := tail{b: piece}
	if len(rest) == 0 {
		tail.memory = s.memory
	}
	if s.to.Address == "" {
		return s.link.pushChunk(ctx, head, tail)
	}
	ledger, to, n := &s.link.router.sent, PID{Address: s.to.Address}, int64(len(piece))
	if s.now {
		ctx = nil
	}
	g, _, err := ledger.take(ctx, to, n)
	if err != nil {
		return err
	}
	switch {
	case !ledger.alive(s.flow):
		err = ErrNoRoute
	case s.now:
		err = s.link.pushChunkNow(head, tail)
	default:
		err = s.link.pushChunk(ctx, head, tail)
	}
	if err != nil {
		ledger.undo(to, g, n)
	}
	return err
}

// growth is how many times what arrived an assembly may take of what was
// announced: every step is a copy of the bytes.
const growth = 16

// assembly is a large frame on its way in. It grows with what arrives,
// whatever was announced.
type assembly struct {
	buf     []byte
	id      string
	size    uint64
	refused bool // over the limit: the rest is thrown away
}

// add appends a piece.
func (a *assembly) add(c *chunk, limit int) {
	if a.refused = a.refused || a.size > uint64(limit) || len(a.buf)+len(c.data) > limit+maxFrame; a.refused {
		a.buf = nil
		return
	}
	if need := len(a.buf) + len(c.data); need > cap(a.buf) {
		room := max(need, growth*cap(a.buf))
		if a.size > 0 && need <= int(a.size)+maxFrame {
			room = min(room, int(a.size)+maxFrame)
		}
		a.buf = append(largeMemory.room(room), a.buf...)
	}
	a.buf = append(a.buf, c.data...)
}

// inbox holds the large messages for this process that are on their way.
type inbox struct {
	mu   sync.Mutex // guards the map; an assembly belongs to the link's reader
	open map[inboxKey]*assembly
}

type inboxKey struct {
	origin string
	stream uint64
}

func (b *inbox) init() { b.open = make(map[inboxKey]*assembly) }

// get returns the assembly of a piece, and removes it if it is the last.
func (b *inbox) get(c *chunk) *assembly {
	b.mu.Lock()
	defer b.mu.Unlock()
	key := inboxKey{c.origin, c.stream}
	a := b.open[key]
	if a == nil {
		a = &assembly{id: c.id, size: c.size}
		b.open[key] = a
	}
	if c.last || c.abort {
		delete(b.open, key)
	}
	return a
}

func (b *inbox) lose(lost area) {
	b.mu.Lock()
	defer b.mu.Unlock()
	maps.DeleteFunc(b.open, func(k inboxKey, _ *assembly) bool { return lost.contains(k.origin) })
}

// chunk handles a piece.
func (rd *reader) chunk(whole, body []byte) error {
	c, err := decodeChunk(body, rd.known)
	if err != nil {
		return err
	}
	r := rd.link.router
	switch {
	case c.to == "":
		return rd.hopChunk(&c)
	case c.to != r.Self():
		r.relay(rd.link, kindChunk, c.to, c.origin, whole, body)
		return nil
	}
	if len(c.data) > 0 {
		r.received.open(source{origin: c.origin}, int64(len(c.data)))()
	}
	a := r.inbox.get(&c)
	a.add(&c, r.opts.maxMessage())
	switch {
	case c.abort || !c.last:
	case a.refused:
		r.opts.lost(fmt.Errorf("message from %s for %s: %w: %d bytes", c.origin, a.id, ErrTooLarge, a.size))
		if a.id != "" {
			r.received.open(source{c.origin, a.id}, int64(a.size)+messageCost)()
		}
	default:
		if err := rd.assembled(&c, a); err != nil {
			r.opts.lost(fmt.Errorf("message from %s for %s: %w", c.origin, a.id, err))
		}
	}
	return nil
}

// assembled delivers a large message. An error is not that of the neighbour,
// who passed it on unseen, so it does not end the link.
func (rd *reader) assembled(c *chunk, a *assembly) error {
	kind, body, err := kindOf(a.buf)
	if err != nil {
		return err
	}
	if kind != kindData {
		return fmt.Errorf("%w: a frame of kind %d came in pieces", ErrProtocol, kind)
	}
	d, payload, err := decodeData(body, rd.known)
	if err != nil {
		return err
	}
	if d.to != c.to || d.origin != c.origin {
		return fmt.Errorf("%w: a message is not from who sent its pieces", ErrProtocol)
	}
	memory := a.buf
	rd.deliver(&d, payload, func() { largeMemory.put(memory) })
	return nil
}

// hopChunk handles a piece of a frame about this hop.
func (rd *reader) hopChunk(c *chunk) error {
	a := rd.streams[c.stream]
	if a == nil {
		a = &assembly{size: c.size}
		rd.streams[c.stream] = a
	}
	if a.add(c, rd.link.router.opts.maxMessage()); !c.last && !c.abort {
		return nil
	}
	delete(rd.streams, c.stream)
	switch {
	case c.abort:
		return nil
	case a.refused:
		rd.link.router.opts.lost(fmt.Errorf("frame of a link: %w", ErrTooLarge))
		return nil
	}
	kind, body, err := kindOf(a.buf)
	if err != nil {
		return err
	}
	if routed(kind) {
		return fmt.Errorf("%w: a frame of kind %d came in pieces for the hop", ErrProtocol, kind)
	}
	return rd.hop(int(kind), body)
}
