package link

import (
	"io"
	"sync"
	"sync/atomic"
)

// Link is the connection with a parent or a child. Its methods may be called
// from any goroutine. Two goroutines of its own read and write the stream
// until the link is closed; [Link.Done] tells when both have ended.
type Link struct {
	router  *Router
	stream  io.ReadWriteCloser
	handler Handler
	address string  // of the child; empty for the link with the parent
	parent  bool    // the other side is the parent
	direct  *direct // nil if the stream has none

	// eager is set by the reader: what is sent next is probably an answer, and
	// its sender writes it itself.
	eager atomic.Bool

	closed atomic.Bool   // Close was called
	done   chan struct{} // closed when both goroutines have ended

	mu      sync.Mutex // guards the fields below
	work    sync.Cond  // of the writer
	greeted bool       // our Hello is written or first in line
	ending  bool       // nothing more may be queued
	busy    bool       // somebody writes to the stream
	failed  error      // why nothing is written any more
	room    gate       // bytes queued, save those of chunks
	feed    gate       // bytes of chunks queued
	partial []byte     // the rest of a frame that was half written
	control queue      // written before all else
	bulk    queue
	added   progress
	written progress
	flushes []flush

	// The processes whose messages this process passed on from or to the
	// link: they are told when it ends.
	known struct {
		sync.Mutex
		ended bool
		peers map[string]struct{}
	}
}

// progress counts bytes by lane since the link began.
type progress struct{ control, bulk int64 }

type flush struct {
	until progress
	ready chan error // of capacity 1
}

func newLink(r *Router, address string, parent bool, stream io.ReadWriteCloser, h Handler) *Link {
	l := &Link{
		router: r, stream: stream, handler: h, address: address, parent: parent,
		direct: newDirect(stream), done: make(chan struct{}),
		room: gate{limit: r.opts.queue()}, feed: gate{limit: r.opts.queue() / 4},
	}
	l.work.L = &l.mu
	l.known.peers = make(map[string]struct{})
	l.eager.Store(true)
	return l
}

func (l *Link) start() {
	writer := make(chan struct{})
	go func() {
		defer close(writer)
		l.write()
	}()
	go func() {
		defer close(l.done)
		err := l.read()
		l.router.unlink(l)
		l.fail(ErrNoRoute)
		l.closeStream()
		<-writer
		l.handler.Closed(err)
		l.router.ended(l)
	}()
}

// Done returns a channel that is closed when the link has ended: the last
// method of its [Handler] has returned and its goroutines are gone.
func (l *Link) Done() <-chan struct{} { return l.done }

// Close ends the link now, with whatever waits to be written. It does not
// wait for [Link.Done]. Closing again does nothing.
func (l *Link) Close() {
	if l.closed.Swap(true) {
		return
	}
	l.fail(ErrNoRoute)
	l.closeStream()
}

// Queued returns how many bytes wait to be written.
func (l *Link) Queued() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return int(l.control.size+l.bulk.size) + len(l.partial)
}
