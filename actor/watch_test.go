package actor

import (
	"sync/atomic"
	"testing"

	"github.com/ansar-go/ansar/internal/link"
	"github.com/ansar-go/ansar/internal/link/linkpb"
	"github.com/ansar-go/ansar/lifecycle"
)

// neighbour is another process that counts who watches its objects.
type neighbour struct {
	watchers atomic.Int32
	reached  chan struct{} // closed by a message, which comes behind everything before it
}

func (n *neighbour) Deliver(m link.Message)                  { m.Done(); close(n.reached) }
func (n *neighbour) Watch(_, _ link.PID)                     { n.watchers.Add(1) }
func (n *neighbour) Unwatch(_, _ link.PID)                   { n.watchers.Add(-1) }
func (n *neighbour) Terminated(_, _ link.PID, _ link.Reason) {}
func (n *neighbour) Hello(*linkpb.Hello)                     {}
func (n *neighbour) Begin(*linkpb.Begin)                     {}
func (n *neighbour) Stop(*linkpb.Stop)                       {}
func (n *neighbour) Ready()                                  {}
func (n *neighbour) Log(*linkpb.Log)                         {}
func (n *neighbour) Completed(*linkpb.Completed)             {}
func (n *neighbour) Closed(error)                            {}

// An object that ends takes its watches back: those whom it watched, and their
// process, would remember it as long as they live.
func TestEndTakesWatchesBack(t *testing.T) {
	n, there := newNode("1"), &neighbour{reached: make(chan struct{})}
	a, z := link.Pipe()
	ours := n.router.AddChild("1.1", a, &neighbour{})
	router := link.NewRouter("1.1", there, nil)
	theirs := router.AddParent(z, there)
	for _, l := range []*link.Link{ours, theirs} {
		if err := l.Hello(&linkpb.Hello{}); err != nil {
			t.Fatal(err)
		}
	}
	for range 100 {
		c := n.begin(nil, &order{name: "object", inProcess: true, kind: runs("object", func(self *Context) error {
			self.Watch(&PID{Address: "1.1", Id: mainID})
			return nil
		})})
		within(t, "the end of the object", c.ended)
	}
	if err := n.router.TrySend(link.PID{Address: "1.1", ID: mainID}, link.PID{}, &lifecycle.Ack{}); err != nil {
		t.Fatal(err)
	}
	within(t, "what comes behind the watches", there.reached)
	if got := there.watchers.Load(); got != 0 {
		t.Errorf("%d objects that have ended still watch", got)
	}
	n.router.Close()
	router.Close()
	n.close()
}
