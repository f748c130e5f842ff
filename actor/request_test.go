package actor

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ansar-go/ansar/lifecycle"
)

// A Request that waits for room ends as one that waits for its answer: out of
// time, or as the one thing that a stop ends.
func TestRequestEndsWhileItWaitsForRoom(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		take := make(chan struct{})
		receiver := b.object("receiver", sleeper(take))
		var late, stopped, after error
		sender := b.object("sender", func(self *Context) error {
			if err := self.Send(receiver.pid, kilobytes(2000)); err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(self, time.Second)
			defer cancel()
			_, late = Request[*lifecycle.Ack](ctx, receiver.pid, kilobytes(1))
			_, stopped = Request[*lifecycle.Ack](self, receiver.pid, kilobytes(1))
			_, after = self.SelectWithin(time.Second)
			return nil
		})
		time.Sleep(2 * time.Second)
		synctest.Wait()
		sender.stop(stopIn(time.Minute, "enough"), false)
		<-sender.ended
		close(take)
		<-receiver.ended
		if !errors.Is(late, lifecycle.ErrTimedOut) {
			t.Errorf("out of time: %v, want TimedOut", late)
		}
		if !errors.Is(stopped, lifecycle.ErrAborted) || !errors.Is(stopped, lifecycle.ErrStopped) {
			t.Errorf("stopped: %v, want Aborted by the stop", stopped)
		}
		if !errors.Is(after, lifecycle.ErrTimedOut) {
			t.Errorf("a Select after that: %v, want TimedOut, for the stop was told", after)
		}
	})
}

// Who is asked may watch the one that asks, whose address is that of the
// question: it ends with the answer.
func TestWatchWhoAsks(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		server := b.object("server", func(self *Context) error {
			for range 2 {
				m, err := self.Select(KindOf[*lifecycle.None]())
				if err != nil {
					return err
				}
				self.Watch(m.From)
				self.Watch(m.From) // changes nothing
				if err := self.Reply(&lifecycle.Ack{}); err != nil {
					return err
				}
				if _, err := self.SelectWithin(time.Minute, KindOf[*Terminated]().From(m.From)); err != nil {
					return err
				}
				self.Watch(m.From)
				if _, err := self.SelectWithin(time.Minute, KindOf[*Terminated]().From(m.From)); err != nil {
					return err
				}
			}
			return nil
		})
		b.run(func(self *Context) error {
			for range 2 {
				if _, err := Request[*lifecycle.Ack](self, server.pid, &lifecycle.None{}); err != nil {
					return err
				}
			}
			return nil
		})
		if err := b.ends(server); err != nil {
			t.Error(err)
		}
	})
}
