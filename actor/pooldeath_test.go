package actor

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ansar-go/ansar/lifecycle"
)

// The death of a worker is the fault of the one call that it was at, which names it;
// the next call finds another worker.
func TestPoolWorkerDies(t *testing.T) {
	p := newPlace(t)
	pool := poolIn(p, t.Context(), handy, Size(2))
	defer pool.Close()
	tests := []struct {
		name, in, text string
	}{
		{"by a signal", "kill", `^handy: process ended by signal: killed \(the worker process \d+ ended during the call\)$`},
		{"by exit", "exit out of paper", `status 3 \(the worker process \d+ ended during the call\); its last line was: out of paper$`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var beside sync.WaitGroup
			beside.Go(func() {
				if _, err := pool.Call(t.Context(), words("echo x")); err != nil {
					t.Error(err)
				}
			})
			_, err := pool.Call(t.Context(), words(tt.in))
			if !errors.Is(err, lifecycle.ErrAborted) || !regexp.MustCompile(tt.text).MatchString(err.Error()) {
				t.Errorf("error %v", err)
			}
			if got, err := pool.Call(t.Context(), words("echo again")); err != nil || got.GetValue() != "again" {
				t.Errorf("the next call: %v, %v", got, err)
			}
			beside.Wait()
		})
	}
}

// A worker that somebody else told to end does what it has, and gets nothing more.
func TestPoolWorkerIsTerminated(t *testing.T) {
	p := newPlace(t)
	pool := poolIn(p, t.Context(), handy, Size(1))
	defer pool.Close()
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			if got, err := pool.Call(t.Context(), words("term")); err != nil || got.GetValue() != "told" {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
	all.Wait()
}

// Whoever cannot be started fails every call, and is not started over and over.
func TestPoolCannotStart(t *testing.T) {
	tests := []struct {
		program string
		is      error
	}{
		{"no-such-program", cause(lifecycle.Faulted_CAUSE_NOT_FOUND)},
		{"exits-3", cause(lifecycle.Faulted_CAUSE_NOT_FRAMEWORK)},
		{"killed-early", lifecycle.ErrAborted},
	}
	for _, tt := range tests {
		t.Run(tt.program, func(t *testing.T) {
			p := newPlace(t)
			var starts atomic.Int32
			p.locate = func(name, role string) (Launch, error) {
				starts.Add(1)
				return locatePrograms(name, role)
			}
			pool := &Pool[*text, *text]{p.newCrew(t.Context(), newPoolSpec(&order{name: tt.program}, []PoolOption{Size(3)}))}
			defer pool.Close()
			for range 3 {
				var all sync.WaitGroup
				for range 20 {
					all.Go(func() {
						if _, err := pool.Call(t.Context(), words("x")); !errors.Is(err, tt.is) {
							t.Errorf("error %v, want %v", err, tt.is)
						}
					})
				}
				all.Wait()
			}
			if n := starts.Load(); n > 20 {
				t.Errorf("started %d times", n)
			}
		})
	}
}

// Workers that die at once are started less and less often.
func TestPoolPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p pause
		p.again = func() {}
		var got []time.Duration
		for range 12 {
			p.failed(2)
			if p.waits() {
				got = append(got, time.Until(p.until))
			}
		}
		p.stop()
		ms := time.Millisecond
		want := []time.Duration{10 * ms, 20 * ms, 40 * ms, 80 * ms, 160 * ms, 320 * ms, 640 * ms, time.Second, time.Second, time.Second}
		if !slices.Equal(got, want) {
			t.Errorf("pauses %v, want %v", got, want)
		}
	})
}

// A worker is replaced after so many calls, or when it has too much memory.
func TestPoolRecycles(t *testing.T) {
	for _, tt := range []struct {
		name   string
		option PoolOption
		want   []string
	}{
		{"after three calls", Recycle(3), []string{"1", "2", "3", "1", "2", "3", "1"}},
		{"after any memory", RecycleMemory(1), []string{"1", "1", "1"}},
		{"after much memory", RecycleMemory(1 << 40), []string{"1", "2", "3"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlace(t)
			pool := poolIn(p, t.Context(), handy, Size(1), tt.option)
			defer pool.Close()
			var got []string
			for range tt.want {
				n, err := pool.Call(t.Context(), words("count"))
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, n.GetValue())
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("counted %v, want %v", got, tt.want)
			}
		})
	}
}

// Workers are started ahead, and called with the first input before any other.
func TestPoolWarmsUp(t *testing.T) {
	p := newPlace(t)
	started := make(chan int, 9)
	pool := poolIn(p, t.Context(), handy, Size(3), WarmUp(2), FirstInput(words("count")), OnStarted(func(pid int) { started <- pid }))
	defer pool.Close()
	for range 2 {
		within(t, "a worker", started)
	}
	if got, err := pool.Call(t.Context(), words("count")); err != nil || got.GetValue() != "2" {
		t.Errorf("counted %v, %v, want 2", got, err)
	}
	if n := len(started); n != 0 {
		t.Errorf("%d more were started", n)
	}
}

// A first input that kills the worker fails the calls.
func TestPoolBadFirstInput(t *testing.T) {
	p := newPlace(t)
	pool := poolIn(p, t.Context(), handy, Size(2), FirstInput(words("kill")))
	defer pool.Close()
	if _, err := pool.Call(t.Context(), words("echo x")); !errors.Is(err, lifecycle.ErrAborted) {
		t.Errorf("error %v", err)
	}
}

// Everything that can happen to workers and calls, many at once, in random order:
// each call has its own end, and a death costs one call at most.
func TestPoolStorm(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	p := newPlace(t)
	pids := make(chan int, 10000)
	pool := poolIn(p, t.Context(), handy, Size(4), Grace(100*time.Millisecond), Recycle(25), OnStarted(func(pid int) { pids <- pid }))
	var killed, lost atomic.Int32
	var all sync.WaitGroup
	for i := range uint64(8) {
		all.Go(func() {
			random := rand.New(rand.NewPCG(seed, i))
			for j := range 60 {
				what := fmt.Sprintf("%d-%d", i, j)
				if storm(t, pool, random, what, &lost) {
					select {
					case pid := <-pids: // an old one, mostly: it may be gone
						if slices.Contains(processesWith(p.cookie), pid) && syscall.Kill(pid, syscall.SIGKILL) == nil {
							killed.Add(1)
						}
					default:
					}
				}
			}
		})
	}
	all.Wait()
	pool.Close()
	t.Logf("%d workers killed, %d calls lost", killed.Load(), lost.Load())
	if lost.Load() > killed.Load() {
		t.Errorf("%d workers killed, and %d calls lost", killed.Load(), lost.Load())
	}
	if left := p.processes(); len(left) != 0 {
		t.Errorf("%d processes are on the books", len(left))
	}
}

// storm makes one call and reports whether to kill a worker now.
func storm(t *testing.T, pool *Pool[*text, *text], random *rand.Rand, what string, lost *atomic.Int32) bool {
	ctx := t.Context()
	check := func(err, want error) {
		switch {
		case errors.Is(err, want):
		case errors.Is(err, lifecycle.ErrAborted) && strings.Contains(err.Error(), "killed"):
			lost.Add(1)
		default:
			t.Errorf("%s: error %v, want %v", what, err, want)
		}
	}
	switch random.IntN(20) {
	case 0:
		_, err := pool.Call(ctx, words("panic "+what))
		check(err, lifecycle.ErrFaulted)
	case 1:
		_, err := pool.Call(ctx, words("kill"))
		check(err, lifecycle.ErrAborted)
	case 2:
		_, err := pool.Call(ctx, words("hang"), Timeout(time.Duration(random.IntN(20))*time.Millisecond))
		check(err, lifecycle.ErrTimedOut)
	case 3:
		ctx, cancel := context.WithTimeout(ctx, time.Duration(random.IntN(20))*time.Millisecond)
		defer cancel()
		_, err := pool.Call(ctx, words("wait"))
		check(err, lifecycle.ErrTimedOut)
	case 4:
		ctx, cancel := context.WithCancel(ctx)
		time.AfterFunc(time.Duration(random.IntN(2000))*time.Microsecond, cancel)
		_, err := pool.Call(ctx, words("wait"))
		check(err, context.Canceled)
	case 5:
		return true
	default:
		got, err := pool.Call(ctx, words("echo "+what))
		if err == nil && got.GetValue() != what {
			t.Errorf("%s: got %v", what, got)
		} else if err != nil {
			check(err, nil)
		}
	}
	return false
}

// Many callers of few workers: each has its own answer.
func TestPoolHammer(t *testing.T) {
	inEveryPool(t, func(t *testing.T, _ *place, pool func(ctx context.Context, options ...PoolOption) *Pool[*text, *text]) {
		crew := pool(t.Context(), Size(3))
		var all sync.WaitGroup
		for i := range 32 {
			all.Go(func() {
				for j := range 50 {
					what := strconv.Itoa(1000*i + j)
					if got, err := crew.Call(t.Context(), words("echo "+what)); err != nil || got.GetValue() != what {
						t.Errorf("%s: got %v, %v", what, got, err)
					}
				}
			})
		}
		all.Wait()
		var closers sync.WaitGroup
		for range 3 {
			closers.Go(crew.Close)
		}
		closers.Wait()
		if _, err := crew.Call(t.Context(), words("echo x")); !errors.Is(err, ErrPoolClosed) {
			t.Errorf("after the end: %v", err)
		}
	})
}
