package actor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/lifecycle"
)

// guestOrder is how a place calls the guest.
type guestOrder = func(g *Object[*text, *text, *text], input *text) *order

// A child can be written to as soon as it has an address; nothing is lost or
// out of order.
func TestPlacesEarlyMail(t *testing.T) {
	inEveryPlace(t, func(t *testing.T, p *place, order guestOrder) {
		err := p.ends(p.object(func(self *Context) error {
			child := self.begin(order(guest, wrapperspb.String("talks")), nil)
			var sent, heard []string
			for i := range 100 {
				sent = append(sent, fmt.Sprint(i, ", you said"))
				if err := self.Send(child, wrapperspb.String(fmt.Sprint(i))); err != nil {
					return err
				}
			}
			for len(heard) < len(sent) {
				m, err := self.SelectWithin(hang, KindOf[*text]())
				if err != nil {
					return err
				}
				if s := m.Body.(*text).GetValue(); s != "hello, parent" {
					heard = append(heard, s)
				}
			}
			if !slices.Equal(sent, heard) {
				t.Errorf("heard %q", heard)
			}
			return nil
		}))
		if err != nil {
			t.Error(err)
		}
	})
}

// A sender waits for a receiver that does not read, wherever that is, and is
// freed by its own stop and by the receiver's end.
func TestPlacesFlow(t *testing.T) {
	freed := map[string]func(sender *child, self *Context, receiver *PID){
		"by its stop":           func(sender *child, _ *Context, _ *PID) { sender.stop(stopIn(hang, ""), false) },
		"by the receiver's end": func(_ *child, self *Context, receiver *PID) { self.Stop(receiver) },
	}
	for name, free := range freed {
		t.Run(name, func(t *testing.T) {
			inEveryPlace(t, func(t *testing.T, p *place, order guestOrder) {
				sent := make(chan int, 1000)
				started := make(chan *Context, 1)
				children := make(chan *PID, 1)
				c := p.object(func(self *Context) error {
					ready := make(chan struct{})
					receiver := self.begin(order(guest, wrapperspb.String("waits")), []Option{OnReady(func() { close(ready) })})
					within(t, "ready", ready)
					started <- self
					children <- receiver
					for i := range 100 {
						if err := self.Send(receiver, kilobytes(100)); err != nil {
							return err
						}
						sent <- i
					}
					return nil
				})
				self, receiver := within(t, "the start", started), within(t, "the child", children)
				for range 11 {
					within(t, "a send", sent)
				}
				free(c, self, receiver)
				err := p.ends(c)
				if len(sent) > 40 && name == "by its stop" {
					t.Errorf("%d more were sent: nothing held them back", len(sent))
				}
				if name == "by its stop" && !errors.Is(err, lifecycle.ErrAborted) ||
					name != "by its stop" && err != nil && !errors.Is(err, cause(lifecycle.Faulted_CAUSE_GONE)) {
					t.Errorf("the sender ended with %v", err)
				}
			})
		})
	}
}

// Whoever deals with a process that is killed learns of it at once, each in
// its way.
func TestKilledChild(t *testing.T) {
	p := newPlace(t)
	err := p.ends(p.object(func(self *Context) error {
		o := guest.order(wrapperspb.String("talks"))
		child := self.begin(o, nil)
		self.Watch(child)
		self.Watch(child) // changes nothing
		if _, err := self.SelectWithin(hang, KindOf[*text]()); err != nil {
			return err
		}
		asked := make(chan error, 1)
		go func() {
			_, err := Request[*lifecycle.Ack](self, child, &lifecycle.Nothing{})
			asked <- err
		}()
		for _, running := range p.processes() {
			if err := running.live.Load().Signal(syscall.SIGKILL); err != nil {
				return err
			}
		}
		checkFault(t, within(t, "the request", asked), cause(lifecycle.Faulted_CAUSE_GONE), "^no answer from 1.1/00000008 .*|^cannot send")
		m, err := self.SelectWithin(hang, KindOf[*lifecycle.Completed]())
		if err != nil {
			return err
		}
		_, err = Value[*text](m)
		checkFault(t, err, lifecycle.ErrAborted, "^guest: process ended by signal: killed$")
		if m, err = self.SelectWithin(hang, KindOf[*Terminated]()); err != nil {
			return err
		}
		if gone := m.Body.(*Terminated); !gone.GetWho().Equal(child) || gone.GetReason() != Terminated_REASON_PROCESS_GONE {
			t.Errorf("heard %v", gone)
		}
		checkFault(t, self.Send(child, &lifecycle.Ack{}), cause(lifecycle.Faulted_CAUSE_GONE), "^cannot send to 1.1/00000008 ")
		self.Watch(child)
		if m, err = self.SelectWithin(hang, KindOf[*Terminated]()); err != nil || !m.Body.(*Terminated).GetWho().Equal(child) {
			t.Errorf("watched late, heard %v, %v", m.Body, err)
		}
		if m, err := self.SelectWithin(20 * time.Millisecond); err == nil {
			t.Errorf("heard %v at last", m.Body)
		}
		return nil
	}))
	if err != nil {
		t.Error(err)
	}
}

// A call that has no time left is not begun.
func TestNoTimeLeft(t *testing.T) {
	for _, d := range []time.Duration{0, -time.Second} {
		p := newPlace(t)
		_, err := settled1(t, func() (*text, error) {
			return callObject(p, context.Background(), guest, wrapperspb.String("waits"), Timeout(d))
		})
		checkFault(t, err, lifecycle.ErrTimedOut, `^timed out \(.*\)$`)
		if p.lastSub.Load() != 0 {
			t.Error("a process was started")
		}
	}
}

// talkative is an object whose log is not UTF-8.
var talkative = Define("talkative", func(self *Context, _, _ *lifecycle.None) (*lifecycle.Ack, error) {
	self.Console("caf\xe9 closed")
	return nil, Utility("printf", `na\357ve\n`).Run(self)
})

// No line is lost on its way because of what is in it.
func TestLogsAnyBytes(t *testing.T) {
	p := newPlace(t)
	p.keepLog(LevelConsole)
	if _, err := callObject(p, context.Background(), talkative, nil); err != nil {
		t.Fatal(err)
	}
	if got, want := p.logged(), []string{`^ caf\xe9 closed`, `1 na\xefve`}; !slices.Equal(got, want) {
		t.Errorf("logged %q, want %q", got, want)
	}
}
