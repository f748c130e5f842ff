package link

import (
	"errors"
	"io"
	"os"

	"github.com/ansar-go/ansar/internal/link/linkpb"
)

// simHandler is one end of a link of a simulation.
type simHandler struct {
	node  *simNode // the lower of both
	child bool     // whose end it is
}

func (h *simHandler) Hello(*linkpb.Hello) {}
func (h *simHandler) Begin(*linkpb.Begin) {}
func (h *simHandler) Ready()              {}
func (h *simHandler) Stop(*linkpb.Stop)   { h.node.stopped.Add(1) }
func (h *simHandler) Log(*linkpb.Log)     {}

// Completed finds everything that the process sent to its parent.
func (h *simHandler) Completed(*linkpb.Completed) {
	n, p := h.node, h.node.parent
	for _, node := range []*simNode{n, p} {
		node.mu.Lock()
		defer node.mu.Unlock()
	}
	for key, sent := range n.sent {
		if key.to.Address == p.address && len(p.got[key]) != len(sent) {
			n.sim.t.Errorf("%s completed after %d messages to %v, of which %d came", n.address, len(sent), key.to, len(p.got[key]))
		}
	}
}

func (h *simHandler) Closed(err error) {
	h.node.closed.Add(1)
	if !errors.Is(err, io.EOF) && !errors.Is(err, os.ErrClosed) && !errors.Is(err, io.ErrClosedPipe) {
		h.node.sim.t.Errorf("link of %s closed: %v", h.node.address, err)
	}
}
