package actor

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"
	"pgregory.net/rapid"

	"github.com/ansar-go/ansar/lifecycle"
)

// What a Select does not want stays, in order, for a later one.
func TestSelectKeepsTheRest(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.run(func(self *Context) error {
			for _, m := range []proto.Message{
				wrapperspb.UInt32(1), wrapperspb.String("a"), wrapperspb.UInt32(2), &lifecycle.Ack{}, wrapperspb.String("b"),
			} {
				if err := self.Send(self.Address(), m); err != nil {
					return err
				}
			}
			number, word := KindOf[*wrapperspb.UInt32Value](), KindOf[*wrapperspb.StringValue]()
			var got []string
			for _, kinds := range [][]Kind{{word}, {KindOf[*lifecycle.Ack]()}, {word, number}, nil, {word}} {
				m, err := self.Select(kinds...)
				if err != nil {
					return err
				}
				got = append(got, string(nameOf(m.Body).Name())+" "+shown(m.Body))
			}
			want := []string{"StringValue a", "Ack ", "UInt32Value 1", "UInt32Value 2", "StringValue b"}
			if !slices.Equal(got, want) {
				t.Errorf("took %q, want %q", got, want)
			}
			return nil
		})
	})
}

func shown(m proto.Message) string {
	switch m := m.(type) {
	case *wrapperspb.StringValue:
		return m.GetValue()
	case *wrapperspb.UInt32Value:
		return string(rune('0' + m.GetValue()))
	}
	return ""
}

// An inbox gives the first that matches, whatever was pushed, taken and gone
// stale before, and knows the bytes that it holds.
func TestInboxTakesTheFirstMatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := newInbox()
		type entry struct{ kind, serial, size int }
		var model []entry
		staleKind := -1
		consumed := 0
		pushed := 0
		kindOf := func(m *mail) int { return int(m.body.(*wrapperspb.UInt32Value).GetValue()) }
		for i := range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 4).Draw(t, "do") {
			case 0, 1:
				e := entry{rapid.IntRange(0, 3).Draw(t, "kind"), i, rapid.IntRange(0, 100).Draw(t, "size")}
				model = append(model, e)
				pushed++
				in.push(&mail{body: wrapperspb.UInt32(uint32(e.kind)), generation: uint64(e.serial), size: e.size, done: func() { consumed++ }})
			case 2, 3:
				want := rapid.IntRange(0, 3).Draw(t, "wanted")
				got := in.take(func(m *mail) bool { return kindOf(m) == want }, func(m *mail) bool { return kindOf(m) == staleKind })
				first := slices.IndexFunc(model, func(e entry) bool { return e.kind == want && e.kind != staleKind })
				upTo := first
				if first < 0 {
					upTo = len(model)
				}
				if (got == nil) != (first < 0) || got != nil && int(got.generation) != model[first].serial {
					t.Fatalf("took %v, want entry %d of %v", got, first, model)
				}
				var kept []entry
				for i, e := range model {
					if i != first && (i > upTo || e.kind != staleKind) {
						kept = append(kept, e)
					}
				}
				model = kept
			case 4:
				staleKind = rapid.IntRange(-1, 3).Draw(t, "stale")
			}
			bytes := 0
			for _, e := range model {
				bytes += e.size
			}
			if in.bytes != bytes || len(in.queue) != len(model) || consumed != pushed-len(model) {
				t.Fatalf("holds %d bytes in %d, %d consumed, want %d in %d, %d", in.bytes, len(in.queue), consumed, bytes, len(model), pushed-len(model))
			}
		}
		in.close()
		if consumed != pushed {
			t.Fatalf("%d of %d consumed after the end", consumed, pushed)
		}
	})
}

// A stop ends one Select with an error, ahead of what waits; those after it
// work as usual.
func TestStopEndsOneSelect(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		c := b.object("main", func(self *Context) error {
			if err := self.Send(self.Address(), &lifecycle.Ack{}); err != nil {
				return err
			}
			<-self.Done()
			if _, err := self.Select(); !errors.Is(err, lifecycle.ErrStopped) || err.Error() != "stopped (test)" {
				t.Errorf("the first Select after a stop gives %v", err)
			}
			if !errors.Is(context.Cause(self), lifecycle.ErrStopped) || !self.Stopped() {
				t.Errorf("the cause is %v", context.Cause(self))
			}
			if m, err := self.Select(); err != nil || !m.Is(KindOf[*lifecycle.Ack]()) {
				t.Errorf("the second gives %v, %v", m.Body, err)
			}
			self.StartTimer(T1, time.Second)
			_, err := self.Select(T1)
			return err
		})
		synctest.Wait()
		c.stop(stopIn(time.Minute, "test"), false)
		c.stop(stopIn(time.Minute, "again"), false)
		if err := b.ends(c); err != nil {
			t.Error(err)
		}
	})
}

// A Select is told of the stop, even if a Call of another goroutine ends by it
// at the same moment.
func TestStopReachesSelectBesideCalls(t *testing.T) {
	for range 20 {
		inBubble(t, func(t *testing.T, b *bubble) {
			c := b.object("main", func(self *Context) error {
				var helpers sync.WaitGroup
				defer helpers.Wait()
				deaf := below(self, "deaf", func(self *Context) error { <-self.Done(); return nil })
				for range 3 {
					helpers.Go(func() {
						if _, err := Request[*lifecycle.Ack](self, deaf, &lifecycle.Ping{}); !errors.Is(err, lifecycle.ErrStopped) {
							t.Errorf("the request ended with %v", err)
						}
					})
				}
				_, err := self.SelectWithin(time.Hour)
				if !errors.Is(err, lifecycle.ErrStopped) {
					t.Errorf("the Select ended with %v", err)
				}
				return nil
			})
			synctest.Wait()
			c.stop(stopIn(time.Minute, "test"), false)
			if err := b.ends(c); err != nil {
				t.Error(err)
			}
		})
	}
}

// Cleanup lives until the grace is over, which a later stop may shorten, and
// ends with the object.
func TestCleanup(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		begun := time.Now()
		done := make(chan struct{})
		c := b.object("main", func(self *Context) error {
			defer close(done)
			after := self.Cleanup()
			<-self.Done()
			if after.Err() != nil || self.Cleanup() != after {
				t.Errorf("the stop ended it: %v", context.Cause(after))
			}
			if owner(after) != self {
				t.Error("it does not know its object")
			}
			<-after.Done()
			if took := time.Since(begun); took != 5*time.Second || !errors.Is(context.Cause(after), lifecycle.ErrTimedOut) {
				t.Errorf("it ended after %v: %v", took, context.Cause(after))
			}
			return nil
		})
		synctest.Wait()
		c.stop(stopIn(time.Minute, "test"), false)
		time.Sleep(time.Second)
		c.stop(stopIn(time.Hour, "no longer"), false)
		c.stop(stopIn(4*time.Second, "shorter"), false)
		<-done
		var after context.Context
		b.run(func(self *Context) error { after = self.Cleanup(); return nil })
		if after.Err() == nil {
			t.Error("it outlived its object")
		}
	})
}

// An object in this process that heeds no stop is given up when its grace is
// over, the shortest that it was given.
func TestGivenUp(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		free := make(chan struct{})
		c := b.object("deaf", func(*Context) error { <-free; return nil })
		begun := time.Now()
		c.stop(stopIn(time.Minute, ""), false)
		c.stop(stopIn(3*time.Second, ""), false)
		c.stop(stopIn(time.Hour, ""), false)
		err := b.ends(c)
		if took := time.Since(begun); took != 3*time.Second || !errors.Is(err, lifecycle.ErrAborted) {
			t.Errorf("after %v: %v", took, err)
		}
		close(free)
	})
}
