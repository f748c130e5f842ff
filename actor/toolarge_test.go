package actor

import (
	"context"
	"errors"
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/internal/link"
	"github.com/ansar-go/ansar/internal/link/linkpb"
	"github.com/ansar-go/ansar/lifecycle"
)

// An input over the limit for one message is a fault that says so, and leaves
// no process that waits for it.
func TestInputTooLarge(t *testing.T) {
	p := newPlace(t)
	p.router = link.NewRouter("1", arrivals{p.node}, &link.RouterOptions{MaxMessage: 1 << 20})
	_, err := settled1(t, func() (*text, error) {
		return callObject(p, context.Background(), guest, wrapperspb.String(strings.Repeat("x", 2<<20)))
	})
	checkFault(t, err, cause(lifecycle.Faulted_CAUSE_TOO_LARGE), `^guest: cannot give it its settings and input \(.*message too large.*\)$`)
}

// A value over the limit is told as a fault.
func TestValueTooLarge(t *testing.T) {
	below := link.NewRouter("1.1", nil, &link.RouterOptions{MaxMessage: 1000})
	above := link.NewRouter("1", nil, nil)
	ours, theirs := link.Pipe()
	parent := &oneResult{got: make(chan *linkpb.Completed, 1)}
	up := above.AddChild("1.1", theirs, parent)
	h := &Host{}
	h.link = below.AddParent(ours, &oneResult{})
	if err := errors.Join(up.Hello(&linkpb.Hello{}), h.link.Hello(&linkpb.Hello{})); err != nil {
		t.Fatal(err)
	}
	h.Tell(lifecycle.Complete(kilobytes(10)))
	frame := within(t, "the last frame", parent.got)
	if want := string(nameOf(&lifecycle.Faulted{})); frame.GetType() != want {
		t.Errorf("told %v, want %s", frame, want)
	}
	above.Close()
	below.Close()
}

// oneResult is the side of a parent that waits for the last frame.
type oneResult struct{ got chan *linkpb.Completed }

func (*oneResult) Hello(*linkpb.Hello)             {}
func (*oneResult) Begin(*linkpb.Begin)             {}
func (*oneResult) Ready()                          {}
func (*oneResult) Log(*linkpb.Log)                 {}
func (*oneResult) Stop(*linkpb.Stop)               {}
func (*oneResult) Closed(error)                    {}
func (o *oneResult) Completed(c *linkpb.Completed) { o.got <- c }
