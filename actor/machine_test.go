package actor

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/lifecycle"
)

// door is a machine that completes as the word that it is sent says.
type door struct{ opened int }

func (d *door) Receive(self *Context, m Message) State {
	switch body := m.Body.(type) {
	case *lifecycle.Start:
		return "SHUT"
	case *lifecycle.Stop:
		self.Complete(&lifecycle.Aborted{Explanation: body.GetReason()})
	case *wrapperspb.StringValue:
		d.turn(self, body.GetValue())
	}
	d.opened++
	return "OPEN"
}

// turn completes from a function that Receive calls.
func (d *door) turn(self *Context, how string) {
	switch how {
	case "value":
		self.Complete(wrapperspb.UInt32(uint32(d.opened)))
	case "fault":
		self.Complete(&lifecycle.Cannot{Condition: "the key is lost"})
	case "nothing":
		self.Complete(nil)
	case "nil pointer":
		self.Complete((*wrapperspb.UInt32Value)(nil))
	case "another type":
		self.Complete(wrapperspb.String("what"))
	case "panic":
		panic("off its hinges")
	}
}

var doors = DefineMachine[*lifecycle.None, *lifecycle.None, *wrapperspb.UInt32Value]("door", "NEW",
	func(*lifecycle.None, *lifecycle.None) Machine { return &door{} })

func TestMachineCompletes(t *testing.T) {
	tests := []struct {
		how  string
		want uint32
		is   error
		text string
	}{
		{"value", 1, nil, ""},
		{"nothing", 0, nil, ""},
		{"nil pointer", 0, nil, ""},
		{"fault", 0, lifecycle.ErrCannot, "^the key is lost$"},
		{"another type", 0, lifecycle.ErrFaulted, `^the machine completed with google\.protobuf\.StringValue \(.*\)$`},
		{"panic", 0, cause(lifecycle.Faulted_CAUSE_PANIC), "^panic: off its hinges$"},
		{"stop", 0, lifecycle.ErrAborted, `^aborted \(time to go\)$`},
	}
	for _, tt := range tests {
		t.Run(tt.how, func(t *testing.T) {
			inBubble(t, func(t *testing.T, b *bubble) {
				o := doors.order(nil)
				o.inProcess = true
				c := b.begin(nil, o)
				b.run(func(self *Context) error {
					for _, m := range []proto.Message{&lifecycle.Ack{}, wrapperspb.String(tt.how)} {
						if err := self.Send(c.pid, m); err != nil {
							return err
						}
					}
					return nil
				})
				if tt.how == "stop" {
					synctest.Wait()
					c.stop(stopIn(time.Minute, "time to go"), false)
				}
				<-c.ended
				got, err := valueOf[*wrapperspb.UInt32Value](c.outcome)
				if tt.is != nil {
					checkFault(t, err, tt.is, tt.text)
					return
				}
				if err != nil || got.GetValue() != tt.want {
					t.Errorf("got %v, %v, want %d", got, err, tt.want)
				}
			})
		})
	}
}

// A machine hears of a stop ahead of what waits, and goes on until it
// completes.
func TestMachineHearsStopFirst(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		var heard []string
		free := make(chan struct{})
		m := machineFunc(func(self *Context, m Message) State {
			heard = append(heard, string(nameOf(m.Body).Name()))
			switch m.Body.(type) {
			case *lifecycle.Start:
				<-free
			case *lifecycle.Ack:
				self.Complete(nil)
			}
			return "ON"
		})
		k := &kind{name: "m", run: func(self *Context, _, _ proto.Message) (proto.Message, error) { return self.drive(m) }}
		c := b.begin(nil, &order{name: "m", kind: k, inProcess: true})
		b.run(func(self *Context) error {
			return errors.Join(self.Send(c.pid, &lifecycle.Ping{}), self.Send(c.pid, &lifecycle.Ack{}))
		})
		c.stop(stopIn(time.Minute, ""), false)
		close(free)
		<-c.ended
		if want := []string{"Start", "Stop", "Ping", "Ack"}; !equalStrings(heard, want) {
			t.Errorf("heard %q, want %q", heard, want)
		}
	})
}

type machineFunc func(self *Context, m Message) State

func (f machineFunc) Receive(self *Context, m Message) State { return f(self, m) }
