package group

import (
	"context"
	"sync"
)

// gates lets the members of a selection through in order: each passes when all
// those that it names have opened theirs.
type gates struct {
	after map[string][]string
	doors map[string]*door
}

// door is what others wait for.
type door struct {
	once sync.Once
	open chan struct{} // closed when it is open
	err  error         // valid once open: why those behind it must not go on
}

func newGates(names []string, after map[string][]string) *gates {
	g := &gates{after, map[string]*door{}}
	for _, name := range names {
		g.doors[name] = &door{open: make(chan struct{})}
	}
	return g
}

// open lets those through that wait for name or, if err is not nil, tells them
// not to go on. Only the first call counts.
func (g *gates) open(name string, err error) {
	d := g.doors[name]
	d.once.Do(func() {
		d.err = err
		close(d.open)
	})
}

// pass waits for all those that name comes after. The error is that of the first
// of them that has one, with its name, or that of ctx.
func (g *gates) pass(ctx context.Context, name string) (of string, err error) {
	for _, other := range g.after[name] {
		d := g.doors[other]
		if d == nil {
			continue // not a member
		}
		select {
		case <-d.open:
		case <-ctx.Done():
			return "", ctx.Err()
		}
		if d.err != nil {
			return other, d.err
		}
	}
	return "", ctx.Err()
}
