package actor

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ansar-go/ansar/lifecycle"
)

var chatty = Define("chatty", func(self *Context, _, _ *lifecycle.None) (*lifecycle.Ack, error) {
	for range 400 {
		self.Console("line")
	}
	return nil, nil
})

// Whoever is told that a process has ended may exit: everything that it has
// logged is written by then, also by a sink that takes its time.
func TestLastLinesComeBeforeTheEnd(t *testing.T) {
	p := newPlace(t)
	var lines atomic.Int32
	p.log.to(LevelConsole, func(r *LogRecord) {
		time.Sleep(time.Millisecond)
		if r.GetText() == "line" {
			lines.Add(1)
		}
	})
	if _, err := callObject(p, context.Background(), chatty, nil); err != nil {
		t.Fatal(err)
	}
	if got := lines.Load(); got != 400 {
		t.Errorf("%d lines of 400 were written when the call returned", got)
	}
}

// A sink that blocks for ever does not keep the end of a process back.
func TestEndDoesNotWaitForBlockedSink(t *testing.T) {
	p := newPlace(t)
	p.limits.log = 100 * time.Millisecond
	blocked := make(chan struct{})
	p.log.to(LevelConsole, func(*LogRecord) { <-blocked })
	done := make(chan error, 1)
	go func() {
		_, err := callObject(p, context.Background(), chatty, nil)
		done <- err
	}()
	if err := within(t, "the call", done); err != nil {
		t.Error(err)
	}
	close(blocked)
}

var oddlyNamed = DefineMachine[*lifecycle.None, *lifecycle.None, *lifecycle.Ack]("oddly-named", "caf\xe9", func(_, _ *lifecycle.None) Machine { return odd{} })

type odd struct{}

func (odd) Receive(self *Context, _ Message) State {
	self.Console("hello")
	self.Complete(nil)
	return ""
}

// A line is not lost because the name of a file, or of a state, is no UTF-8.
func TestLineOfAnOddName(t *testing.T) {
	p := newPlace(t)
	p.keepLog(LevelConsole)
	if _, err := callObject(p, context.Background(), oddlyNamed, nil); err != nil {
		t.Fatal(err)
	}
	if got, want := p.logged(), []string{"^ hello"}; !slices.Equal(got, want) {
		t.Errorf("logged %q, want %q", got, want)
	}
}
