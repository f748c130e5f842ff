package graph_test

import (
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/graph"
)

// Any number of goroutines may read a graph at the same time. The race detector
// is the judge.
func TestReadersDoNotDisturb(t *testing.T) {
	g := put("top: left right\nleft: bottom\nright: bottom gone\nbottom:\nother: other2\nother2: other")
	h := put("top: left right\nleft: bottom\nright: bottom\nbottom:")
	h.Tag("bottom", "tag")
	want, _ := h.Order()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				read(t, g)
				read(t, h)
				if got, err := h.Order(); err != nil || !slices.Equal(got, want) {
					t.Errorf("order is %v, %v, want %v", got, err, want)
				}
			}
		})
	}
	all.Wait()
}

func read(t *testing.T, g *graph.Graph) {
	_ = g.Check()
	_, _ = g.Reverse()
	_, _ = g.Prune(func(id string) bool { return id != "left" })
	_, _, _ = g.Critical(func(string) time.Duration { return 1 })
	g.Nearest("top", "tag", 0)
	g.Users("bottom")
	if len(g.Closure("top")) == 0 || g.ShortestPath("top", "bottom") == nil {
		t.Error("top does not need bottom any more")
	}
	for _, err := range []error{g.DOT(io.Discard, nil), g.Mermaid(io.Discard, nil), g.Tree(io.Discard, nil), g.JSON(io.Discard)} {
		if err != nil {
			t.Error(err)
		}
	}
}
