package actor

import (
	"slices"
	"sync"

	protoactor "github.com/asynkron/protoactor-go/actor"
	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/internal/poolpb"
)

// ration is what the pools of this process have of the budget of the tree. Its actor
// speaks with the budget, in the root.
type ration struct {
	node  *node
	start sync.Once

	mu    sync.Mutex // guards the fields below
	pools []*crew    // that want tokens, in the order in which they asked
	wants map[*crew]int
	all   map[*crew]struct{}
	asked int // tokens asked for and not given yet
	short bool
}

func newRation(n *node) *ration {
	return &ration{node: n, wants: map[*crew]int{}, all: map[*crew]struct{}{}}
}

// join adds a pool, which is told of a shortage.
func (r *ration) join(c *crew) {
	if c.spec.order.inProcess {
		return
	}
	r.start.Do(func() {
		if r.node.address == root(r.node.address) {
			r.node.startBudget()
		}
		r.node.spawnEngine(shareID, r.receive)
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all[c] = struct{}{}
	c.shortage = r.short
}

func (r *ration) leave(c *crew) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.all, c)
}

// want says how many more tokens a pool could use.
func (r *ration) want(c *crew, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	more := n - r.wants[c]
	if more == 0 {
		return
	}
	r.wants[c] = n
	if n == 0 {
		delete(r.wants, c)
		r.pools = slices.DeleteFunc(r.pools, func(p *crew) bool { return p == c })
	} else if n == more {
		r.pools = append(r.pools, c)
	}
	for ; more > 0; more-- {
		r.asked++
		r.send(&poolpb.TokenWanted{})
	}
	for ; more < 0 && r.asked > 0; more++ {
		r.asked--
		r.send(&poolpb.TokenNotWanted{})
	}
}

func (r *ration) giveBack() { r.send(&poolpb.TokenReturned{}) }

// send tells the budget. It does not block.
func (r *ration) send(m proto.Message) {
	n := r.node
	to := &PID{Address: root(n.address), Id: tokenID}
	from := &PID{Address: n.address, Id: shareID}
	if n.local(to) {
		n.post(to, &mail{body: m, from: from})
		return
	}
	_ = n.router.TrySend(linkOf(to), linkOf(from), m) // without a root there are no tokens
}

// receive is the actor.
func (r *ration) receive(ctx protoactor.Context) {
	m, ok := ctx.Message().(*mail)
	if !ok {
		return
	}
	m.unpack()
	switch body := m.body.(type) {
	case *poolpb.TokenGiven:
		r.given()
	case *poolpb.Shortage:
		r.mu.Lock()
		r.short = body.GetWaiting()
		pools := make([]*crew, 0, len(r.all))
		for c := range r.all {
			pools = append(pools, c)
		}
		r.mu.Unlock()
		for _, c := range pools {
			c.short(body.GetWaiting())
		}
	}
}

// given passes a token on to whoever wants it first.
func (r *ration) given() {
	for {
		r.mu.Lock()
		if r.asked > 0 {
			r.asked--
		}
		if len(r.pools) == 0 {
			r.mu.Unlock()
			r.giveBack()
			return
		}
		c := r.pools[0]
		if r.wants[c]--; r.wants[c] <= 0 {
			delete(r.wants, c)
			r.pools = r.pools[1:]
		}
		r.mu.Unlock()
		if c.granted() {
			return
		}
	}
}

// stop ends the actors of the budget in this process.
func (r *ration) stop() {
	for _, id := range []string{shareID, tokenID} {
		if _, ok := r.node.system.ProcessRegistry.GetLocal(id); ok {
			r.node.system.Root.Stop(r.node.system.NewLocalPID(id))
		}
	}
}
