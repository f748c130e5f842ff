package actor

import (
	"runtime"

	protoactor "github.com/asynkron/protoactor-go/actor"
	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/internal/poolpb"
)

// Budget bounds how many processes the pools of this tree of processes have, beside
// one that each pool may always have. It counts in the root of the tree, whoever
// starts the others, and means nothing elsewhere. The default is four times the
// number of processors, and at least 16.
//
// Pools inside of workers, at any depth, so never need more than
// (n + 1) * (depth of the nesting) processes, however many calls they have.
func Budget(n int) { here().setBudget(n) }

func defaultBudget() int { return max(16, 4*runtime.NumCPU()) }

// resized tells the actor of the budget of another size.
type resized int

func (n *node) setBudget(total int) {
	n.startBudget()
	n.system.Root.Send(n.system.NewLocalPID(tokenID), resized(max(0, total)))
}

// startBudget starts the actor that holds the budget.
func (n *node) startBudget() {
	n.tokens.Do(func() {
		h := &treasurer{node: n, budget: newBudget(defaultBudget()), known: map[string]*PID{}}
		h.pid = n.spawnEngine(tokenID, h.receive)
	})
}

// treasurer is the actor that holds the budget.
type treasurer struct {
	node   *node
	pid    *protoactor.PID
	budget *budget
	known  map[string]*PID // who asked, and is watched
}

func (h *treasurer) receive(ctx protoactor.Context) {
	switch m := ctx.Message().(type) {
	case resized:
		h.tell(h.budget.resize(int(m)))
	case *protoactor.Terminated:
		key := pidOf(m.Who).key()
		delete(h.known, key)
		h.tell(h.budget.gone(key))
	case *mail:
		m.unpack()
		h.heed(m)
	}
}

func (h *treasurer) heed(m *mail) {
	key := m.from.key()
	if key == "" {
		return
	}
	switch m.body.(type) {
	case *poolpb.TokenWanted:
		if h.known[key] == nil {
			h.known[key] = m.from
			h.node.watch(engineOf(m.from), h.node.system.NewLocalPID(tokenID))
		}
		h.tell(h.budget.ask(key))
	case *poolpb.TokenNotWanted:
		h.tell(h.budget.takeBack(key))
	case *poolpb.TokenReturned:
		h.tell(h.budget.giveBack(key))
	}
}

func (h *treasurer) tell(notices []notice) {
	for _, n := range notices {
		var m proto.Message = &poolpb.TokenGiven{}
		if n.short {
			m = &poolpb.Shortage{Waiting: n.waiting}
		}
		to := pidOfKey(n.to)
		from := &PID{Address: h.node.address, Id: tokenID}
		if h.node.local(to) {
			h.node.post(to, &mail{body: m, from: from})
			continue
		}
		_ = h.node.router.TrySend(linkOf(to), linkOf(from), m) // whoever is gone is watched
	}
}
