package graph_test

import (
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/graph"
)

// shapes are the graphs of EC3, each of n vertices.
var shapes = []struct {
	name  string
	needs func(i, n int) []string
}{
	{"chain", func(i, n int) []string {
		if i == 0 {
			return nil
		}
		return []string{id(i - 1)}
	}},
	{"wide", func(i, n int) []string {
		if i == 0 {
			return nil
		}
		return []string{id(0)}
	}},
	{"funnel", func(i, n int) []string { // the last needs all
		if i < n-1 {
			return nil
		}
		all := make([]string, n-1)
		for i := range all {
			all[i] = id(i)
		}
		return all
	}},
	{"mesh", func(i, n int) []string {
		if i < 3 {
			return nil
		}
		return []string{id(i - 1), id(i / 2), id(i / 3)}
	}},
}

func id(i int) string { return "job-" + strconv.Itoa(i) }

// run builds, checks and orders a graph, and walks through it with jobs that do
// nothing. It returns how many were run.
func run(needs func(i, n int) []string, n int) (int, error) {
	g := graph.New()
	for i := range n {
		if err := g.Add(id(i), needs(i, n)...); err != nil {
			return 0, err
		}
	}
	if err := g.Check(); err != nil {
		return 0, err
	}
	if _, _, err := g.Critical(func(string) time.Duration { return time.Second }); err != nil {
		return 0, err
	}
	w, err := g.Walk()
	if err != nil {
		return 0, err
	}
	done := 0
	for {
		id, state := w.Next()
		if state != graph.Ready {
			return done, nil
		}
		done++
		if err := w.Leave(id); err != nil {
			return done, err
		}
	}
}

// vertices returns how many a large graph has: fewer with the race detector.
func vertices() int {
	if raced {
		return 10_000
	}
	return 100_000
}

// allocated returns the bytes that f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// A hundred thousand vertices fit into 100 MB, everything that is allocated on
// the way counted.
func TestEC3Large(t *testing.T) {
	n := vertices()
	for _, shape := range shapes {
		t.Run(shape.name, func(t *testing.T) {
			bytes := allocated(func() {
				if got, err := run(shape.needs, n); got != n || err != nil {
					t.Fatalf("ran %d of %d: %v", got, n, err)
				}
			})
			if bytes > 100_000_000 {
				t.Errorf("%d bytes allocated, want at most 100 MB", bytes)
			}
		})
	}
}

// A cycle of a hundred thousand, and half as many cycles of two, are found as
// quickly.
func TestEC3LargeCycles(t *testing.T) {
	n := vertices()
	ring, pairs := graph.New(), graph.New()
	for i := range n {
		ring.Put(id(i), id((i+1)%n))
		pairs.Put(id(i), id(i^1))
	}
	for name, g := range map[string]*graph.Graph{"ring": ring, "pairs": pairs} {
		bytes := allocated(func() {
			if g.Check() == nil {
				t.Errorf("%s: no cycle found", name)
			}
		})
		if bytes > 100_000_000 {
			t.Errorf("%s: %d bytes allocated, want at most 100 MB", name, bytes)
		}
	}
}

func BenchmarkEC3(b *testing.B) {
	for _, shape := range shapes {
		b.Run(shape.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if n, err := run(shape.needs, 100_000); n != 100_000 || err != nil {
					b.Fatalf("ran %d: %v", n, err)
				}
			}
		})
	}
}
