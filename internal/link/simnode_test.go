package link

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/internal/link/linkpb"
)

// simNode is a process of a simulation. Its objects are senders s0 and s1,
// consumers o0 and o1, and a watcher w.
type simNode struct {
	sim      *sim
	address  string
	parent   *simNode
	children int
	router   *Router
	up, down *Link // both ends of the link to the parent

	ctx    context.Context // ends when the process does
	cancel context.CancelFunc

	cut, killed, completed atomic.Bool
	stops, stopped, closed atomic.Int32
	senders, objects       sync.WaitGroup

	mu       sync.Mutex // guards the fields below
	sent     map[route][]uint64
	got      map[route][]uint64
	alive    map[string]bool
	queues   map[string]*simQueue
	watchers map[watch]int  // asked for by remote ones
	asked    map[watch]int  // our watches
	answers  map[watch]int  // and their answers
	revoked  map[watch]bool // may stay without an answer
	gone     map[PID]bool
}

type route struct{ from, to PID }

// simQueue is the mailbox of a consumer.
type simQueue struct {
	ctx      context.Context // ends when the object is to end
	end      context.CancelFunc
	messages []Message
	more     chan struct{} // of capacity 1
}

func newSimNode(s *sim, address string, parent *simNode) *simNode {
	n := &simNode{
		sim: s, address: address, parent: parent,
		sent: make(map[route][]uint64), got: make(map[route][]uint64),
		alive: make(map[string]bool), queues: make(map[string]*simQueue),
		watchers: make(map[watch]int), asked: make(map[watch]int), answers: make(map[watch]int),
		revoked: make(map[watch]bool), gone: make(map[PID]bool),
	}
	n.ctx, n.cancel = context.WithCancel(context.Background())
	n.router = NewRouter(address, n, s.opts)
	for _, id := range []string{"o0", "o1"} {
		q, seed := &simQueue{more: make(chan struct{}, 1)}, s.rng.Uint64()
		q.ctx, q.end = context.WithCancel(n.ctx)
		n.queues[id], n.alive[id] = q, true
		n.objects.Go(func() { n.consume(id, q, rand.New(rand.NewPCG(seed, 2))) })
	}
	return n
}

func (n *simNode) isCut() bool { return n.cut.Load() || n.killed.Load() || n.completed.Load() }

// consume takes messages, slowly, answers some and sends on others.
func (n *simNode) consume(id string, q *simQueue, rng *rand.Rand) {
	slow := rng.IntN(3) == 0
	for {
		n.mu.Lock()
		batch := q.messages
		q.messages = nil
		n.mu.Unlock()
		for _, m := range batch {
			if slow {
				sleep(q.ctx, rng)
			}
			switch rng.IntN(6) {
			case 0:
				_ = n.router.TrySend(m.Sender, m.Target, &linkpb.Ready{}) // it may be gone
			case 1: // perhaps in a circle that is full: so not for ever
				ctx, cancel := context.WithTimeout(q.ctx, time.Second)
				n.send(ctx, id, n.anyone(rng), rng)
				cancel()
			}
			m.Done()
		}
		if len(batch) > 0 {
			continue
		}
		select {
		case <-q.more:
		case <-q.ctx.Done():
			n.die(id)
			return
		}
	}
}

// anyone returns a consumer of another process.
func (n *simNode) anyone(rng *rand.Rand) PID {
	for {
		to := n.sim.nodes[rng.IntN(len(n.sim.nodes))]
		if to != n {
			return PID{to.address, []string{"o0", "o1"}[rng.IntN(2)]}
		}
	}
}

// send sends one message of a random size and notes it if that went well.
func (n *simNode) send(ctx context.Context, from string, to PID, rng *rand.Rand) {
	size := 8 + rng.IntN(200)
	switch rng.IntN(40) {
	case 0:
		size += rng.IntN(2 * maxPiece)
	case 1, 2, 3, 4:
		size += rng.IntN(5000)
	}
	number := rng.Uint64()
	b := bytes.Repeat([]byte{byte(number)}, size)
	binary.BigEndian.PutUint64(b, number)
	err := n.router.Send(ctx, to, PID{n.address, from}, wrapperspb.Bytes(b))
	switch {
	case err == nil:
		n.mu.Lock()
		key := route{PID{n.address, from}, to}
		n.sent[key] = append(n.sent[key], number)
		n.mu.Unlock()
	case !errors.Is(err, ErrNoRoute) && ctx.Err() == nil:
		n.sim.t.Errorf("send from %s: %v", n.address, err)
	}
}

func (n *simNode) startSender(id string, seed uint64) {
	n.mu.Lock()
	n.alive[id] = true
	n.mu.Unlock()
	send := func() {
		rng := rand.New(rand.NewPCG(seed, 3))
		ctx := n.ctx
		if rng.IntN(4) == 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, time.Duration(rng.IntN(200))*time.Millisecond)
			defer cancel()
		}
		to := n.anyone(rng)
		for range rng.IntN(30) {
			if rng.IntN(4) == 0 {
				to = n.anyone(rng)
			}
			if rng.IntN(3) == 0 {
				sleep(n.ctx, rng)
			}
			n.send(ctx, id, to, rng)
		}
		n.die(id)
	}
	n.sim.senders.Add(1)
	n.senders.Go(func() { defer n.sim.senders.Done(); send() })
}

// startWatcher watches objects of others, twice at times, and takes some
// watches back.
func (n *simNode) startWatcher(seed uint64) {
	n.sim.senders.Add(1)
	n.senders.Go(func() {
		defer n.sim.senders.Done()
		rng := rand.New(rand.NewPCG(seed, 4))
		for range rng.IntN(6) {
			sleep(n.ctx, rng)
			who := n.anyone(rng)
			who.ID = []string{"o0", "o1", "s0", "s1", "none"}[rng.IntN(5)]
			x := watch{who, PID{n.address, "w"}}
			n.mu.Lock()
			again := n.asked[x] > 0
			n.asked[x]++
			n.mu.Unlock()
			if again && rng.IntN(2) == 0 { // at the same moment as the answer, perhaps
				n.mu.Lock()
				n.revoked[x] = true
				n.mu.Unlock()
				n.router.Unwatch(x.target, x.watcher)
				continue
			}
			n.router.Watch(x.target, x.watcher)
		}
	})
}

// die ends an object. What waits for it is thrown away.
func (n *simNode) die(id string) {
	n.mu.Lock()
	n.alive[id] = false
	var thrown []Message
	if q := n.queues[id]; q != nil {
		thrown, q.messages = q.messages, nil
	}
	var told []watch
	for w := range n.watchers {
		if w.target.ID == id {
			told = append(told, w)
			delete(n.watchers, w)
		}
	}
	n.mu.Unlock()
	for _, m := range thrown {
		m.Done()
	}
	for _, w := range told {
		n.router.Terminated(w.watcher, w.target, ReasonEnded)
	}
}

// kill ends the process at once, whatever it does.
func (n *simNode) kill() {
	n.killed.Store(true)
	n.router.Close()
	n.cancel()
}

// complete ends the process in order.
func (n *simNode) complete() {
	n.completed.Store(true)
	n.cancel()
	n.senders.Wait()
	n.objects.Wait()
	err := n.up.Completed(context.Background(), &linkpb.Completed{Type: "done"})
	if err == nil {
		err = n.up.CloseWrite(context.Background())
	}
	if err != nil && !errors.Is(err, ErrNoRoute) {
		n.sim.t.Errorf("complete %s: %v", n.address, err)
	}
	<-n.up.Done()
}

func (n *simNode) Deliver(m Message) {
	v := new(wrapperspb.BytesValue)
	if m.Type != string(v.ProtoReflect().Descriptor().FullName()) {
		m.Done() // an answer
		return
	}
	if err := proto.Unmarshal(m.Payload, v); err != nil {
		n.sim.t.Errorf("message for %v: %v", m.Target, err)
	}
	number := binary.BigEndian.Uint64(v.Value)
	if rest := v.Value[8:]; bytes.Count(rest, []byte{byte(number)}) != len(rest) {
		n.sim.t.Errorf("message for %v is damaged", m.Target)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.gone[m.Sender] {
		n.sim.t.Errorf("message for %v from %v, who is gone", m.Target, m.Sender)
	}
	key := route{m.Sender, m.Target}
	n.got[key] = append(n.got[key], number)
	if q := n.queues[m.Target.ID]; q != nil && n.alive[m.Target.ID] {
		q.messages = append(q.messages, m)
		select {
		case q.more <- struct{}{}:
		default:
		}
		return
	}
	m.Done()
}

func (n *simNode) Watch(target, watcher PID) {
	n.mu.Lock()
	alive := n.alive[target.ID]
	if alive {
		n.watchers[watch{target, watcher}]++
	}
	n.mu.Unlock()
	if !alive {
		n.router.Terminated(watcher, target, ReasonNotFound)
	}
}

func (n *simNode) Unwatch(target, watcher PID) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.watchers, watch{target, watcher})
}

func (n *simNode) Terminated(watcher, who PID, _ Reason) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.answers[watch{who, watcher}]++
	n.gone[who] = true
}

// checkWatchers finds no watcher whose process is gone.
func (n *simNode) checkWatchers() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for w := range n.watchers {
		if !n.sim.connected(n.sim.find(w.watcher.Address), n) && !n.isCut() {
			n.sim.t.Errorf("%s keeps the watcher %v, which is gone", n.address, w.watcher)
		}
	}
}

// checkWatches is called when every link has ended. A watch that was asked for
// again after its answer has another one.
func (n *simNode) checkWatches() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for x, asked := range n.asked {
		answers := n.answers[x]
		if answers > asked || answers == 0 && !n.revoked[x] {
			n.sim.t.Errorf("%v watched %v %d times and was told %d times", x.watcher, x.target, asked, answers)
		}
	}
	for x := range n.answers {
		if n.asked[x] == 0 {
			n.sim.t.Errorf("%v never watched %v and was told", x.watcher, x.target)
		}
	}
	if len(n.watchers) > 0 {
		n.sim.t.Errorf("%s keeps watchers that are gone: %v", n.address, n.watchers)
	}
}

// checkLedgers is called when nothing is on its way.
func (n *simNode) checkLedgers() {
	r := n.router
	r.sent.mu.Lock()
	defer r.sent.mu.Unlock()
	for to, g := range r.sent.flows {
		n.sim.t.Errorf("%s still accounts for %d bytes to %v", n.address, g.used, to)
	}
	r.received.mu.Lock()
	defer r.received.mu.Unlock()
	for from, f := range r.received.flows {
		n.sim.t.Errorf("%s still accounts for %d and %d bytes from %v", n.address, f.open, f.owed, from)
	}
	r.inbox.mu.Lock()
	defer r.inbox.mu.Unlock()
	for k := range r.inbox.open {
		n.sim.t.Errorf("%s still assembles a message of %v", n.address, k)
	}
	for _, l := range r.links() {
		if q := l.Queued(); q != 0 {
			n.sim.t.Errorf("%s still queues %d bytes", n.address, q)
		}
		l.known.Lock()
		for p := range l.known.peers {
			if to := n.sim.find(p); to.killed.Load() || to.completed.Load() {
				n.sim.t.Errorf("%s still remembers %s, which is gone", n.address, p)
			}
		}
		l.known.Unlock()
	}
}
