package actor

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/ansar-go/ansar/internal/osproc"
)

// A process that cannot be started ends at once, on another goroutine than the
// one that begins it: it is noted before, and forgotten after.
func TestEndsWhileItBegins(t *testing.T) {
	n := newNode("1")
	n.locate = func(string, string) (Launch, error) { return Launch{}, errors.New("there is none") }
	for range 500 {
		c := n.begin(nil, &order{name: "nothing"})
		within(t, "the end", c.ended)
	}
	for _, p := range n.processes() {
		t.Errorf("%s has ended and is kept", p.id)
	}
	n.router.Close()
	n.close()
}

// An object that ends while another of its goroutines begins a call stops what
// is called, however little of it is there: here it never starts.
func TestStopsWhatIsJustBegun(t *testing.T) {
	n := newNode("1")
	n.locate = func(string, string) (Launch, error) { return Launch{}, osproc.ErrNoResources }
	for range 100 {
		called := make(chan error, 1)
		c := n.begin(nil, &order{name: "object", inProcess: true, kind: runs("object", func(self *Context) error {
			var begins atomic.Bool
			go func() {
				begins.Store(true)
				_, err := n.wait(self, &order{name: "nothing"})
				called <- err
			}()
			for !begins.Load() || len(self.live()) == 0 { // no longer than that
			}
			return nil
		})})
		within(t, "the end of the object", c.ended)
		if err := within(t, "the end of the call", called); err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	n.router.Close()
	n.close()
}
