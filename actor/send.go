package actor

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/internal/link"
	"github.com/ansar-go/ansar/lifecycle"
)

// errNil is for sends of nothing or to nobody. The engine would spin on them.
var errNil = errors.New("cannot send: no message or no address")

// send carries m to an object here or elsewhere, waiting for room as long as
// ctx lives.
func (n *node) send(ctx context.Context, to *PID, m proto.Message, from *PID) error {
	if m == nil || to.GetId() == "" {
		return errNil
	}
	if !m.ProtoReflect().IsValid() {
		m = m.ProtoReflect().Type().New().Interface() // a nil pointer is an empty message
	}
	if _, ok := m.(*lifecycle.Stop); ok { // jumps every queue
		n.post(to, &mail{body: proto.Clone(m), from: from})
		return nil
	}
	if self, ok := ctx.(*Context); ok && self.Stopped() && n.local(to) && !n.alive(to) {
		if stop := self.heedInCall(); stop != nil {
			return stop // m would be lost: so a loop that only sends is told
		}
	}
	ctx, release := live(ctx)
	defer release()
	if !n.local(to) {
		return sendError(to, n.router.Send(ctx, linkOf(to), linkOf(from), m))
	}
	if self := owner(ctx); self == nil || !self.pid.Equal(to) {
		if err := n.waitForRoom(ctx, to); err != nil {
			return err
		}
	}
	n.arrive(to.Id, &mail{body: proto.Clone(m), from: from, size: proto.Size(m) + messageCost})
	return nil
}

// messageCost is what a message takes in an inbox besides its content, so that
// a flood of empty ones is not free. Links count the same.
const messageCost = 128

// alive reports whether there is an object, or a question, at an address of
// this process.
func (n *node) alive(to *PID) bool {
	_, ok := n.system.ProcessRegistry.GetLocal(to.Id)
	return ok
}

// live is the context that a send waits under, and what releases it. After
// the stop that ended it an object may still send, as long as its grace lasts;
// but until it was told of the stop, a send that has to wait tells it.
func live(ctx context.Context) (context.Context, func()) {
	self, ok := ctx.(*Context)
	switch {
	case !ok || !self.Stopped():
		return ctx, func() {}
	case self.wasTold():
		return self.Cleanup(), func() {}
	}
	ctx, cancel := context.WithCancelCause(self.Cleanup())
	timer := time.AfterFunc(patience, func() { cancel(context.Cause(self)) })
	return ctx, func() {
		timer.Stop()
		cancel(context.Canceled)
	}
}

// patience is what counts as no wait.
const patience = 10 * time.Millisecond

// waitForRoom waits while a local object has too much to read.
func (n *node) waitForRoom(ctx context.Context, to *PID) error {
	there := n.object(to.Id)
	if there == nil {
		return nil
	}
	for room := there.inbox.full(); room != nil; room = there.inbox.full() {
		select {
		case <-room:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// post hands m to the engine for an object of this process. It never blocks.
func (n *node) post(to *PID, m *mail) { n.system.Root.Send(engineOf(to), m) }

func sendError(to *PID, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, link.ErrNoRoute):
		return &lifecycle.Faulted{
			Cause: lifecycle.Faulted_CAUSE_GONE, Condition: "cannot send to " + to.key(), Explanation: err.Error(),
		}
	case errors.Is(err, link.ErrTooLarge):
		return &lifecycle.Faulted{
			Cause: lifecycle.Faulted_CAUSE_TOO_LARGE, Condition: "cannot send to " + to.key(), Explanation: err.Error(),
		}
	}
	return err
}
