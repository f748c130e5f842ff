package actor

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/lifecycle"
)

// kilobytes is a message of about that size.
func kilobytes(n int) *wrapperspb.StringValue { return wrapperspb.String(strings.Repeat("x", n<<10)) }

// sleeper is an object that takes what waits in its inbox, one message for
// each value of take, until take is closed.
func sleeper(take <-chan struct{}) func(*Context) error {
	return func(self *Context) error {
		for range take {
			if _, err := self.Select(); err != nil {
				return err
			}
		}
		return nil
	}
}

// A sender waits once 1 MiB waits for the receiver, counted in bytes, and goes
// on when there is room.
func TestSendWaitsForRoom(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		take := make(chan struct{})
		receiver := b.object("receiver", sleeper(take))
		sent := 0
		sender := b.object("sender", func(self *Context) error {
			for ; sent < 30; sent++ {
				if err := self.Send(receiver.pid, kilobytes(100)); err != nil {
					return err
				}
			}
			return nil
		})
		synctest.Wait()
		if want := 11; sent != want { // 10 leave some room, 11 are over the limit
			t.Errorf("%d were sent before it waits, want %d", sent, want)
		}
		for i := range 5 {
			take <- struct{}{}
			synctest.Wait()
			if want := 12 + i; sent != want {
				t.Errorf("%d were sent after %d were taken, want %d", sent, i+1, want)
			}
		}
		close(take) // the end of the receiver frees the sender
		if err := b.ends(sender); err != nil || sent != 30 {
			t.Errorf("%d sent, then %v", sent, err)
		}
		<-receiver.ended
	})
}

// A message over the limit is sent when there is any room.
func TestLargeMessageNeedsSomeRoom(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.run(func(self *Context) error {
			take := make(chan struct{})
			receiver := below(self, "receiver", sleeper(take))
			if err := self.Send(receiver, kilobytes(5000)); err != nil {
				return err
			}
			close(take)
			return nil
		})
	})
}

// A stop frees a sender that waits, with the stop as its error, which counts
// as having told it.
func TestStopFreesSender(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		take := make(chan struct{})
		receiver := b.object("receiver", sleeper(take))
		sender := b.object("sender", func(self *Context) error {
			var err error
			for err == nil {
				err = self.Send(receiver.pid, kilobytes(100))
			}
			if !errors.Is(err, lifecycle.ErrStopped) {
				t.Errorf("the send ended with %v", err)
			}
			if _, err := self.SelectWithin(time.Second); !errors.Is(err, lifecycle.ErrTimedOut) {
				t.Errorf("a Select after it: %v", err)
			}
			return err
		})
		synctest.Wait()
		sender.stop(stopIn(time.Minute, ""), false)
		if err := b.ends(sender); !errors.Is(err, lifecycle.ErrAborted) {
			t.Errorf("the sender ended with %v", err)
		}
		close(take)
		<-receiver.ended
	})
}

// A stopped object can still send. What would have to wait tells it of the
// stop first, and then waits as long as there is time to clean up.
func TestSendAfterStop(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		take := make(chan struct{})
		receiver := b.object("receiver", sleeper(take))
		done := make(chan struct{})
		sender := b.object("sender", func(self *Context) error {
			defer close(done)
			<-self.Done()
			begun := time.Now()
			for range 11 {
				if err := self.Send(receiver.pid, kilobytes(100)); err != nil {
					return err
				}
			}
			if err := self.Send(receiver.pid, kilobytes(100)); !errors.Is(err, lifecycle.ErrStopped) || time.Since(begun) != patience {
				t.Errorf("a send that must wait ended with %v after %v", err, time.Since(begun))
			}
			if err := self.Send(receiver.pid, kilobytes(100)); !errors.Is(err, lifecycle.ErrTimedOut) || time.Since(begun) != time.Minute {
				t.Errorf("a send while cleaning up ended with %v after %v", err, time.Since(begun))
			}
			return nil
		})
		sender.stop(stopIn(time.Minute, ""), false)
		<-done
		close(take)
		<-receiver.ended
	})
}

// Two objects that flood each other without reading wait for ever; a stop
// ends both.
func TestStopFreesCyclicSenders(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		flood := func(peers <-chan *PID) func(self *Context) error {
			return func(self *Context) error {
				peer := <-peers
				for {
					if err := self.Send(peer, kilobytes(100)); err != nil {
						return err
					}
				}
			}
		}
		ofOne, ofTwo := make(chan *PID, 1), make(chan *PID, 1)
		one, two := b.object("one", flood(ofOne)), b.object("two", flood(ofTwo))
		ofOne <- two.pid
		ofTwo <- one.pid
		synctest.Wait()
		one.stop(stopIn(time.Minute, ""), false)
		two.stop(stopIn(time.Minute, ""), false)
		for _, c := range []*child{one, two} {
			if err := b.ends(c); !errors.Is(err, lifecycle.ErrAborted) {
				t.Errorf("%s ended with %v", c.name, err)
			}
		}
	})
}

// A stop reaches an object whose inbox is full, from a child, a stranger and
// by an ordinary Send.
func TestStopJumpsTheQueue(t *testing.T) {
	for name, stop := range map[string]func(self *Context, to *PID) error{
		"Context.Stop": func(self *Context, to *PID) error { self.Stop(to); return nil },
		"Send":         func(self *Context, to *PID) error { return self.Send(to, &lifecycle.Stop{}) },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, b *bubble) {
				c := b.object("busy", func(self *Context) error {
					<-self.Done()
					_, err := self.Select()
					return err
				})
				b.run(func(self *Context) error {
					for range 11 {
						if err := self.Send(c.pid, kilobytes(100)); err != nil {
							return err
						}
					}
					return stop(self, c.pid)
				})
				if err := b.ends(c); !errors.Is(err, lifecycle.ErrAborted) {
					t.Errorf("it ended with %v", err)
				}
			})
		})
	}
}

// The receiver's copy is its own, whatever the sender does later.
func TestMessagesAreCopied(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.run(func(self *Context) error {
			sent := wrapperspb.String("sent")
			if err := self.Send(self.Address(), sent); err != nil {
				return err
			}
			sent.Value = "changed"
			m, err := self.Select()
			if got := m.Body.(*wrapperspb.StringValue).GetValue(); got != "sent" {
				t.Errorf("received %q", got)
			}
			return err
		})
	})
}

// An object's settings and input are its own, the defaults too, and from the
// moment of the call.
func TestInputIsCopied(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		changes := &kind{
			name: "changes", settings: typeOf[*wrapperspb.StringValue](), input: typeOf[*wrapperspb.StringValue](),
			defaultSettings: wrapperspb.String("default"),
			run: func(_ *Context, settings, input proto.Message) (proto.Message, error) {
				s, i := settings.(*wrapperspb.StringValue), input.(*wrapperspb.StringValue)
				out := wrapperspb.String(s.Value + " " + i.Value)
				s.Value, i.Value = "changed", "changed"
				return out, nil
			},
		}
		input := wrapperspb.String("input")
		for range 2 {
			c := b.begin(nil, &order{name: "changes", kind: changes, input: input, inProcess: true})
			input.Value = "changed by the caller"
			<-c.ended
			if got, err := valueOf[*wrapperspb.StringValue](c.outcome); err != nil || got.GetValue() != "default input" {
				t.Errorf("got %v, %v", got, err)
			}
			input.Value = "input"
		}
	})
}

// Nothing to send, and nobody to send to, is an error; a nil pointer is an
// empty message.
func TestSendNothing(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.keepLog(LevelDebug)
		b.run(func(self *Context) error {
			for name, err := range map[string]error{
				"Send of nothing":     self.Send(self.Address(), nil),
				"Send to nobody":      self.Send(nil, &lifecycle.Ack{}),
				"Send to an empty":    self.Send(&PID{}, &lifecycle.Ack{}),
				"Reply to nobody":     self.Reply(&lifecycle.Ack{}),
				"Forward of nothing":  self.Forward(self.Address(), nil, self.Address()),
				"Request of nothing":  second(Request[*lifecycle.Ack](self, self.Address(), nil)),
				"Request from nobody": second(Request[*lifecycle.Ack](self, nil, &lifecycle.Ping{})),
			} {
				if !errors.Is(err, errNil) {
					t.Errorf("%s: %v", name, err)
				}
			}
			if err := self.Send(self.Address(), (*lifecycle.Ack)(nil)); err != nil {
				return err
			}
			m, err := self.Select()
			if !given(m.Body) {
				t.Error("received a nil pointer")
			}
			return err
		})
	})
}

func second[A, B any](_ A, b B) B { return b }

// Empty messages take memory too: a flood of them waits as any other.
func TestSendOfEmptyMessagesWaitsForRoom(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		take := make(chan struct{})
		receiver := b.object("receiver", sleeper(take))
		sent := 0
		sender := b.object("sender", func(self *Context) error {
			for ; sent < 10000; sent++ {
				if err := self.Send(receiver.pid, &lifecycle.Ack{}); err != nil {
					return err
				}
			}
			return nil
		})
		synctest.Wait()
		if want := window / messageCost; sent != want {
			t.Errorf("%d were sent before it waits, want %d", sent, want)
		}
		close(take)
		if err := b.ends(sender); err != nil {
			t.Error(err)
		}
		<-receiver.ended
	})
}
