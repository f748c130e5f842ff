//go:build linux

package groups

import (
	"context"
	"net"
	"sync"
)

// callers counts the roles that are connected to a socket.
type callers struct {
	listener net.Listener
	done     sync.WaitGroup

	mu      sync.Mutex // guards the fields below
	calls   int        // all there have been
	living  map[net.Conn]bool
	changed chan struct{} // closed at the next change
}

func listen(path string) (*callers, error) {
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	c := &callers{listener: listener, living: map[net.Conn]bool{}, changed: make(chan struct{})}
	c.done.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return // closed
			}
			c.change(func() { c.calls++; c.living[conn] = true })
			c.done.Go(func() {
				var nothing [1]byte
				_, _ = conn.Read(nothing[:]) // roles write nothing: this is their end
				c.change(func() { delete(c.living, conn) })
				conn.Close()
			})
		}
	})
	return c, nil
}

func (c *callers) change(do func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	do()
	close(c.changed)
	c.changed = make(chan struct{})
}

// wait returns when the numbers of calls and of living callers are as asked.
func (c *callers) wait(ctx context.Context, good func(calls, living int) bool) error {
	for {
		c.mu.Lock()
		ok, changed := good(c.calls, len(c.living)), c.changed
		c.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// numbers returns how many have called, and how many are connected.
func (c *callers) numbers() (calls, living int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls, len(c.living)
}

// close returns when nobody is connected and nobody can be.
func (c *callers) close() {
	c.listener.Close()
	c.mu.Lock()
	for conn := range c.living {
		conn.Close()
	}
	c.mu.Unlock()
	c.done.Wait()
}
