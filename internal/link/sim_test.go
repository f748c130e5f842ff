package link

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ansar-go/ansar/internal/link/linkpb"
)

// Random trees of processes send, watch, stop and die at random. Whatever the
// order of events:
//
//   - every Send returns: a bubble in which all wait for ever fails;
//   - what was sent arrives once, whole and in order, and all of it unless the
//     way was cut;
//   - every Watch is answered once, after the last message of the watched;
//   - a Completed comes after everything that its process sent to the parent;
//   - every link ends, once, and nothing is left in a ledger.
//
// ANSAR_SEEDS says how many trees are tried, ANSAR_SEED which one alone.
func TestSimulation(t *testing.T) {
	seeds, first := defaultSeeds, 0
	if n, err := strconv.Atoi(os.Getenv("ANSAR_SEEDS")); err == nil {
		seeds = n
	}
	if n, err := strconv.Atoi(os.Getenv("ANSAR_SEED")); err == nil {
		first, seeds = n, 1
	}
	for seed := first; seed < first+seeds && !t.Failed(); seed++ {
		simulate(t, uint64(seed))
	}
}

func simulate(t *testing.T, seed uint64) {
	ended := false
	defer func() {
		if !ended || t.Failed() {
			t.Errorf("run it again with ANSAR_SEED=%d", seed)
		}
	}()
	synctest.Test(t, func(t *testing.T) {
		s := newSim(t, seed)
		s.run()
		s.check()
		s.teardown()
	})
	ended = true
}

// sim is one tree.
type sim struct {
	t     *testing.T
	rng   *rand.Rand // of the goroutine that builds and makes events
	opts  *RouterOptions
	nodes []*simNode

	senders sync.WaitGroup // all sending goroutines of the tree
	events  sync.WaitGroup
}

func newSim(t *testing.T, seed uint64) *sim {
	s := &sim{t: t, rng: rand.New(rand.NewPCG(seed, 1))}
	s.opts = &RouterOptions{
		Window: 1 << (8 + s.rng.IntN(12)), // 256 B to 512 KiB
		Queue:  1 << (8 + s.rng.IntN(12)),
		Lost:   func(err error) { t.Errorf("lost: %v", err) },
	}
	s.add(nil)
	for range 2 + s.rng.IntN(4) {
		s.add(s.nodes[s.rng.IntN(len(s.nodes))])
	}
	return s
}

// add makes a process and links it to its parent.
func (s *sim) add(parent *simNode) {
	address := "1"
	if parent != nil {
		parent.children++
		address = fmt.Sprintf("%s.%d", parent.address, parent.children)
	}
	n := newSimNode(s, address, parent)
	s.nodes = append(s.nodes, n)
	if parent == nil {
		return
	}
	a, b := newPipe(1 << (9 + s.rng.IntN(8)))
	if s.rng.IntN(2) == 0 {
		a, b = s.lazy(a), s.lazy(b)
	}
	n.down = parent.router.AddChild(address, a, &simHandler{node: n})
	n.up = n.router.AddParent(b, &simHandler{node: n, child: true})
	for _, l := range []*Link{n.up, n.down} {
		if err := l.Hello(&linkpb.Hello{}); err != nil {
			s.t.Fatal(err)
		}
	}
}

// lazy makes a stream slow, so that things happen while a large message is on
// its way.
func (s *sim) lazy(e io.ReadWriteCloser) io.ReadWriteCloser {
	return &lazyEnd{e.(*end), rand.New(rand.NewPCG(s.rng.Uint64(), 5)), 1 << (10 + s.rng.IntN(6))}
}

type lazyEnd struct {
	*end
	rng *rand.Rand // of the reader
	max int        // bytes of one Read
}

func (e *lazyEnd) Read(b []byte) (int, error) {
	time.Sleep(time.Duration(e.rng.IntN(20)) * time.Millisecond)
	return e.end.Read(b[:min(len(b), e.max)])
}

// run lets everything happen, and waits until nothing more does.
func (s *sim) run() {
	for _, n := range s.nodes {
		for i := range 1 + s.rng.IntN(2) {
			n.startSender(fmt.Sprintf("s%d", i), s.rng.Uint64())
		}
	}
	for _, n := range s.nodes { // when every object is there
		n.startWatcher(s.rng.Uint64())
	}
	for range s.rng.IntN(4) {
		s.event(time.Duration(s.rng.IntN(300))*time.Millisecond, s.nodes[s.rng.IntN(len(s.nodes))])
	}
	s.senders.Wait()
	s.events.Wait()
	time.Sleep(time.Hour) // in the bubble: until all that has a time has come
	synctest.Wait()
}

// event makes something happen to a process later.
func (s *sim) event(after time.Duration, n *simNode) {
	what := s.rng.IntN(6)
	s.events.Go(func() {
		time.Sleep(after)
		switch {
		case what == 0:
			n.queues["o0"].end()
		case what == 1 && n.up != nil:
			n.cut.Store(true)
			n.up.Close()
		case what == 2 && n.up != nil:
			n.cut.Store(true)
			_ = n.down.stream.Close() // as if the parent had been killed
		case what == 3:
			n.kill()
		case what == 4 && n.up != nil && n.children == 0:
			n.complete()
		case n.up != nil:
			n.down.Stop(&linkpb.Stop{LeftMs: 1})
			n.stops.Add(1)
		}
	})
}

// check is called when all is quiet and the processes still live.
func (s *sim) check() {
	for _, from := range s.nodes {
		for key, sent := range from.sent {
			to := s.find(key.to.Address)
			got := to.got[key]
			if len(got) > len(sent) || len(got) < len(sent) && s.connected(from, to) {
				s.t.Errorf("%v sent %d messages to %v and %d arrived", key.from, len(sent), key.to, len(got))
				continue
			}
			for i := range got {
				if got[i] != sent[i] {
					s.t.Errorf("message %d from %v to %v has number %d, want %d", i, key.from, key.to, got[i], sent[i])
					break
				}
			}
		}
	}
	for _, n := range s.nodes {
		n.checkLedgers()
		n.checkWatchers()
		if n.up != nil && !n.isCut() && !n.parent.killed.Load() && n.stops.Load() != n.stopped.Load() {
			s.t.Errorf("%s was told to stop %d times, want %d", n.address, n.stopped.Load(), n.stops.Load())
		}
	}
}

// connected reports whether everything that was sent must have arrived. What
// a process sent before it completed must.
func (s *sim) connected(from, to *simNode) bool {
	if from.killed.Load() || to.killed.Load() || to.completed.Load() {
		return false
	}
	up, down := from, to
	for up != down {
		if len(up.address) >= len(down.address) {
			if up.cut.Load() {
				return false
			}
			up = up.parent
		} else {
			if down.isCut() {
				return false
			}
			down = down.parent
		}
		if up.killed.Load() || down.killed.Load() {
			return false
		}
	}
	return true
}

func (s *sim) find(address string) *simNode {
	for _, n := range s.nodes {
		if n.address == address {
			return n
		}
	}
	panic("no process " + address)
}

// teardown ends what is left, and checks what must be so when all is over.
func (s *sim) teardown() {
	for _, n := range s.nodes {
		n.kill()
	}
	for _, n := range s.nodes {
		n.objects.Wait()
		if n.up != nil && n.closed.Load() != 2 {
			s.t.Errorf("the ends of the link of %s were closed %d times, want 2", n.address, n.closed.Load())
		}
		n.checkWatches()
	}
	synctest.Wait()
	for _, n := range s.nodes {
		n.checkLedgers()
	}
}

// sleep passes up to a tenth of a second of the bubble's time.
func sleep(ctx context.Context, rng *rand.Rand) {
	select {
	case <-time.After(time.Duration(rng.IntN(100)) * time.Millisecond):
	case <-ctx.Done():
	}
}
