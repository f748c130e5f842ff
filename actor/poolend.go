package actor

import (
	"time"

	"github.com/ansar-go/ansar/lifecycle"
)

// close lets the calls end, then the workers.
func (c *crew) close() {
	c.mu.Lock()
	c.closed = true
	c.settle()
	c.mu.Unlock()
	<-c.quiet
	c.halt(stopIn(c.grace(), "the pool is closed"))
	if c.owner != nil {
		c.owner.awaitEnd(c.child)
	}
	<-c.child.ended
}

func (c *crew) isClosed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

// settle notes what has become of a pool that ends. Called with the lock held.
func (c *crew) settle() {
	if c.closed && c.queue.Len() == 0 && c.running == 0 {
		closeOnce(c.quiet)
	}
	if c.ending == nil || len(c.workers) > 0 {
		return
	}
	select {
	case <-c.child.ended:
	default:
		close(c.child.ended)
		go c.forget()
	}
}

func closeOnce(c chan struct{}) {
	select {
	case <-c:
	default:
		close(c)
	}
}

// forget takes an ended pool off everybody's books.
func (c *crew) forget() {
	c.leave()
	c.mu.Lock()
	c.pause.stop()
	c.mu.Unlock()
	c.node.ration.leave(c)
	if c.owner != nil {
		c.owner.reaped(c.child.pid)
	}
}

// halt ends the pool: what waits fails, what runs is told to stop, and the workers
// end. It does not wait. A later stop may leave less time.
func (c *crew) halt(stop *lifecycle.Stop) {
	c.mu.Lock()
	c.closed, c.ending = true, stop
	c.wanted, c.warm = 0, 0
	var failed []*task
	for e := c.queue.Front(); e != nil; e = c.queue.Front() {
		t := c.queue.Remove(e).(*task)
		t.place, t.over = nil, true
		failed = append(failed, t)
	}
	var out []*worker
	for w := range c.workers {
		w.leaving = true
		out = append(out, w)
	}
	c.idle = nil
	c.node.ration.want(c, 0)
	c.settle()
	c.mu.Unlock()
	for _, t := range failed {
		t.finish(lifecycle.Complete(closedFault()))
	}
	for _, w := range out {
		w.end(stop)
	}
}

// kill ends it now. It does not wait, as its workers are children of the same owner.
func (c *crew) kill() {
	c.halt(stopIn(0, "its owner is killed"))
	c.mu.Lock()
	var out []*child
	for w := range c.workers {
		if w.child != nil {
			out = append(out, w.child)
		}
	}
	c.mu.Unlock()
	for _, w := range out {
		w.kill()
	}
}

// pause keeps a pool from starting workers again and again that end at once.
type pause struct {
	again func()
	bad   int // ends since the last good call
	timer *time.Timer
	until time.Time
}

const longestPause = time.Second

// failed notes a worker that ended by itself. The first ends, up to free, cost
// nothing; then it is 10 ms, twice as long each time, up to a second.
func (p *pause) failed(free int) {
	p.bad++
	if p.bad <= free {
		return
	}
	d := longestPause
	if shift := p.bad - free - 1; shift < 7 {
		d = min(d, firstPause<<shift)
	}
	p.until = time.Now().Add(d)
	p.stop()
	p.timer = time.AfterFunc(d, p.again)
}

func (p *pause) waits() bool { return p.timer != nil }

func (p *pause) over() { p.timer = nil }

func (p *pause) stop() {
	if p.timer != nil {
		p.timer.Stop()
	}
}
