package actor

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/lifecycle"
)

// brief is an object with a child of its own, that takes a few milliseconds.
var brief = Define("brief", func(self *Context, _ *lifecycle.None, in *wrapperspb.UInt32Value) (*wrapperspb.UInt32Value, error) {
	if in.GetValue()%4 == 0 {
		echo.Create(self, wrapperspb.String("below"))
	}
	_, err := self.SelectWithin(time.Duration(in.GetValue()%8)*time.Millisecond, KindOf[*lifecycle.Completed]())
	if err != nil && !errors.Is(err, lifecycle.ErrTimedOut) {
		return nil, err
	}
	return in, nil
})

// Children are killed at random moments of their lives, also while they
// start. Every call settles, with its value or as aborted, and nothing is left:
// no process, no goroutine (TestMain looks), no descriptor.
func TestStorm(t *testing.T) {
	p := newPlace(t)
	if _, err := callObject(p, context.Background(), brief, wrapperspb.UInt32(1)); err != nil {
		t.Fatal(err) // everything that is opened once is open now
	}
	before := descriptors(t)
	const calls, callers = 300, 8
	var values, aborts atomic.Int32
	next := make(chan uint32)
	go func() {
		defer close(next)
		for i := range uint32(calls) {
			next <- i
		}
	}()
	stopKilling := make(chan struct{})
	killed := make(chan int)
	go func() { killed <- killAtRandom(p, stopKilling) }()
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for i := range next {
				got, err := callObject(p, context.Background(), brief, wrapperspb.UInt32(i))
				switch {
				case err == nil && got.GetValue() == i:
					values.Add(1)
				case errors.Is(err, lifecycle.ErrAborted):
					aborts.Add(1)
				default:
					t.Errorf("call %d: %v, %v", i, got, err)
				}
			}
		})
	}
	finished := make(chan struct{})
	go func() { all.Wait(); close(finished) }()
	within(t, "the storm", finished)
	close(stopKilling)
	t.Logf("%d values, %d aborted, %d kills", values.Load(), aborts.Load(), <-killed)
	if values.Load()+aborts.Load() != calls {
		t.Errorf("%d calls settled, want %d", values.Load()+aborts.Load(), calls)
	}
	if aborts.Load() == 0 {
		t.Error("no child was killed in time: the test proves nothing")
	}
	for deadline := time.Now().Add(DefaultOrphanLimit + 10*time.Second); len(processesWith(p.cookie)) > 0 && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond) // orphans of the killed are not ours to wait for
	}
	p.nothingLeft()
	for deadline := time.Now().Add(hang); descriptors(t) > before && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond) // a link closes behind its last word
	}
	if after := descriptors(t); after > before {
		t.Errorf("%d descriptors, %d before the storm", after, before)
	}
	if left := len(p.node.processes()); left != 0 {
		t.Errorf("%d processes are still known", left)
	}
}

// killAtRandom kills the children of p, each at a random moment, until stop is
// closed, and counts.
func killAtRandom(p *place, stop <-chan struct{}) (killed int) {
	for {
		for _, child := range p.node.processes() {
			running := child.live.Load()
			if running != nil && rand.IntN(60) == 0 && running.Signal(syscall.SIGKILL) == nil {
				killed++
			}
		}
		select {
		case <-stop:
			return killed
		case <-time.After(time.Duration(rand.IntN(3000)) * time.Microsecond):
		}
	}
}

func descriptors(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}
