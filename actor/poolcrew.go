package actor

import (
	"container/list"
	"context"
	"sync"
	"time"

	"github.com/ansar-go/ansar/lifecycle"
)

// crew is a pool without its types: workers, and calls that wait for one.
//
// A worker that is ready has one call, or is idle; nobody is idle while a call
// waits. Whoever finds work to hand over does so in its own goroutine, mostly the
// reader of the worker's link, after the lock is released.
type crew struct {
	node  *node
	owner *Context // the object that the pool belongs to; nil: none
	spec  *poolSpec
	child *child // what the pool is to its owner
	leave func() bool

	mu       sync.Mutex // guards the fields below
	workers  map[*worker]struct{}
	idle     []*worker // the last one was used last
	queue    list.List // of *task, in the order they came
	starting int
	running  int  // calls that a worker has
	warm     int  // workers still to be started ahead
	own      bool // the worker that needs no token is there
	wanted   int  // tokens asked for
	shortage bool // others wait for tokens
	closed   bool // no more calls
	ending   *lifecycle.Stop
	quiet    chan struct{} // closed when closed and no call is left
	pause    pause
}

func (n *node) newCrew(ctx context.Context, spec *poolSpec) *crew {
	c := &crew{
		node: n, owner: owner(ctx), spec: spec, warm: spec.warm,
		workers: map[*worker]struct{}{}, quiet: make(chan struct{}),
	}
	if c.owner != nil {
		c.node = c.owner.node
	}
	c.child = &child{
		pid: &PID{Address: c.node.address, Id: c.node.newID()}, name: spec.order.name, grace: spec.order.grace,
		halt: c.halt, kill: c.kill, ended: make(chan struct{}),
	}
	c.owner.adopt(c.child)
	c.pause.again = c.retry
	c.node.ration.join(c)
	c.leave = context.AfterFunc(ctx, func() { c.halt(stopIn(c.grace(), "the pool's owner has ended")) })
	c.mu.Lock()
	starts := c.grow()
	c.mu.Unlock()
	c.begin(starts)
	return c
}

// grace is what the workers have when the pool ends.
func (c *crew) grace() time.Duration {
	if c.owner != nil {
		return c.owner.left()
	}
	return DefaultGrace
}

// enqueue gives the call to an idle worker, or has it wait.
func (c *crew) enqueue(t *task) error {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return ErrPoolClosed
	}
	if t.dropped != nil { // in the meantime
		c.mu.Unlock()
		return &lifecycle.Aborted{Explanation: t.dropped.GetReason()}
	}
	if n := len(c.idle); n > 0 {
		w := c.idle[n-1]
		c.idle = c.idle[:n-1]
		c.assign(w, t)
		c.mu.Unlock()
		w.hand(t)
		return nil
	}
	t.place = c.queue.PushBack(t)
	starts := c.grow()
	c.mu.Unlock()
	c.begin(starts)
	return nil
}

// assign notes that w has t. Called with the lock held.
func (c *crew) assign(w *worker, t *task) {
	w.task, t.worker = t, w
	w.sent++
	c.running++
	t.limit(c)
}

// next gives w what to do, or nil and w is idle, or leaves. Called with the lock
// held; the caller hands the task over, or ends the worker, afterwards.
func (c *crew) next(w *worker) (t *task, retire bool) {
	switch {
	case w.leaving:
		return nil, false
	case w.worn(c.spec), c.ending != nil:
		w.leaving = true
		return nil, true
	}
	if e := c.queue.Front(); e != nil {
		t = c.queue.Remove(e).(*task)
		t.place = nil
		c.assign(w, t)
		return t, false
	}
	if c.shortage && w.token {
		w.leaving = true
		return nil, true
	}
	c.idle = append(c.idle, w)
	return nil, false
}

// free has a worker that is ready look for work.
func (c *crew) free(w *worker) {
	c.mu.Lock()
	t, retire := c.next(w)
	c.settle()
	c.mu.Unlock()
	if t != nil {
		w.hand(t)
	}
	if retire {
		w.stop("it is not needed any more")
	}
}

// grow says how many workers to start now, and asks for tokens for others. Called
// with the lock held.
func (c *crew) grow() (starts []*worker) {
	need := max(c.queue.Len()-c.starting, c.warm)
	need = min(need, c.spec.size-len(c.workers))
	if c.ending != nil || c.pause.waits() {
		need = 0
	}
	for ; need > 0 && (!c.own || c.spec.order.inProcess); need-- {
		c.own = true
		starts = append(starts, c.hire(false))
	}
	if need = max(0, need); need != c.wanted {
		c.wanted = need
		c.node.ration.want(c, need)
	}
	return starts
}

// hire adds a worker that is to be started. Called with the lock held.
func (c *crew) hire(token bool) *worker {
	w := &worker{crew: c, token: token, born: time.Now()}
	c.workers[w] = struct{}{}
	c.starting++
	c.warm = max(0, c.warm-1)
	return w
}

func (c *crew) begin(workers []*worker) {
	for _, w := range workers {
		w.begin()
	}
}

// granted starts a worker with a token. It reports false if none is needed.
func (c *crew) granted() bool {
	c.mu.Lock()
	if c.wanted == 0 || c.ending != nil {
		c.mu.Unlock()
		return false
	}
	c.wanted--
	w := c.hire(true)
	c.mu.Unlock()
	w.begin()
	return true
}

// short has idle workers end that have a token for which others wait.
func (c *crew) short(shortage bool) {
	var out []*worker
	c.mu.Lock()
	c.shortage = shortage
	if shortage {
		keep := c.idle[:0]
		for _, w := range c.idle {
			if w.token {
				w.leaving = true
				out = append(out, w)
				continue
			}
			keep = append(keep, w)
		}
		clear(c.idle[len(keep):])
		c.idle = keep
	}
	c.mu.Unlock()
	for _, w := range out {
		w.stop("its place is needed")
	}
}

// retry grows again after a pause.
func (c *crew) retry() {
	c.mu.Lock()
	c.pause.over()
	starts := c.grow()
	c.mu.Unlock()
	c.begin(starts)
}

// cut ends a call now: its worker is killed.
func (c *crew) cut(t *task) {
	c.mu.Lock()
	var running *child
	if w := t.worker; t.place == nil && !t.over && w != nil {
		running, w.leaving = t.child, w.leaving || !c.spec.order.inProcess
		if running == nil {
			running = w.child
		}
	}
	c.mu.Unlock()
	c.drop(t, stopIn(0, "its parent is killed"))
	if running != nil {
		running.kill()
	}
}

// drop ends a call that nobody waits for: it leaves the queue, or its worker is
// stopped. Its end comes as that of any other. It reports false if that has come
// already.
func (c *crew) drop(t *task, stop *lifecycle.Stop) bool {
	c.mu.Lock()
	if t.over {
		c.mu.Unlock()
		return false
	}
	t.dropped = stop
	if t.place == nil && t.worker == nil { // not submitted yet, or refused
		c.mu.Unlock()
		return false
	}
	if t.place != nil {
		c.queue.Remove(t.place)
		t.place, t.over = nil, true
		starts := c.grow() // fewer tokens are needed
		c.settle()
		c.mu.Unlock()
		c.begin(starts)
		t.finish(lifecycle.Complete(&lifecycle.Aborted{Explanation: stop.GetReason()}))
		return true
	}
	w := t.worker
	c.mu.Unlock()
	w.interrupt(t, stop)
	return true
}
