package actor

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	protoactor "github.com/asynkron/protoactor-go/actor"
	cmap "github.com/orcaman/concurrent-map"

	"github.com/ansar-go/ansar/internal/link"
)

// node is this process's place in the tree: its engine, its objects, its
// child processes, its log, and the way to everybody else.
type node struct {
	address string
	system  *protoactor.ActorSystem
	work    *dispatcher
	router  *link.Router
	log     *log
	lastID  atomic.Uint64
	lastSub atomic.Uint64 // the last child process
	locate  Locator
	base    context.Context // what every object's context is made from

	// ownFlags are for processes that run objects of this program, by the
	// object and the role that its caller named; nil: none.
	ownFlags func(object, role string) ([]string, error)

	asks    asks
	senders senders
	holding atomic.Bool // held may not be nil
	limits  limits

	tokens sync.Once // starts the budget
	logs   sync.Once // starts the log object
	timers sync.Once // starts the timer object
	timing atomic.Bool
	tests  testRecord
	direct sync.Map // of func(link.Message), by id: who takes messages in the reader of a link
	ration *ration

	mu      sync.Mutex // guards the fields below
	objects map[string]*Context
	procs   map[string]*process // by address of the child
	held    []func()            // arrivals for a main object that is yet to come; nil: deliver
	stopped *stopOrder          // set once the whole process is to end
}

// stopOrder is the order to end the process, for whatever is begun after it.
type stopOrder struct {
	reason   string
	deadline time.Time
}

// rootAddress is the address of a process that none of ours started.
const rootAddress = "1"

// newNode makes the place of a process at address.
func newNode(address string) *node {
	n := &node{
		address: address,
		work:    &dispatcher{},
		log:     newLog(),
		limits:  defaultLimits(),
		objects: map[string]*Context{},
		procs:   map[string]*process{},
		base:    context.Background(),
	}
	n.lastID.Store(firstID - 1)
	n.locate = findBeside
	n.system = newSystem()
	n.system.ProcessRegistry.Address = address
	n.system.EventStream.Subscribe(func(event any) {
		if dead, ok := event.(*protoactor.DeadLetterEvent); ok {
			if m, ok := dead.Message.(*mail); ok {
				m.consumed()
			}
		}
	})
	n.system.ProcessRegistry.RegisterAddressResolver(func(*protoactor.PID) (protoactor.Process, bool) {
		return remote{n}, true
	})
	n.log.address = address
	n.router = link.NewRouter(address, arrivals{n}, nil)
	n.asks.init(n)
	n.ration = newRation(n)
	return n
}

// newSystem starts an engine that costs next to nothing until it is used:
// one shard a map instead of 32, no metrics, nothing to standard error, and
// no goroutine that lingers after a dead letter.
func newSystem() *protoactor.ActorSystem {
	oneShard()
	return protoactor.NewActorSystem(
		protoactor.WithLoggerFactory(func(*protoactor.ActorSystem) *slog.Logger {
			return slog.New(slog.DiscardHandler)
		}),
		protoactor.WithDeadLetterThrottleCount(0),
		protoactor.WithDeadLetterThrottleInterval(time.Nanosecond), // a goroutine sits it out
	)
}

// oneShard must come before the first system: the engine makes 1,024 maps of
// this many shards for each.
var oneShard = sync.OnceFunc(func() { cmap.SHARD_COUNT = 1 })

// here is the node of this process. Only a parent makes it anything but the
// root of a tree.
var here = sync.OnceValue(func() *node {
	if p := claimed.Load(); p != nil {
		return newNode(p.address)
	}
	if address, ok := readMarker(); ok { // used before Main: it will be claimed
		return newNode(address)
	}
	return newNode(rootAddress)
})

// spawnEngine starts an engine actor under an id of ours.
func (n *node) spawnEngine(id string, receive func(protoactor.Context), opts ...protoactor.PropsOption) *protoactor.PID {
	opts = append(opts, protoactor.WithDispatcher(n.work))
	props := protoactor.PropsFromFunc(func(ctx protoactor.Context) {
		receive(ctx)
		if m, ok := ctx.Message().(*mail); ok { // also what it has no use for
			m.consumed()
		}
	}, opts...)
	pid, err := n.system.Root.SpawnNamed(props, id)
	if err != nil { // ids are serial numbers
		panic("spawn " + id + ": " + err.Error())
	}
	return pid
}

// object is the object of that id, or nil.
func (n *node) object(id string) *Context {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.objects[id]
}

// close ends what the node itself started. Its objects must have ended.
func (n *node) close() {
	n.asks.close()
	if n.timersStarted() {
		n.system.Root.Stop(n.system.NewLocalPID(timerID))
	}
	n.ration.stop()
	if n.tests.started.Load() {
		n.system.Root.Stop(n.system.NewLocalPID(testsID))
	}
	n.work.close()
}
