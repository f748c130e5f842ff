package actor

import (
	"bytes"
	"sync"
	"sync/atomic"

	protoactor "github.com/asynkron/protoactor-go/actor"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/ansar-go/ansar/internal/link"
	"github.com/ansar-go/ansar/lifecycle"
)

// remote is how the engine sees every object of another process: what it
// sends there goes to the router.
type remote struct{ n *node }

// SendUserMessage implements [protoactor.Process].
func (r remote) SendUserMessage(pid *protoactor.PID, message any) {
	if m, ok := message.(*mail); ok {
		_ = r.n.router.TrySend(linkOf(pidOf(pid)), linkOf(m.from), m.body) // nobody to tell: Watch does
		m.consumed()
	}
}

// SendSystemMessage implements [protoactor.Process].
func (r remote) SendSystemMessage(pid *protoactor.PID, message any) {
	there := link.PID{Address: pid.Address, ID: pid.Id}
	switch m := message.(type) {
	case *protoactor.Watch:
		r.n.router.Watch(there, link.PID{Address: m.Watcher.Address, ID: m.Watcher.Id})
	case *protoactor.Unwatch:
		r.n.router.Unwatch(there, link.PID{Address: m.Watcher.Address, ID: m.Watcher.Id})
	case *protoactor.Terminated:
		r.n.router.Terminated(there, link.PID{Address: m.Who.Address, ID: m.Who.Id}, reasonOf(m.Why))
	}
}

// Stop implements [protoactor.Process]. Objects elsewhere are stopped by
// message, never by the engine.
func (r remote) Stop(*protoactor.PID) {}

func reasonOf(why protoactor.TerminatedReason) link.Reason {
	switch why {
	case protoactor.TerminatedReason_NotFound:
		return link.ReasonNotFound
	case protoactor.TerminatedReason_AddressTerminated:
		return link.ReasonProcessGone
	}
	return link.ReasonEnded
}

func engineReason(why link.Reason) protoactor.TerminatedReason {
	switch why {
	case link.ReasonNotFound:
		return protoactor.TerminatedReason_NotFound
	case link.ReasonProcessGone:
		return protoactor.TerminatedReason_AddressTerminated
	}
	return protoactor.TerminatedReason_Stopped
}

// arrivals takes what the router has for this process. Nothing here blocks.
type arrivals struct{ n *node }

// receive has messages for an id go to take, in the reader of the link, which must
// not block. It is for what is no object.
func (n *node) receive(id string, take func(link.Message)) { n.direct.Store(id, take) }

// Deliver implements [link.Local].
func (a arrivals) Deliver(m link.Message) {
	if take, ok := a.n.direct.Load(m.Target.ID); ok {
		take.(func(link.Message))(m)
		return
	}
	arrived := &mail{
		packed: encoded{m.Type, m.Payload, m.Free}, from: a.n.senders.pid(m.Sender), size: len(m.Payload) + messageCost, done: m.Done,
	}
	if m.Free == nil { // the bytes are the reader's
		arrived.packed.payload = bytes.Clone(m.Payload)
	}
	if m.Type == stopName { // it jumps the queue
		arrived.unpack()
		go a.deliver(m.Target.ID, arrived) // it is logged, and the log may wait for this very reader
		return
	}
	a.deliver(m.Target.ID, arrived)
}

func (a arrivals) deliver(id string, m *mail) {
	if id == mainID && a.n.holding.Load() {
		a.n.unlessHeld(mainID, func() { a.n.arrive(id, m) })
		return
	}
	a.n.arrive(id, m)
}

// arrive hands mail to the engine under the address that it keeps for the
// object, which spares it a look-up for each message.
func (n *node) arrive(id string, m *mail) {
	if self := n.object(id); self != nil {
		n.system.Root.Send(self.engine, m)
		return
	}
	n.system.Root.Send(n.system.NewLocalPID(id), m)
}

// senders keeps the last sender's address: most messages come from whoever
// sent the one before. Addresses are never changed.
type senders struct{ last atomic.Pointer[PID] }

func (s *senders) pid(p link.PID) *PID {
	if last := s.last.Load(); last != nil && last.Id == p.ID && last.Address == p.Address {
		return last
	}
	pid := fromLink(p)
	if pid != nil {
		s.last.Store(pid)
	}
	return pid
}

// Watch implements [link.Local].
func (a arrivals) Watch(target, watcher link.PID) {
	a.n.unlessHeld(target.ID, func() {
		a.n.watch(protoactor.NewPID(target.Address, target.ID), protoactor.NewPID(watcher.Address, watcher.ID))
	})
}

// Unwatch implements [link.Local].
func (a arrivals) Unwatch(target, watcher link.PID) {
	a.n.unlessHeld(target.ID, func() {
		a.n.unwatch(protoactor.NewPID(target.Address, target.ID), protoactor.NewPID(watcher.Address, watcher.ID))
	})
}

// Terminated implements [link.Local].
func (a arrivals) Terminated(watcher, who link.PID, why link.Reason) {
	if p, ok := a.n.system.ProcessRegistry.GetLocal(watcher.ID); ok {
		p.SendSystemMessage(a.n.system.NewLocalPID(watcher.ID),
			&protoactor.Terminated{Who: protoactor.NewPID(who.Address, who.ID), Why: engineReason(why)})
	}
}

// watch and unwatch may be called from any goroutine, other than their twins
// in the engine's contexts.
func (n *node) watch(target, watcher *protoactor.PID) {
	p, _ := n.system.ProcessRegistry.Get(target)
	p.SendSystemMessage(target, &protoactor.Watch{Watcher: watcher})
}

func (n *node) unwatch(target, watcher *protoactor.PID) {
	if p, ok := n.system.ProcessRegistry.Get(target); ok {
		p.SendSystemMessage(target, &protoactor.Unwatch{Watcher: watcher})
	}
}

// hold keeps what arrives for the main object until there is one.
func (n *node) hold() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.held = []func(){}
	n.holding.Store(true)
}

// release lets it go, in order: what arrives meanwhile still waits behind.
func (n *node) release() {
	for {
		n.mu.Lock()
		batch := n.held
		if len(batch) == 0 {
			n.held = nil
			n.holding.Store(false)
			n.mu.Unlock()
			return
		}
		n.held = []func(){}
		n.mu.Unlock()
		for _, deliver := range batch {
			deliver()
		}
	}
}

func (n *node) unlessHeld(id string, deliver func()) {
	if id == mainID {
		n.mu.Lock()
		if n.held != nil {
			n.held = append(n.held, deliver)
			n.mu.Unlock()
			return
		}
		n.mu.Unlock()
	}
	deliver()
}

// types keeps what the registry said: it takes a lock and more time than a
// small message.
var types sync.Map

var stopName = string(nameOf((*lifecycle.Stop)(nil)))

// decode reads a message of the named type.
func decode(name string, payload []byte) (proto.Message, error) {
	known, ok := types.Load(name)
	if !ok {
		t, err := protoregistry.GlobalTypes.FindMessageByName(protoreflect.FullName(name))
		if err != nil {
			return nil, err
		}
		types.Store(name, t)
		known = t
	}
	t, _ := known.(protoreflect.MessageType)
	m := t.New().Interface()
	return m, proto.Unmarshal(payload, m)
}
