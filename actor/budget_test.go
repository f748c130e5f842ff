package actor

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/wrapperspb"
	"pgregory.net/rapid"

	"github.com/ansar-go/ansar/lifecycle"
)

// Whatever is asked for, given back and lost, in any order: there are never more
// tokens out than there are, they are given in the order of the wishes, none is lost,
// and those who have some know whether others wait.
func TestBudgetAccounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.IntRange(0, 5).Draw(t, "total")
		b := newBudget(total)
		held, told := map[string]int{}, map[string]bool{}
		var wishes []string
		heed := func(notices []notice) {
			for _, n := range notices {
				switch {
				case n.short:
					told[n.to] = n.waiting
				case len(wishes) == 0 || wishes[0] != n.to:
					t.Fatalf("%s was given a token, the wishes are %v", n.to, wishes)
				default:
					wishes = wishes[1:]
					held[n.to]++
				}
			}
		}
		who := rapid.SampledFrom([]string{"a", "b", "c"})
		t.Repeat(map[string]func(*rapid.T){
			"ask": func(t *rapid.T) {
				w := who.Draw(t, "who")
				wishes = append(wishes, w)
				heed(b.ask(w))
			},
			"take a wish back": func(t *rapid.T) {
				w := who.Draw(t, "who")
				for i, one := range slices.Backward(wishes) {
					if one == w {
						wishes = slices.Delete(wishes, i, i+1)
						break
					}
				}
				heed(b.takeBack(w))
			},
			"give back": func(t *rapid.T) {
				w := who.Draw(t, "who")
				if held[w] > 0 {
					held[w]--
				}
				heed(b.giveBack(w))
			},
			"be gone": func(t *rapid.T) {
				w := who.Draw(t, "who")
				wishes = slices.DeleteFunc(wishes, func(one string) bool { return one == w })
				delete(held, w)
				delete(told, w)
				heed(b.gone(w))
			},
			"resize": func(t *rapid.T) {
				total = rapid.IntRange(0, 5).Draw(t, "total")
				heed(b.resize(total))
			},
			"": func(t *rapid.T) {
				out := 0
				for w, n := range held {
					if n > 0 && told[w] != (len(wishes) > 0) {
						t.Fatalf("%s has %d tokens and was told %v, with wishes %v", w, n, told[w], wishes)
					}
					out += n
				}
				if out != b.given || out < total && len(wishes) > 0 {
					t.Fatalf("%d of %d tokens are out, %d on the books, wishes %v", out, total, b.given, wishes)
				}
			},
		})
	})
}

// nest maps over three of its own kind in a pool, level by level, and gives how many
// processes a leaf has seen, at most.
var nest = Define("nest", func(self *Context, _ *lifecycle.None, in *wrapperspb.Int32Value) (*wrapperspb.Int32Value, error) {
	if in.GetValue() == 0 {
		return wrapperspb.Int32(int32(len(processesWith(cookieOf())) + 1)), nil // it does not count itself
	}
	pool := nested().Pool(self, Size(3))
	defer pool.Close()
	most := int32(0)
	for r := range pool.Map(self, slices.Values(slices.Repeat([]*wrapperspb.Int32Value{wrapperspb.Int32(in.GetValue() - 1)}, 3))) {
		if r.Err != nil {
			return nil, r.Err
		}
		most = max(most, r.Output.GetValue())
	}
	return wrapperspb.Int32(most), nil
})

func nested() *Object[*lifecycle.None, *wrapperspb.Int32Value, *wrapperspb.Int32Value] {
	k, _ := kinds.Load("nest")
	return &Object[*lifecycle.None, *wrapperspb.Int32Value, *wrapperspb.Int32Value]{kind: k.(*kind)}
}

func cookieOf() string {
	for _, e := range syscall.Environ() {
		if value, ok := strings.CutPrefix(e, cookieName+"="); ok {
			return value
		}
	}
	return ""
}

// Pools in pools share one budget: 3 to the power of the depth never run at a time,
// and with no budget at all they still end.
func TestBudgetOfNestedPools(t *testing.T) {
	for _, tt := range []struct{ budget, depth, most int }{
		{budget: 2, depth: 4, most: (2 + 1) * 4},
		{budget: 0, depth: 3, most: 3},
		{budget: 100, depth: 2, most: 3 + 9},
	} {
		t.Run(fmt.Sprintf("budget %d, depth %d", tt.budget, tt.depth), func(t *testing.T) {
			p := newPlace(t)
			p.setBudget(tt.budget)
			pool := poolIn(p, context.Background(), nest, Size(3))
			defer pool.Close()
			most := int32(0)
			for r := range pool.Map(t.Context(), slices.Values(slices.Repeat([]*wrapperspb.Int32Value{wrapperspb.Int32(int32(tt.depth - 1))}, 3))) {
				if r.Err != nil {
					t.Fatal(r.Err)
				}
				most = max(most, r.Output.GetValue())
			}
			t.Logf("%d processes at a time", most)
			if most > int32(tt.most) || most < int32(tt.depth) {
				t.Errorf("%d processes at a time, want %d to %d", most, tt.depth, tt.most)
			}
		})
	}
}

// Two pools share what there is: the idle workers of one make place for the other.
func TestBudgetIsShared(t *testing.T) {
	p := newPlace(t)
	p.setBudget(2)
	ctx := context.Background()
	first, second := poolIn(p, ctx, handy, Size(3)), poolIn(p, ctx, handy, Size(3))
	defer first.Close()
	defer second.Close()
	three := func(pool *Pool[*text, *text]) map[string]bool {
		pids := map[string]bool{}
		began, goOn := make(chan string, 3), make(chan struct{})
		object := p.object(func(self *Context) error {
			var all sync.WaitGroup
			for range 3 {
				all.Go(func() {
					if _, err := pool.Call(self, words("tell pid")); err != nil {
						t.Error(err)
					}
				})
			}
			var from []*PID
			for range 3 {
				m, err := self.Select(KindOf[*text]())
				if err != nil {
					return err
				}
				from = append(from, m.From)
				began <- m.From.GetAddress()
			}
			<-goOn
			for _, pid := range from {
				if err := self.Send(pid, words("go on")); err != nil {
					return err
				}
			}
			all.Wait()
			return nil
		})
		for range 3 {
			pids[within(t, "a call", began)] = true
		}
		close(goOn)
		within(t, "the object", object.ended)
		return pids
	}
	for i := range 3 {
		for j, pool := range []*Pool[*text, *text]{first, second} {
			if n := len(three(pool)); n != 3 {
				t.Errorf("round %d: pool %d had %d workers", i, j, n)
			}
		}
	}
}

// keeper has a pool that outlives the call, with three workers that are busy for
// ever, and gives its process id.
var keeper = Define("keeper", func(self *Context, _ *lifecycle.None, _ *text) (*text, error) {
	pool := handy.Pool(context.Background(), Size(3))
	for range 3 {
		go func() { _, _ = pool.Call(context.Background(), words("wait")) }() // ends with the process
	}
	for pool.crew.busy() < 3 {
		time.Sleep(time.Millisecond) // nothing tells
	}
	return words(strconv.Itoa(os.Getpid())), nil
})

// The tokens of a process come back when it dies.
func TestBudgetOfTheDead(t *testing.T) {
	p := newPlace(t)
	p.setBudget(2)
	ctx := context.Background()
	holder := poolIn(p, ctx, keeper, Size(1))
	defer holder.Close()
	got, err := holder.Call(ctx, words("")) // it has a pool of its own, with three workers
	if err != nil {
		t.Fatal(err)
	}
	other := poolIn(p, ctx, handy, Size(2), WarmUp(2))
	defer other.Close()
	pid, err := strconv.Atoi(got.GetValue())
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	two := p.object(func(self *Context) error {
		var all sync.WaitGroup
		defer all.Wait()
		for range 2 {
			all.Go(func() {
				if _, err := other.Call(self, words("tell me")); err != nil {
					t.Error(err)
				}
			})
		}
		var from []*PID
		for range 2 { // both are at work
			m, err := self.Select(KindOf[*text]())
			if err != nil {
				return err
			}
			from = append(from, m.From)
		}
		for _, pid := range from {
			if err := self.Send(pid, words("go on")); err != nil {
				return err
			}
		}
		return nil
	})
	within(t, "two at a time", two.ended)
}
