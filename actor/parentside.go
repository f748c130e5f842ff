package actor

import (
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/ansar-go/ansar/internal/link/linkpb"
	"github.com/ansar-go/ansar/lifecycle"
)

// parentSide turns what comes over the link of a child process into events.
type parentSide struct{ p *process }

// Hello implements [link.Handler].
func (s parentSide) Hello(*linkpb.Hello) { s.p.post(occurrence{event: evHello}) }

// Begin implements [link.Handler]: a child has nothing to begin.
func (s parentSide) Begin(*linkpb.Begin) {}

// Ready implements [link.Handler].
func (s parentSide) Ready() { s.p.post(occurrence{event: evReady}) }

// Stop implements [link.Handler]: a child stops nobody.
func (s parentSide) Stop(*linkpb.Stop) {}

// Log implements [link.Handler]: records travel to the log object as messages.
func (s parentSide) Log(*linkpb.Log) {}

// Completed implements [link.Handler].
func (s parentSide) Completed(c *linkpb.Completed) {
	s.p.post(occurrence{event: evResult, value: &lifecycle.Completed{
		Value: &anypb.Any{TypeUrl: "type.googleapis.com/" + c.GetType(), Value: c.GetPayload()},
	}})
}

// Closed implements [link.Handler].
func (s parentSide) Closed(err error) { s.p.post(occurrence{event: evLinkEnd, err: err}) }
