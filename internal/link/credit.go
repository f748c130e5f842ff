package link

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/ansar-go/ansar/internal/link/linkpb"
)

// messageCost is what a message costs besides its payload: the memory that
// its receiver needs to hold it. It is part of the protocol.
const messageCost = 128

// sent is the ledger of bytes on their way to objects of other processes. The
// key of the bytes of chunks to a process has no ID.
type sent struct {
	router *Router

	mu    sync.Mutex // guards the fields below, and the gates
	flows map[PID]*gate
}

func (s *sent) init(r *Router) { s.router, s.flows = r, make(map[PID]*gate) }

// take waits for n bytes of credit and returns where they are accounted for
// and the link that leads there. A nil context means not to wait.
//
// The route is looked up under the lock that lose takes after the route has
// been removed: so nobody waits for a process that is lost.
func (s *sent) take(ctx context.Context, to PID, n int64) (*gate, *Link, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.router.route(to.Address)
	if l == nil {
		return nil, nil, ErrNoRoute
	}
	g := s.flows[to]
	if g == nil {
		g = &gate{limit: s.router.opts.window()}
		s.flows[to] = g
	}
	if ctx == nil {
		g.force(n)
		return g, l, nil
	}
	if err := g.take(ctx, &s.mu, n); err != nil {
		s.tidy(to, g)
		return nil, nil, err
	}
	return g, l, nil
}

// alive reports whether what was taken can still arrive.
func (s *sent) alive(g *gate) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return g == nil || g.err == nil
}

// undo returns bytes that were taken and not sent.
func (s *sent) undo(to PID, g *gate, n int64) {
	if g == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	g.give(n)
	s.tidy(to, g)
}

// give handles a Credit.
func (s *sent) give(to PID, n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if g := s.flows[to]; g != nil {
		g.give(n)
		s.tidy(to, g)
	}
}

func (s *sent) tidy(to PID, g *gate) {
	if g.idle() && s.flows[to] == g {
		delete(s.flows, to)
	}
}

func (s *sent) lose(lost area) {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.flows, func(to PID, g *gate) bool {
		if !lost.contains(to.Address) {
			return false
		}
		g.fail(ErrNoRoute)
		return true
	})
}

// received is the ledger of bytes that came from other processes.
//
// Credit is returned when a quarter of the window has gathered. A sender that
// waits has a whole window on its way, so once that is consumed enough has
// gathered: nobody waits for credit that nobody returns. What is less goes
// back after a rest, so that the ledgers of both sides empty themselves.
type received struct {
	router *Router

	mu      sync.Mutex // guards the fields below, and the inflows
	flows   map[source]*inflow
	timer   *time.Timer
	armed   bool
	stopped bool
}

// source is where bytes came from and the id of the object that they are for.
type source struct{ origin, id string }

type inflow struct {
	open int64 // not consumed yet
	owed int64 // consumed and not returned yet
	lost bool  // there is nobody to return it to
}

func (c *received) init(r *Router) { c.router, c.flows = r, make(map[source]*inflow) }

// open notes n bytes that came and returns the function that says that they
// are consumed.
func (c *received) open(from source, n int64) (done func()) {
	c.mu.Lock()
	f := c.flows[from]
	if f == nil {
		f = new(inflow)
		c.flows[from] = f
	}
	f.open += n
	c.mu.Unlock()
	return func() { c.close(from, f, n) }
}

func (c *received) close(from source, f *inflow, n int64) {
	c.mu.Lock()
	f.open -= n
	if f.lost {
		c.mu.Unlock()
		return
	}
	f.owed += n
	var back int64
	if f.owed >= max(1, c.router.opts.window()/4) {
		back, f.owed = f.owed, 0
		c.tidy(from, f)
	} else if !c.armed && !c.stopped {
		c.arm()
	}
	c.mu.Unlock()
	c.router.credit(from, back)
}

func (c *received) arm() {
	c.armed = true
	if c.timer == nil {
		c.timer = time.AfterFunc(c.router.opts.rest(), c.sweep)
		return
	}
	c.timer.Reset(c.router.opts.rest())
}

// sweep returns everything that is owed.
func (c *received) sweep() {
	back := make(map[source]int64)
	c.mu.Lock()
	c.armed = false
	for from, f := range c.flows {
		if f.owed > 0 {
			back[from], f.owed = f.owed, 0
			c.tidy(from, f)
		}
	}
	c.mu.Unlock()
	for from, n := range back {
		c.router.credit(from, n)
	}
}

func (c *received) tidy(from source, f *inflow) {
	if f.open == 0 && f.owed == 0 {
		delete(c.flows, from)
		f.lost = true // a new message makes a new one
	}
}

func (c *received) lose(lost area) {
	c.mu.Lock()
	defer c.mu.Unlock()
	maps.DeleteFunc(c.flows, func(from source, f *inflow) bool {
		if lost.contains(from.origin) {
			f.lost = true
		}
		return f.lost
	})
}

func (c *received) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopped = true
	if c.timer != nil {
		c.timer.Stop()
	}
}

// credit sends a Credit.
func (r *Router) credit(from source, n int64) {
	if n == 0 {
		return
	}
	l := r.route(from.origin)
	if l == nil {
		return
	}
	frame, err := encode(&linkpb.Frame{Kind: &linkpb.Frame_Credit{Credit: &linkpb.Credit{
		To: from.origin, Origin: r.Self(), Id: from.id, Bytes: uint64(n),
	}}})
	if err == nil {
		_ = l.pushNow(frame) // the end of the link ends the ledger too
	}
}
