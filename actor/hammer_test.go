package actor

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/lifecycle"
)

// Everything that any goroutine may use, used by many at once: nothing races,
// nothing is lost, everything ends.
func TestHammer(t *testing.T) {
	n := newNode("1")
	defer n.close()
	n.log.to(LevelDebug, TextSink(io.Discard))
	b := &bubble{node: n, t: t}
	const senders, each = 6, 200
	var answered, called atomic.Int32
	server := b.object("server", serve)
	main := b.object("main", func(self *Context) error {
		var all sync.WaitGroup
		defer all.Wait()
		for i := range senders {
			all.Go(func() {
				for j := range uint32(each) {
					hammer(t, self, server.pid, uint32(i)<<16|j, &answered, &called)
				}
			})
		}
		self.StartRepeating(T1, time.Millisecond)
		for range 20 {
			if _, err := self.Select(T1); err != nil {
				return err
			}
			self.CancelTimer(T2)
			self.StartTimer(T2, time.Hour)
		}
		return nil
	})
	within(t, "main", main.ended)
	if err := b.ends(main); err != nil {
		t.Error(err)
	}
	server.stop(stopIn(hang, ""), false)
	within(t, "the server", server.ended)
	if answered.Load() != senders*each || called.Load() == 0 {
		t.Errorf("%d answers, %d calls", answered.Load(), called.Load())
	}
	if left := n.living(); len(left) != 0 {
		t.Errorf("%d objects are left", len(left))
	}
}

// serve is a server that answers numbers.
func serve(self *Context) error {
	for {
		m, err := self.Select()
		if err != nil {
			return err
		}
		if number, ok := m.Body.(*wrapperspb.UInt32Value); ok {
			if err := self.Reply(number); err != nil {
				return err
			}
		}
	}
}

// hammer does one thing of each kind with the server.
func hammer(t *testing.T, self *Context, server *PID, serial uint32, answered, called *atomic.Int32) {
	got, err := Request[*wrapperspb.UInt32Value](self, server, wrapperspb.UInt32(serial))
	if err != nil || got.GetValue() != serial {
		t.Errorf("asked %d, answered %v, %v", serial, got, err)
	} else {
		answered.Add(1)
	}
	switch rand.IntN(6) {
	case 0:
		out, err := echo.Call(self, wrapperspb.String("x"), InProcess(), Timeout(hang))
		if err != nil || out.GetValue() != "x" {
			t.Errorf("called: %v, %v", out, err)
		}
		called.Add(1)
	case 1:
		if err := self.Send(server, &lifecycle.Nothing{}); err != nil {
			t.Error(err)
		}
	case 2:
		self.Assign(server, serial)
		self.Progress(server)
		self.Working()
		self.Running()
	case 3:
		self.Logger().Info("hammered", "serial", serial)
		self.Watch(server)
		self.Unwatch(server)
	case 4:
		self.StartTimer(T3, time.Hour)
		self.CancelTimer(T3)
	case 5:
		ctx, cancel := context.WithTimeout(self, time.Duration(rand.IntN(100))*time.Microsecond)
		defer cancel()
		if _, err := echo.Call(ctx, nil, InProcess()); err != nil && !errors.Is(err, lifecycle.ErrTimedOut) {
			t.Errorf("called with little time: %v", err)
		}
	}
}

// Stops at any moment end everything, exactly once each.
func TestHammerStops(t *testing.T) {
	n := newNode("1")
	defer n.close()
	b := &bubble{node: n, t: t}
	for range 200 {
		var told atomic.Int32
		k := runs("parent", func(self *Context) error {
			for range 3 {
				below(self, "child", serve)
			}
			_, err := self.Select()
			return err
		})
		c := b.begin(nil, &order{name: "parent", kind: k, inProcess: true, tell: func(*PID, *lifecycle.Completed) { told.Add(1) }})
		for range rand.IntN(50) {
			_ = n.living()
		}
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() { c.stop(stopIn(hang, ""), rand.IntN(2) == 0) })
		}
		within(t, "the end", c.ended)
		all.Wait()
		if told.Load() != 1 {
			t.Fatalf("told %d times", told.Load())
		}
	}
	if left := n.living(); len(left) != 0 {
		t.Errorf("%d objects are left", len(left))
	}
}
