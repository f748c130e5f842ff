package actor

import "sync"

// dispatcher runs mailboxes on goroutines that it keeps. It never queues: a
// mailbox whose receiver blocks holds up nobody else. A kept goroutine has
// grown its stack already, which is most of the price of a fresh one.
type dispatcher struct {
	mu     sync.Mutex // guards the fields below
	idle   []chan func()
	closed bool
}

// maxIdle bounds the goroutines kept waiting for work.
const maxIdle = 16

// Throughput is how many messages one run may take before it yields.
func (d *dispatcher) Throughput() int { return 300 }

// Schedule runs fn on another goroutine, at once.
func (d *dispatcher) Schedule(fn func()) {
	d.mu.Lock()
	if n := len(d.idle); n > 0 {
		worker := d.idle[n-1]
		d.idle = d.idle[:n-1]
		d.mu.Unlock()
		worker <- fn
		return
	}
	d.mu.Unlock()
	go d.work(fn)
}

func (d *dispatcher) work(fn func()) {
	next := make(chan func(), 1)
	for fn != nil {
		fn()
		d.mu.Lock()
		if d.closed || len(d.idle) >= maxIdle {
			d.mu.Unlock()
			return
		}
		d.idle = append(d.idle, next)
		d.mu.Unlock()
		fn = <-next
	}
}

// close ends the goroutines that wait. Work that is scheduled later still runs.
func (d *dispatcher) close() {
	d.mu.Lock()
	idle := d.idle
	d.idle, d.closed = nil, true
	d.mu.Unlock()
	for _, worker := range idle {
		worker <- nil
	}
}
