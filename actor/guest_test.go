package actor

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/lifecycle"
)

type text = wrapperspb.StringValue

// guest is an object that does what its input says, wherever it is.
var guest = Define("guest", func(self *Context, settings *text, in *text) (*text, error) {
	do := guestDoes[in.GetValue()]
	if do == nil {
		return wrapperspb.String(settings.GetValue() + "/" + in.GetValue()), nil
	}
	return do(self)
}).DefaultSettings(wrapperspb.String("default settings")).DefaultInput(wrapperspb.String("default input")).AnnouncesReady()

func init() { programs["guest-program"] = func() { hostObject(guest) } }

// freed is closed when objects in this process that heed no stop are to end.
var freed = make(chan struct{})

var guestDoes = map[string]func(self *Context) (*text, error){
	"faulted":     returns(&lifecycle.Faulted{Condition: "out of paper", Explanation: "tray 2"}),
	"aborted":     returns(&lifecycle.Aborted{Explanation: "gave up"}),
	"timed out":   returns(&lifecycle.TimedOut{Explanation: "no reply"}),
	"maybe":       returns(lifecycle.ErrMaybe),
	"cannot":      returns(&lifecycle.Cannot{Condition: "no such account"}),
	"exhausted":   returns(&lifecycle.Exhausted{Attempts: 3}),
	"locked out":  returns(&lifecycle.LockedOut{Path: "/tmp/lock", Pid: 7}),
	"interrupted": returns(lifecycle.ErrInterrupted),
	"wrapped":     returns(fmt.Errorf("print page 3: %w", &lifecycle.Maybe{Condition: "out of paper"})),
	"plain":       returns(errors.New("out of paper")),
	"joined":      returns(errors.Join(errors.New("first"), lifecycle.ErrCannot)),
	"panic":       func(*Context) (*text, error) { panic("out of paper") },
	"nothing":     func(*Context) (*text, error) { return nil, nil },
	"5 MB":        func(*Context) (*text, error) { return wrapperspb.String(strings.Repeat("x", 5<<20)), nil },
	"waits": func(self *Context) (*text, error) {
		self.Ready()
		_, err := self.Select(T1)
		return nil, err
	},
	"answers a stop": func(self *Context) (*text, error) {
		self.Ready()
		<-self.Done()
		return wrapperspb.String("stopped, and fine"), nil
	},
	"complains of a stop": func(self *Context) (*text, error) {
		self.Ready()
		<-self.Done()
		return nil, errors.New("how dare you")
	},
	"is stubborn": func(self *Context) (*text, error) {
		self.Ready()
		<-freed
		return nil, errors.New("freed")
	},
	"header": func(self *Context) (*text, error) { return wrapperspb.String(self.Header("trace")), nil },
	"deadline": func(self *Context) (*text, error) {
		deadline, ok := self.Deadline()
		left := time.Until(deadline)
		return wrapperspb.String(fmt.Sprint(ok, left > 30*time.Minute && left <= time.Hour)), nil
	},
	"who is the parent": func(self *Context) (*text, error) { return wrapperspb.String(self.Parent().key()), nil },
	"talks":             guestTalks,
}

func returns(err error) func(*Context) (*text, error) {
	return func(*Context) (*text, error) { return nil, err }
}

// guestTalks says hello to its parent, repeats what it is told, doubles what
// is asked, forwards what is forwarded, and ends at an Ack.
func guestTalks(self *Context) (*text, error) {
	if err := self.Send(self.Parent(), wrapperspb.String("hello, parent")); err != nil {
		return nil, err
	}
	for {
		m, err := self.Select()
		if err != nil {
			return nil, err
		}
		switch body := m.Body.(type) {
		case *text:
			err = self.Reply(wrapperspb.String(body.GetValue() + ", you said"))
		case *wrapperspb.UInt32Value:
			err = self.Reply(wrapperspb.UInt32(2 * body.GetValue()))
		case *durationpb.Duration: // to itself, as if from the sender
			err = self.Forward(self.Address(), wrapperspb.String("forwarded"), m.From)
		case *lifecycle.Ping:
			err = self.Reply(&lifecycle.Cannot{Condition: "not today"})
		case *lifecycle.Ack:
			return wrapperspb.String("bye"), nil
		}
		if err != nil {
			return nil, err
		}
	}
}
