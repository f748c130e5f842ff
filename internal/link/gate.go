package link

import (
	"context"
	"slices"
	"sync"
)

// A gate bounds bytes. Whoever finds fewer than limit in use may take as many
// as it needs, the others wait in line: so a message of any size passes, and
// none overtakes.
//
// The lock of the owner guards a gate and is held in every call.
type gate struct {
	limit, used int64
	line        []*waiter
	err         error // why nothing passes any more
}

type waiter struct {
	n     int64
	ready chan error // of capacity 1
}

// take takes n bytes, waiting if it must, with mu unlocked meanwhile. It
// returns the cause of ctx, or why the gate was failed.
func (g *gate) take(ctx context.Context, mu sync.Locker, n int64) error {
	if g.err != nil {
		return g.err
	}
	if g.used < g.limit && len(g.line) == 0 {
		g.used += n
		return nil
	}
	w := &waiter{n, make(chan error, 1)}
	g.line = append(g.line, w)
	mu.Unlock()
	select {
	case err := <-w.ready:
		mu.Lock()
		return err
	case <-ctx.Done():
	}
	mu.Lock()
	select {
	case err := <-w.ready:
		if err == nil {
			g.give(n) // it was our turn at the same moment
		}
	default:
		g.line = slices.DeleteFunc(g.line, func(x *waiter) bool { return x == w })
	}
	return context.Cause(ctx)
}

// force takes n bytes without waiting.
func (g *gate) force(n int64) { g.used += n }

// give returns n bytes and lets in who is next.
func (g *gate) give(n int64) {
	g.used = max(0, g.used-n)
	for len(g.line) > 0 && g.used < g.limit {
		w := g.line[0]
		g.line = slices.Delete(g.line, 0, 1)
		g.used += w.n
		w.ready <- nil
	}
}

// fail makes every take, waiting ones included, return err.
func (g *gate) fail(err error) {
	g.err = err
	for _, w := range g.line {
		w.ready <- err
	}
	g.line = nil
}

func (g *gate) idle() bool { return g.used == 0 && len(g.line) == 0 }
