package link

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"google.golang.org/protobuf/proto"
)

// scratch holds buffers in which a message is encoded before it is queued: so
// no lock is held while the code of a message's type runs.
var scratch = sync.Pool{New: func() any { return new([]byte) }}

// Send sends m to an object. It waits while a window of bytes is on its way
// from this process to that object, or the queue of the link is full, and
// returns when the message is queued. Messages of one goroutine to one target
// arrive in order. An empty sender.ID means that there is nobody to answer.
//
// It returns the cause of ctx if that ends first, and errors that match
// [ErrTooLarge], for a message over the limit, and [ErrNoRoute], if the process
// of the target cannot be reached. That Send returns nil does not mean that
// the target lives: only [Router.Watch] can tell.
func (r *Router) Send(ctx context.Context, target, sender PID, m proto.Message) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return r.send(ctx, target, sender, m)
}

// neverWaits is the context of what has no part in the flow control.
var neverWaits context.Context

// TrySend is Send without waiting for anything: the message has no part in the
// flow control. It is for small answers, of which there is one for a message
// that was itself sent with credit.
func (r *Router) TrySend(target, sender PID, m proto.Message) error {
	return r.send(neverWaits, target, sender, m)
}

// send sends with credit, or freely if ctx is nil.
func (r *Router) send(ctx context.Context, target, sender PID, m proto.Message) error {
	if m == nil {
		return fmt.Errorf("send to %v: there is no message", target)
	}
	name, size := string(m.ProtoReflect().Descriptor().FullName()), proto.Size(m)
	if err := r.fits(name, size); err != nil {
		return fmt.Errorf("send to %v: %w", target, err)
	}
	d := data{to: target.Address, origin: r.Self(), id: target.ID, typ: name, free: ctx == nil}
	if d.senderID = sender.ID; sender.ID != "" && sender.Address != d.origin {
		d.senderAddress = sender.Address
	}
	if d.to == d.origin {
		return r.sendHere(target, sender, name, m)
	}
	cost := int64(size) + messageCost
	if ctx == nil {
		if l := r.route(target.Address); l != nil {
			return r.sendVia(neverWaits, l, &d, nil, m, size)
		}
		return ErrNoRoute
	}
	flow, l, err := r.sent.take(ctx, target, cost)
	if err != nil {
		return err
	}
	err = r.sendVia(ctx, l, &d, flow, m, size)
	if err != nil {
		r.sent.undo(target, flow, cost)
	}
	return err
}

// sendVia encodes a message and queues it, in pieces if it is large.
func (r *Router) sendVia(ctx context.Context, l *Link, d *data, flow *gate, m proto.Message, size int) error {
	memory := new([]byte)
	if size > maxPiece {
		*memory = largeMemory.get()
	} else {
		memory = scratch.Get().(*[]byte)
	}
	frame := appendData((*memory)[:0], d, size)
	header := len(frame)
	frame, err := proto.MarshalOptions{UseCachedSize: true}.MarshalAppend(slices.Grow(frame, size), m)
	*memory = frame
	if size <= maxPiece && (err != nil || len(frame) != header+size || len(frame) <= maxPiece) {
		defer scratch.Put(memory) // otherwise the stream has it
	}
	switch {
	case err != nil:
		return fmt.Errorf("encode %s: %w", d.typ, err)
	case len(frame) != header+size:
		return errors.New("encode " + d.typ + ": the message changed while it was sent")
	case len(frame) <= maxPiece && ctx == nil:
		return l.pushNow(frame)
	case len(frame) <= maxPiece:
		return l.push(ctx, frame)
	}
	s := stream{
		link: l, number: r.streams.Add(1), frame: body(frame), memory: memory, now: ctx == nil,
		to: PID{d.to, d.id}, origin: d.origin, size: size, flow: flow,
	}
	return s.feed(ctx)
}

// sendHere delivers a message to an object of this process.
func (r *Router) sendHere(target, sender PID, name string, m proto.Message) error {
	b, err := proto.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode %s: %w", name, err)
	}
	r.local.Deliver(Message{Target: target, Sender: sender, Type: name, Payload: b, Done: nothing})
	return nil
}

func nothing() {}

// data handles a Data for this process.
func (rd *reader) data(body []byte) error {
	d, payload, err := decodeData(body, rd.known)
	if err != nil {
		return err
	}
	rd.deliver(&d, payload, nil)
	return nil
}

// deliver hands a message over.
func (rd *reader) deliver(d *data, payload []byte, free func()) {
	r := rd.link.router
	m := Message{Target: PID{d.to, d.id}, Type: d.typ, Payload: payload, Free: free, Done: nothing}
	if d.senderID != "" {
		m.Sender = PID{d.senderAddress, d.senderID}
		if d.senderAddress == "" {
			m.Sender.Address = d.origin
		}
	}
	if !d.free {
		m.Done = r.received.open(source{d.origin, d.id}, int64(len(payload))+messageCost)
	}
	r.local.Deliver(m)
}
