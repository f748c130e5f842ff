package actor

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ansar-go/ansar/lifecycle"
)

// repeats is an endless sequence of one input.
func repeats(in *text) iter.Seq[*text] {
	return func(yield func(*text) bool) {
		for yield(in) {
		}
	}
}

// A loop over a Map that ends early ends what it began, whatever the reason, and the
// pool can be used again.
func TestPoolMapEndsEarly(t *testing.T) {
	tests := []struct {
		name string
		loop func(t *testing.T, ctx context.Context, pool *Pool[*text, *text])
	}{
		{"by break", func(t *testing.T, ctx context.Context, pool *Pool[*text, *text]) {
			for r := range pool.MapUnordered(ctx, slices.Values([]*text{words("cleans"), words("echo x"), words("cleans")})) {
				if r.Index != 1 || r.Output.GetValue() != "x" {
					t.Errorf("first came %v", r)
				}
				break
			}
		}},
		{"by a panic in its body", func(t *testing.T, ctx context.Context, pool *Pool[*text, *text]) {
			defer func() {
				if r := recover(); r != "body" {
					t.Errorf("recovered %v", r)
				}
			}()
			for range pool.MapUnordered(ctx, slices.Values([]*text{words("cleans"), words("echo x"), words("cleans")})) {
				panic("body")
			}
		}},
		{"by a panic of the inputs", func(t *testing.T, ctx context.Context, pool *Pool[*text, *text]) {
			defer func() {
				if r := recover(); r != "inputs" {
					t.Errorf("recovered %v", r)
				}
			}()
			for range pool.Map(ctx, func(yield func(*text) bool) {
				yield(words("cleans"))
				yield(words("echo x"))
				panic("inputs")
			}) {
			}
		}},
		{"by an error of the inputs", func(t *testing.T, ctx context.Context, pool *Pool[*text, *text]) {
			torn := errors.New("torn")
			var got []error
			for r := range pool.StarMap(ctx, func(yield func(*text, error) bool) {
				_ = yield(words("echo x"), nil) && yield(nil, torn) && yield(words("echo y"), nil)
			}) {
				got = append(got, r.Err)
			}
			if len(got) != 2 || got[0] != nil || got[1] != torn {
				t.Errorf("errors %v", got)
			}
		}},
		{"by the end of its context", func(t *testing.T, ctx context.Context, pool *Pool[*text, *text]) {
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			n := 0
			var last error
			for r := range pool.MapUnordered(ctx, func(yield func(*text) bool) {
				for more := yield(words("echo x")); more; {
					more = yield(words("cleans"))
				}
			}) {
				if n++; n == 1 {
					cancel()
				}
				last = r.Err
			}
			if n > 9 || !errors.Is(last, context.Canceled) || !errors.Is(last, lifecycle.ErrAborted) {
				t.Errorf("%d results, the last with %v", n, last)
			}
		}},
	}
	inEveryPool(t, func(t *testing.T, _ *place, pool func(ctx context.Context, options ...PoolOption) *Pool[*text, *text]) {
		crew := pool(context.Background(), Size(2))
		defer crew.Close()
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				tt.loop(t, t.Context(), crew)
				crew.crew.mu.Lock()
				queued, running := crew.crew.queue.Len(), crew.crew.running
				crew.crew.mu.Unlock()
				if queued != 0 || running != 0 {
					t.Errorf("%d calls wait, %d run", queued, running)
				}
				if got, err := crew.Call(t.Context(), words("echo again")); err != nil || got.GetValue() != "again" {
					t.Errorf("the next call: %v, %v", got, err)
				}
			})
		}
	})
}

// A loop over a pool that is closed meanwhile ends with an error.
func TestPoolClosedInLoop(t *testing.T) {
	inEveryPool(t, func(t *testing.T, _ *place, pool func(ctx context.Context, options ...PoolOption) *Pool[*text, *text]) {
		crew := pool(t.Context(), Size(2))
		n := 0
		var last error
		for r := range crew.Map(t.Context(), repeats(words("echo x"))) {
			if n++; n == 3 {
				crew.Close()
			}
			last = r.Err
		}
		if n < 4 || n > 9 || !errors.Is(last, ErrPoolClosed) {
			t.Errorf("%d results, the last with %v", n, last)
		}
	})
}

// Calls are served in the order in which they came.
func TestPoolIsFair(t *testing.T) {
	inEveryPool(t, func(t *testing.T, _ *place, pool func(ctx context.Context, options ...PoolOption) *Pool[*text, *text]) {
		crew := pool(t.Context(), Size(1), LookAhead(50))
		defer crew.Close()
		first := 0
		for r := range crew.Map(t.Context(), slices.Values(slices.Repeat([]*text{words("count")}, 200))) {
			n, err := strconv.Atoi(r.Output.GetValue())
			if r.Index == 0 {
				first = n
			}
			if r.Err != nil || err != nil || n-first != r.Index {
				t.Fatalf("input %d was number %d, error %v", r.Index, n-first, r.Err)
			}
		}
	})
}

// A call that is given up stops its worker, one that still waits is never begun;
// nobody else notices.
func TestPoolCancel(t *testing.T) {
	inEveryPool(t, func(t *testing.T, p *place, pool func(ctx context.Context, options ...PoolOption) *Pool[*text, *text]) {
		crew := pool(t.Context(), Size(1))
		defer crew.Close()
		before, err := crew.Call(t.Context(), words("pid"))
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		waiting, giveUp := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() {
			if _, err := crew.Call(ctx, words("wait")); !errors.Is(err, context.Canceled) || !errors.Is(err, lifecycle.ErrAborted) {
				t.Errorf("the call that ran: %v", err)
			}
		})
		for crew.crew.busy() != 1 {
			time.Sleep(time.Millisecond) // nothing tells
		}
		all.Go(func() {
			if _, err := crew.Call(waiting, words("exit")); !errors.Is(err, context.Canceled) {
				t.Errorf("the call that waited: %v", err)
			}
			cancel()
		})
		giveUp()
		all.Wait()
		after, err := crew.Call(t.Context(), words("pid"))
		if err != nil {
			t.Fatal(err)
		}
		if same := before.GetValue() == after.GetValue(); same != crew.crew.spec.order.inProcess {
			t.Errorf("worker %v, then %v", before, after)
		}
	})
}

func (c *crew) busy() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.running
}

// The end of its context, or of its object, ends a pool and what runs in it.
func TestPoolEndsWithItsOwner(t *testing.T) {
	inEveryPool(t, func(t *testing.T, p *place, pool func(ctx context.Context, options ...PoolOption) *Pool[*text, *text]) {
		var crew *Pool[*text, *text]
		run := func(ctx context.Context, end func()) {
			crew = pool(ctx, Size(2))
			var all sync.WaitGroup
			for range 3 { // one of them waits for a worker
				all.Go(func() {
					got, err := crew.Call(context.Background(), words("cleans"))
					if got.GetValue() != "cleaned up" && !errors.Is(err, lifecycle.ErrAborted) {
						t.Errorf("got %v, %v", got, err)
					}
				})
			}
			for crew.crew.busy() != 2 || crew.crew.waiting() != 1 {
				time.Sleep(time.Millisecond) // nothing tells
			}
			end()
			all.Wait()
			within(t, "the end of the pool", crew.crew.child.ended)
			if _, err := crew.Call(context.Background(), words("echo x")); !errors.Is(err, ErrPoolClosed) {
				t.Errorf("after the end: %v", err)
			}
			crew.Close()
		}
		t.Run("a context", func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			run(ctx, cancel)
		})
		t.Run("an object that is stopped", func(t *testing.T) {
			began := make(chan *Context, 1)
			object := p.object(func(self *Context) error {
				began <- self
				_, err := self.Select()
				return err
			})
			run(<-began, func() { object.stop(stopIn(hang, ""), false) })
			within(t, "the object", object.ended)
		})
		t.Run("an object that returns", func(t *testing.T) {
			began, end := make(chan *Context, 1), make(chan struct{})
			object := p.object(func(self *Context) error {
				began <- self
				<-end
				return nil
			})
			run(<-began, func() { close(end) })
			within(t, "the object", object.ended)
		})
	})
}

func (c *crew) waiting() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.queue.Len()
}

// Close waits for the calls, and refuses new ones meanwhile.
func TestPoolCloseWaits(t *testing.T) {
	inEveryPool(t, func(t *testing.T, p *place, pool func(ctx context.Context, options ...PoolOption) *Pool[*text, *text]) {
		object := p.object(func(self *Context) error {
			crew := pool(self, Size(1))
			called, closed := make(chan error, 1), make(chan struct{})
			go func() {
				_, err := crew.Call(self, words("tell me"))
				called <- err
			}()
			if _, err := self.Select(KindOf[*text]()); err != nil {
				return err
			}
			go func() {
				defer close(closed)
				crew.Close()
			}()
			for !crew.crew.isClosed() {
				time.Sleep(time.Millisecond) // nothing tells
			}
			if _, err := crew.Call(self, words("echo x")); !errors.Is(err, ErrPoolClosed) {
				t.Errorf("a call meanwhile: %v", err)
			}
			select {
			case <-closed:
				t.Error("Close did not wait")
			default:
			}
			if err := self.Reply(words("go on")); err != nil {
				return err
			}
			<-closed
			return <-called
		})
		within(t, "the object", object.ended)
		if err := p.ends(object); err != nil {
			t.Error(err)
		}
	})
}

// A call in a worker is an object like any other: it has its caller as its parent,
// exchanges messages with it, and its children end with it.
func TestPoolCallIsAnObject(t *testing.T) {
	inEveryPool(t, func(t *testing.T, p *place, pool func(ctx context.Context, options ...PoolOption) *Pool[*text, *text]) {
		crew := pool(context.Background(), Size(1))
		defer crew.Close()
		object := p.object(func(self *Context) error {
			var all sync.WaitGroup
			all.Go(func() {
				if got, err := crew.Call(self, words("tell tale")); err != nil || got.GetValue() != "answer to tale" {
					t.Errorf("got %v, %v", got, err)
				}
			})
			m, err := self.Select(KindOf[*text]())
			if err != nil {
				return err
			}
			if err := self.Reply(words("answer to " + m.Body.(*text).GetValue())); err != nil {
				return err
			}
			all.Wait()
			child, err := crew.Call(self, words("leave"))
			if err != nil {
				return err
			}
			if p.alive(pidOfKey(child.GetValue())) || strings.Count(child.GetValue(), "/") != 1 {
				t.Errorf("%v is alive", child)
			}
			for _, pid := range processesWith(p.cookie) {
				if !crew.crew.has(pid) {
					t.Errorf("process %d is left", pid)
				}
			}
			return nil
		})
		within(t, "the object", object.ended)
		if err := p.ends(object); err != nil {
			t.Error(err)
		}
	})
}

func (c *crew) has(pid int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for w := range c.workers {
		if w.pid == pid {
			return true
		}
	}
	return false
}

// pooling has a pool with a worker that works and one that is idle.
var pooling = Define("pooling", func(self *Context, _ *lifecycle.None, _ *text) (*text, error) {
	pool := handy.Pool(self, Size(2), WarmUp(2))
	return pool.Call(self, words("wait"))
})

func init() { programs["pooling-program"] = func() { hostObject(pooling) } }

// Workers do not outlive a process that is killed.
func TestPoolOfTheDead(t *testing.T) {
	p := newPlace(t)
	called := make(chan error, 1)
	started := make(chan int, 1)
	go func() {
		_, err := callIn[*text](p, context.Background(), "pooling-program", nil, OnStarted(func(pid int) { started <- pid }))
		called <- err
	}()
	pid := within(t, "the process", started)
	for len(processesWith(p.cookie)) < 3 {
		time.Sleep(time.Millisecond) // nothing tells
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := within(t, "the end", called); !errors.Is(err, lifecycle.ErrAborted) {
		t.Error(err)
	}
	began := time.Now()
	for len(processesWith(p.cookie)) > 0 && time.Since(began) < hang {
		time.Sleep(time.Millisecond) // whose parent is gone is nobody's
	}
	if took := time.Since(began); took > DefaultOrphanLimit {
		t.Errorf("it took %v", took)
	}
}
