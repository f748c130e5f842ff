package actor

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/lifecycle"
)

// A call may have a log of its own: all that it writes and prints goes there, and what
// others do in the same worker does not.
func TestPoolCallHasItsLog(t *testing.T) {
	p := newPlace(t)
	p.keepLog(LevelConsole)
	pool := poolIn(p, t.Context(), handy, Size(1))
	defer pool.Close()
	var mu sync.Mutex
	logs := map[string][]string{}
	sink := func(name string) Option {
		return LogSink(LevelConsole, func(r *LogRecord) {
			mu.Lock()
			defer mu.Unlock()
			if r.GetStarted() == nil {
				logs[name] = append(logs[name], r.GetText())
			} else if r.GetStarted().GetCalled() {
				logs[name] = append(logs[name], "started "+r.GetStarted().GetName())
			}
		})
	}
	var all sync.WaitGroup
	for _, name := range []string{"a", "b", "c", "d", "a"} {
		all.Go(func() {
			var options []Option
			if name != "d" {
				options = append(options, sink(name))
			}
			if _, err := pool.Call(t.Context(), words("print "+name), options...); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for name, lines := range logs {
		want := []string{"console " + name, "no newline " + name, "started handy", "stderr " + name, "stdout " + name}
		if name == "a" {
			want = slices.Concat(want, want)
			slices.Sort(want)
		}
		slices.Sort(lines)
		if diff := cmp.Diff(want, lines); diff != "" {
			t.Errorf("log of %s (-want +got):\n%s", name, diff)
		}
	}
	for _, line := range p.logged() {
		if strings.Contains(line, "ansar: call") || strings.HasSuffix(line, " a") {
			t.Errorf("the common log has %q", line)
		}
	}
}

// A call says when it is ready and in which process it is.
func TestPoolCallIsReady(t *testing.T) {
	inEveryPool(t, func(t *testing.T, p *place, pool func(ctx context.Context, options ...PoolOption) *Pool[*text, *text]) {
		crew := pool(t.Context(), Size(1))
		defer crew.Close()
		for range 2 {
			ready, started := make(chan struct{}, 9), make(chan int, 9)
			object := p.object(func(self *Context) error {
				call := crew.Create(self, words("tell me"), OnReady(func() { ready <- struct{}{} }), OnStarted(func(pid int) { started <- pid }))
				if _, err := self.Select(KindOf[*text]()); err != nil {
					return err
				}
				within(t, "readiness", ready)
				if err := self.Reply(words("go on")); err != nil {
					return err
				}
				m, err := self.Select(KindOf[*lifecycle.Completed]().From(call))
				if err != nil {
					return err
				}
				if got, err := Value[*text](m); err != nil || got.GetValue() != "go on" {
					t.Errorf("got %v, %v", got, err)
				}
				return nil
			})
			within(t, "the object", object.ended)
			if err := p.ends(object); err != nil {
				t.Fatal(err)
			}
			if want := map[bool]int{false: 1, true: 0}[crew.crew.spec.order.inProcess]; len(started) != want || len(ready) != 0 {
				t.Errorf("%d processes, %d more times ready", len(started), len(ready))
			}
		}
	})
}

// A call that was created as a child ends when it is stopped, and with its parent.
func TestPoolCreate(t *testing.T) {
	inEveryPool(t, func(t *testing.T, p *place, pool func(ctx context.Context, options ...PoolOption) *Pool[*text, *text]) {
		crew := pool(context.Background(), Size(2))
		object := p.object(func(self *Context) error {
			running, waiting := crew.Create(self, words("cleans")), crew.Create(self, words("cleans"))
			_ = crew.Create(self, words("wait")) // ends with its parent
			refused := crew.Create(self, words("echo x"), Timeout(0))
			var got []string
			self.Stop(running)
			self.Stop(waiting)
			for range 3 {
				m, err := self.Select(KindOf[*lifecycle.Completed]())
				if err != nil {
					return err
				}
				value, err := Value[*text](m)
				switch {
				case m.From.Equal(refused) && errors.Is(err, lifecycle.ErrTimedOut):
					got = append(got, "refused")
				case err == nil:
					got = append(got, value.GetValue())
				case errors.Is(err, lifecycle.ErrAborted): // stopped before it was begun
					got = append(got, "cleaned up")
				default:
					return err
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff([]string{"cleaned up", "cleaned up", "refused"}, got); diff != "" {
				t.Error(diff)
			}
			return nil
		})
		within(t, "the object", object.ended)
		if err := p.ends(object); err != nil {
			t.Error(err)
		}
		crew.Close()
		object = p.object(func(self *Context) error {
			call := crew.Create(self, words("echo x"))
			m, err := self.Select(KindOf[*lifecycle.Completed]().From(call))
			if err != nil {
				return err
			}
			if _, err := Value[*text](m); !errors.Is(err, lifecycle.ErrFaulted) || !strings.Contains(err.Error(), "closed") {
				t.Errorf("of a closed pool: %v", err)
			}
			return nil
		})
		within(t, "the object", object.ended)
		if err := p.ends(object); err != nil {
			t.Error(err)
		}
	})
}

// When the parent of a call is given up, the worker is killed with it.
func TestPoolCallOfAbandonedParent(t *testing.T) {
	p := newPlace(t)
	crew := poolIn(p, context.Background(), handy, Size(1))
	defer crew.Close()
	began := make(chan struct{})
	object := p.begin(nil, &order{name: "parent", inProcess: true, grace: 100 * time.Millisecond, kind: runs("parent", func(self *Context) error {
		crew.Create(self, words("hang"))
		for crew.crew.busy() == 0 {
			time.Sleep(time.Millisecond) // nothing tells
		}
		close(began)
		<-freed
		return nil
	})})
	within(t, "the call", began)
	object.stop(stopIn(hang, ""), false)
	within(t, "the end of the parent", object.ended)
	if got, err := crew.Call(t.Context(), words("echo again")); err != nil || got.GetValue() != "again" {
		t.Errorf("the next call: %v, %v", got, err)
	}
}
