package actor

import (
	"context"
	"errors"
	"slices"
	"sync"

	protoactor "github.com/asynkron/protoactor-go/actor"
	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/lifecycle"
)

// Request sends m to an object, wherever it lives, and waits for its reply. It
// fails as soon as that object is gone, with a *lifecycle.Faulted of
// CAUSE_GONE; a reply that is a fault, or is not an O, is an error too.
//
// Request ends with ctx, as a Call does. It may be used from any goroutine;
// within an object's own it waits for the reply alone, and leaves the inbox as
// it is.
func Request[O proto.Message](ctx context.Context, to *PID, m proto.Message) (O, error) {
	var none O
	if m == nil || to.GetId() == "" {
		return none, errNil
	}
	n := here()
	if parent := owner(ctx); parent != nil {
		n = parent.node
		if parent.log.shows(tagSent) {
			parent.line(tagSent, "Sent %s to %s", nameOf(m).Name(), n.text(to))
		}
	}
	a := n.asks.ask(to)
	defer n.asks.done(a)
	if err := n.send(ctx, to, m, a.pid); err != nil {
		if cause := context.Cause(ctx); cause != nil && errors.Is(err, cause) { // it waited for room
			err = interrupted(ctx)
		}
		return none, err
	}
	select {
	case m := <-a.reply:
		m.unpack()
		return replyAs[O](m.body)
	case <-ctx.Done():
		return none, interrupted(ctx)
	}
}

// ask is a question that waits for its answer. To the engine it is a process
// of its own.
type ask struct {
	node  *node
	pid   *PID
	to    string
	reply chan *mail // holds the first answer

	mu       sync.Mutex // guards the fields below
	over     bool
	watchers []*protoactor.PID
}

// SendUserMessage implements [protoactor.Process].
func (a *ask) SendUserMessage(_ *protoactor.PID, message any) {
	if m, ok := message.(*mail); ok {
		m.consumed()
		a.answer(m)
	}
}

// SendSystemMessage implements [protoactor.Process]. Whoever is asked may watch
// the one that asks.
func (a *ask) SendSystemMessage(_ *protoactor.PID, message any) {
	a.mu.Lock()
	over := a.over
	switch m := message.(type) {
	case *protoactor.Watch:
		if !over && !slices.ContainsFunc(a.watchers, m.Watcher.Equal) {
			a.watchers = append(a.watchers, m.Watcher)
		}
		if over {
			defer a.tellOfEnd(m.Watcher)
		}
	case *protoactor.Unwatch:
		a.watchers = slices.DeleteFunc(a.watchers, m.Watcher.Equal)
	}
	a.mu.Unlock()
}

func (a *ask) end() {
	a.mu.Lock()
	watchers := a.watchers
	a.watchers, a.over = nil, true
	a.mu.Unlock()
	for _, w := range watchers {
		a.tellOfEnd(w)
	}
}

func (a *ask) tellOfEnd(watcher *protoactor.PID) {
	p, _ := a.node.system.ProcessRegistry.Get(watcher)
	p.SendSystemMessage(watcher, &protoactor.Terminated{Who: engineOf(a.pid)})
}

// Stop implements [protoactor.Process].
func (a *ask) Stop(*protoactor.PID) {}

func (a *ask) answer(m *mail) {
	select {
	case a.reply <- m:
	default: // it has its answer
	}
}

// asks are the open questions of a process. One actor watches whoever is
// asked, so that no question outlives the one that could answer it.
type asks struct {
	node    *node
	start   sync.Once
	watcher *protoactor.PID // valid after start

	mu     sync.Mutex                 // guards the fields below
	opened map[string]map[*ask]bool   // by the address of whoever is asked
	seen   map[string]*protoactor.PID // who is watched
}

func (q *asks) init(n *node) {
	q.node = n
	q.opened = map[string]map[*ask]bool{}
	q.seen = map[string]*protoactor.PID{}
}

// ask registers a question to the object at to.
func (q *asks) ask(to *PID) *ask {
	q.start.Do(func() { q.watcher = q.node.spawnEngine(q.node.newID(), q.receive) })
	a := q.open(to)
	q.mu.Lock()
	if q.opened[a.to] == nil {
		q.opened[a.to] = map[*ask]bool{}
	}
	q.opened[a.to][a] = true
	watched := q.seen[a.to] != nil
	if !watched {
		q.seen[a.to] = engineOf(to)
	}
	q.mu.Unlock()
	if !watched {
		q.node.watch(engineOf(to), q.watcher)
	}
	return a
}

// open registers a question to an object that lives as long as the process.
func (q *asks) open(to *PID) *ask {
	a := &ask{
		node: q.node, pid: &PID{Address: q.node.address, Id: q.node.newID()}, to: to.key(), reply: make(chan *mail, 1),
	}
	q.node.system.ProcessRegistry.Add(a, a.pid.Id)
	return a
}

// done forgets a question.
func (q *asks) done(a *ask) {
	q.node.system.ProcessRegistry.Remove(engineOf(a.pid))
	a.end()
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.opened[a.to], a)
	if len(q.opened[a.to]) == 0 {
		delete(q.opened, a.to)
	}
}

func (q *asks) receive(ctx protoactor.Context) {
	m, ok := ctx.Message().(*protoactor.Terminated)
	if !ok {
		return
	}
	gone := pidOf(m.Who).key()
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.seen, gone)
	for a := range q.opened[gone] {
		a.answer(&mail{body: &lifecycle.Faulted{
			Cause: lifecycle.Faulted_CAUSE_GONE, Condition: "no answer from " + gone, Explanation: "it has ended",
		}})
	}
}

func (q *asks) close() {
	if q.watcher != nil {
		q.node.system.Root.Stop(q.watcher)
	}
}
