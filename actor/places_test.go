package actor

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/lifecycle"
)

// places are where an object can be called. The same test must hold in each.
var places = []struct {
	name  string
	order func(g *Object[*text, *text, *text], input *text) *order
}{
	{"in its own process", (*Object[*text, *text, *text]).order},
	{"as a separate executable", func(g *Object[*text, *text, *text], input *text) *order {
		o := g.order(input)
		o.name, o.kind = "guest-program", nil
		return o
	}},
	{"in this process", func(g *Object[*text, *text, *text], input *text) *order {
		o := g.order(input)
		o.inProcess = true
		return o
	}},
}

// inEveryPlace runs a test once in each place.
func inEveryPlace(t *testing.T, test func(t *testing.T, p *place, order func(g *Object[*text, *text, *text], input *text) *order)) {
	for _, where := range places {
		t.Run(where.name, func(t *testing.T) { test(t, newPlace(t), where.order) })
	}
}

// What a call gives does not depend on where the object is.
func TestPlaces(t *testing.T) {
	background := context.Background()
	tests := []struct {
		name    string
		object  *Object[*text, *text, *text] // nil: guest
		input   *text
		options []Option
		want    string  // its value, if it has one
		is      []error // what it matches, if it is an error
		text    string  // of the error, a regular expression
	}{
		{name: "a value", input: wrapperspb.String("x"), want: "default settings/x"},
		{name: "the default input", want: "default settings/default input"},
		{name: "other settings", object: guest.With(wrapperspb.String("mine")), input: wrapperspb.String("x"), want: "mine/x"},
		{name: "settings as an option", input: wrapperspb.String("x"), options: []Option{Settings(wrapperspb.String("mine"))}, want: "mine/x"},
		{name: "empty settings are not the default", object: guest.With(&text{}), input: wrapperspb.String("x"), want: "/x"},
		{name: "no value is an empty one", input: wrapperspb.String("nothing"), want: ""},
		{name: "a value of 5 MB", input: wrapperspb.String("5 MB"), want: strings.Repeat("x", 5<<20)},
		{name: "an input of 5 MB", input: wrapperspb.String(strings.Repeat("y", 5<<20)), want: "default settings/" + strings.Repeat("y", 5<<20)},
		{name: "a header", input: wrapperspb.String("header"), options: []Option{Header("trace", "abc")}, want: "abc"},
		{name: "a deadline", input: wrapperspb.String("deadline"), options: []Option{Timeout(time.Hour)}, want: "true true"},
		{name: "no deadline", input: wrapperspb.String("deadline"), want: "false false"},
		{name: "no parent", input: wrapperspb.String("who is the parent"), want: ""},
		{name: "Faulted", input: wrapperspb.String("faulted"), is: []error{lifecycle.ErrFaulted}, text: `^out of paper \(tray 2\)$`},
		{name: "Aborted", input: wrapperspb.String("aborted"), is: []error{lifecycle.ErrAborted}, text: `^aborted \(gave up\)$`},
		{name: "TimedOut", input: wrapperspb.String("timed out"), is: []error{lifecycle.ErrTimedOut, context.DeadlineExceeded}, text: `^timed out \(no reply\)$`},
		{name: "Maybe", input: wrapperspb.String("maybe"), is: []error{lifecycle.ErrMaybe}, text: `^not now, try again later$`},
		{name: "Cannot", input: wrapperspb.String("cannot"), is: []error{lifecycle.ErrCannot}, text: `^no such account$`},
		{name: "Exhausted", input: wrapperspb.String("exhausted"), is: []error{lifecycle.ErrExhausted}, text: `^retries are used up after 3 attempts$`},
		{name: "LockedOut", input: wrapperspb.String("locked out"), is: []error{lifecycle.ErrLockedOut}, text: `^locked by process 7: /tmp/lock$`},
		{name: "Interrupted", input: wrapperspb.String("interrupted"), is: []error{lifecycle.ErrInterrupted}, text: `^interrupted half done$`},
		{name: "a wrapped fault keeps its text", input: wrapperspb.String("wrapped"), is: []error{lifecycle.ErrMaybe}, text: `^print page 3: out of paper$`},
		{name: "another error is Faulted", input: wrapperspb.String("plain"), is: []error{lifecycle.ErrFaulted}, text: `^out of paper$`},
		{name: "the first fault of a joined error", input: wrapperspb.String("joined"), is: []error{lifecycle.ErrCannot}, text: `^first\ncannot be done$`},
		{name: "a panic", input: wrapperspb.String("panic"), is: []error{cause(lifecycle.Faulted_CAUSE_PANIC)}, text: `^panic: out of paper$`},
		{name: "a time-out", input: wrapperspb.String("waits"), options: []Option{Timeout(200 * time.Millisecond)},
			is: []error{lifecycle.ErrTimedOut, context.DeadlineExceeded}, text: `^timed out \(guest(-program)? did not return in time\)$`},
		{name: "a time-out of one that answers a stop", input: wrapperspb.String("answers a stop"), options: []Option{Timeout(200 * time.Millisecond)},
			is: []error{lifecycle.ErrTimedOut, context.DeadlineExceeded}, text: `^timed out \(guest(-program)? did not return in time\)$`},
		{name: "a time-out of a stubborn one", input: wrapperspb.String("is stubborn"), options: []Option{Timeout(200 * time.Millisecond), Grace(200 * time.Millisecond)},
			is: []error{lifecycle.ErrTimedOut, context.DeadlineExceeded}, text: `^timed out \(guest(-program)? did not return in time\)$`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inEveryPlace(t, func(t *testing.T, p *place, order func(*Object[*text, *text, *text], *text) *order) {
				object := tt.object
				if object == nil {
					object = guest
				}
				got, err := settled1(t, func() (*text, error) {
					return orderIn[*text](p, background, order(object, tt.input), tt.options)
				})
				if tt.is == nil {
					if err != nil || got.GetValue() != tt.want {
						t.Fatalf("got %.100v, %v, want %.100s", got, err, tt.want)
					}
					return
				}
				for _, is := range tt.is {
					checkFault(t, err, is, tt.text)
				}
			})
		})
	}
}

// A call ends with its context, as the context's end says.
func TestPlacesContextEnds(t *testing.T) {
	elsewhere := errors.New("somebody else failed")
	tests := []struct {
		name  string
		input string
		end   func() (ctx context.Context, end func())
		is    []error
		not   error
	}{
		{"cancelled", "waits", func() (context.Context, func()) {
			ctx, cancel := context.WithCancel(context.Background())
			return ctx, cancel
		}, []error{lifecycle.ErrAborted, context.Canceled}, lifecycle.ErrTimedOut},
		{"cancelled, a value came all the same", "answers a stop", func() (context.Context, func()) {
			ctx, cancel := context.WithCancel(context.Background())
			return ctx, cancel
		}, []error{lifecycle.ErrAborted, context.Canceled}, lifecycle.ErrTimedOut},
		{"cancelled, and stubborn", "is stubborn", func() (context.Context, func()) {
			ctx, cancel := context.WithCancel(context.Background())
			return ctx, cancel
		}, []error{lifecycle.ErrAborted, context.Canceled}, lifecycle.ErrTimedOut},
		{"cancelled with a cause", "waits", func() (context.Context, func()) {
			ctx, cancel := context.WithCancelCause(context.Background())
			return ctx, func() { cancel(elsewhere) }
		}, []error{lifecycle.ErrAborted, elsewhere}, lifecycle.ErrTimedOut},
		{"cancelled because somebody else was late", "waits", func() (context.Context, func()) {
			ctx, cancel := context.WithCancelCause(context.Background())
			return ctx, func() { cancel(&lifecycle.Cannot{}) }
		}, []error{lifecycle.ErrAborted, lifecycle.ErrCannot}, context.Canceled},
		{"its deadline is over", "waits", func() (context.Context, func()) {
			ctx, cancel := context.WithTimeout(context.Background(), 250*time.Millisecond)
			context.AfterFunc(ctx, cancel)
			return ctx, func() {}
		}, []error{lifecycle.ErrTimedOut, context.DeadlineExceeded}, lifecycle.ErrAborted},
		{"its deadline is over, with a cause", "waits", func() (context.Context, func()) {
			ctx, cancel := context.WithTimeoutCause(context.Background(), 250*time.Millisecond, elsewhere)
			context.AfterFunc(ctx, cancel)
			return ctx, func() {}
		}, []error{lifecycle.ErrTimedOut, context.DeadlineExceeded}, lifecycle.ErrAborted},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inEveryPlace(t, func(t *testing.T, p *place, order func(*Object[*text, *text, *text], *text) *order) {
				ctx, end := tt.end()
				_, err := settled1(t, func() (*text, error) {
					return orderIn[*text](p, ctx, order(guest, wrapperspb.String(tt.input)),
						[]Option{OnReady(end), Grace(300 * time.Millisecond)})
				})
				for _, is := range tt.is {
					checkFault(t, err, is, "")
				}
				if errors.Is(err, tt.not) {
					t.Errorf("%v matches %v too", err, tt.not)
				}
			})
		})
	}
}

// object runs a function as an object of the place.
func (p *place) object(run func(self *Context) error) *child {
	k := &kind{name: "caller", run: func(self *Context, _, _ proto.Message) (proto.Message, error) {
		return &lifecycle.Ack{}, run(self)
	}}
	return p.node.begin(nil, &order{name: k.name, kind: k, inProcess: true})
}

// ends waits for the end of an object and gives its fault, if it has one.
func (p *place) ends(c *child) error {
	p.t.Helper()
	within(p.t, "the end of "+c.name, c.ended)
	if fault := faultIn(c.outcome.GetValue()); fault != nil {
		return fault
	}
	return nil
}

// A stop of the calling object ends its call once; afterwards it can still
// call, by its context for cleaning up.
func TestPlacesStopOfCaller(t *testing.T) {
	inEveryPlace(t, func(t *testing.T, p *place, order func(*Object[*text, *text, *text], *text) *order) {
		called := make(chan struct{})
		c := p.object(func(self *Context) error {
			o := order(guest, wrapperspb.String("waits"))
			o.ready = func() { close(called) }
			_, err := p.node.wait(self, o)
			checkFault(t, err, lifecycle.ErrAborted, "^call aborted: stopped \\(test\\)$")
			checkFault(t, err, lifecycle.ErrStopped, "")
			if _, err := self.SelectWithin(10 * time.Millisecond); !errors.Is(err, lifecycle.ErrTimedOut) {
				t.Errorf("a Select after the Call that was stopped: %v, want a time-out", err)
			}
			completed, err := p.node.wait(self.Cleanup(), order(guest, wrapperspb.String("x")))
			if got, _ := valueOf[*text](completed); got.GetValue() != "default settings/x" {
				t.Errorf("a call while cleaning up: %v, %v", got, err)
			}
			return err
		})
		within(t, "the call", called)
		c.stop(stopIn(hang, "test"), false)
		if err := p.ends(c); err != nil {
			t.Error(err)
		}
	})
}

// A child that is stopped by its parent ends as it answers the stop.
func TestPlacesStopOfChild(t *testing.T) {
	tests := []struct {
		input, want string
		is          error
		text        string
	}{
		{"answers a stop", "stopped, and fine", nil, ""},
		{"waits", "", lifecycle.ErrAborted, `^aborted$`},
		{"complains of a stop", "", lifecycle.ErrAborted, `^aborted \(how dare you\)$`},
		{"is stubborn", "", lifecycle.ErrAborted, `^guest(-program)?: aborted \(it did not stop in time\)$`},
	}
	for _, tt := range tests {
		t.Run(tt.input, func(t *testing.T) {
			inEveryPlace(t, func(t *testing.T, p *place, order func(*Object[*text, *text, *text], *text) *order) {
				err := p.ends(p.object(func(self *Context) error {
					ready := make(chan struct{})
					child := self.begin(order(guest, wrapperspb.String(tt.input)),
						[]Option{OnReady(func() { close(ready) }), Grace(400 * time.Millisecond)})
					within(t, "ready", ready)
					self.Stop(child)
					m, err := self.Select(KindOf[*lifecycle.Completed]().From(child))
					if err != nil {
						return err
					}
					got, err := Value[*text](m)
					if tt.is != nil {
						checkFault(t, err, tt.is, tt.text)
					} else if err != nil || got.GetValue() != tt.want {
						t.Errorf("got %v, %v", got, err)
					}
					return nil
				}))
				if err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// Parent and child reach each other, and hear of each other's end, by the
// same code wherever they are.
func TestPlacesTalk(t *testing.T) {
	inEveryPlace(t, func(t *testing.T, p *place, order func(*Object[*text, *text, *text], *text) *order) {
		err := p.ends(p.object(func(self *Context) error {
			child := self.begin(order(guest, wrapperspb.String("talks")), nil)
			self.Watch(child)
			hears := func(want string) {
				m, err := self.SelectWithin(hang, KindOf[*text]())
				got, _ := m.Body.(*text)
				if err != nil || got.GetValue() != want || !m.From.Equal(child) {
					t.Errorf("heard %v from %v, %v, want %q from %v", got, m.From, err, want, child)
				}
			}
			hears("hello, parent")
			if err := self.Send(child, wrapperspb.String("hello")); err != nil {
				return err
			}
			hears("hello, you said")
			if err := self.Reply(wrapperspb.String("yes")); err != nil {
				return err
			}
			hears("yes, you said")
			if err := self.Send(child, durationpb.New(1)); err != nil {
				return err
			}
			hears("forwarded, you said")
			doubled, err := Request[*wrapperspb.UInt32Value](self, child, wrapperspb.UInt32(21))
			if err != nil || doubled.GetValue() != 42 {
				t.Errorf("asked for 42, got %v, %v", doubled, err)
			}
			_, err = Request[*wrapperspb.UInt32Value](self, child, &lifecycle.Ping{})
			checkFault(t, err, lifecycle.ErrCannot, "^not today$")
			brief, cancel := context.WithTimeout(self, 50*time.Millisecond)
			defer cancel()
			_, err = Request[*lifecycle.Ack](brief, child, &lifecycle.Nothing{})
			checkFault(t, err, lifecycle.ErrTimedOut, "")
			if err := self.Send(child, &lifecycle.Ack{}); err != nil {
				return err
			}
			return hearsTheEnd(t, self, child)
		}))
		if err != nil {
			t.Error(err)
		}
	})
}

// hearsTheEnd takes the Completed and the Terminated of a child that says bye.
func hearsTheEnd(t *testing.T, self *Context, child *PID) error {
	m, err := self.SelectWithin(hang, KindOf[*lifecycle.Completed]())
	if err != nil {
		return err
	}
	if got, err := Value[*text](m); err != nil || got.GetValue() != "bye" {
		t.Errorf("completed with %v, %v", got, err)
	}
	m, err = self.SelectWithin(hang, KindOf[*Terminated]())
	if err != nil {
		return err
	}
	if gone, _ := m.Body.(*Terminated); !gone.GetWho().Equal(child) {
		t.Errorf("heard %v", gone)
	}
	_, err = Request[*lifecycle.Ack](self, child, &lifecycle.Ping{})
	checkFault(t, err, cause(lifecycle.Faulted_CAUSE_GONE), regexp.QuoteMeta(child.key()))
	if _, err := self.SelectWithin(20 * time.Millisecond); !errors.Is(err, lifecycle.ErrTimedOut) {
		t.Errorf("something came after the end: %v", err)
	}
	return nil
}

// A request that is open when the other side ends fails at once.
func TestPlacesRequestToTheDying(t *testing.T) {
	inEveryPlace(t, func(t *testing.T, p *place, order func(*Object[*text, *text, *text], *text) *order) {
		err := p.ends(p.object(func(self *Context) error {
			ready := make(chan struct{})
			child := self.begin(order(guest, wrapperspb.String("waits")), []Option{OnReady(func() { close(ready) })})
			within(t, "ready", ready)
			time.AfterFunc(50*time.Millisecond, func() { self.Stop(child) })
			_, err := Request[*lifecycle.Ack](self, child, &lifecycle.Ping{})
			checkFault(t, err, cause(lifecycle.Faulted_CAUSE_GONE), "^no answer from .* \\(it has ended\\)$|^cannot send")
			return nil
		}))
		if err != nil {
			t.Error(err)
		}
	})
}
