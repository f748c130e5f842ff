package actor

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/lifecycle"
)

// State is the name of what a machine is doing. Logs show it behind the
// machine's name, as in Retry[PAUSING].
type State string

// Machine is an object that is given one message at a time, by one goroutine,
// and gives the state that it is in afterwards.
//
// The first message is a *lifecycle.Start. A stop comes as a *lifecycle.Stop,
// ahead of what waits. A machine ends when it calls [Context.Complete]; what it
// returns from that Receive is not used.
type Machine interface {
	Receive(self *Context, m Message) State
}

// DefineMachine makes a machine an object. The function make is called for
// each one that begins; the machine starts in the state initial.
//
// The value given to Complete must be an O, a fault, or nil for an empty O, or
// the machine is Faulted. A machine that panics is Faulted, as any object.
func DefineMachine[S, I, O proto.Message](name string, initial State, make func(settings S, input I) Machine) *Object[S, I, O] {
	k := newKind[S, I, O](name)
	if make == nil {
		panic(fmt.Sprintf("actor: define %q without a function", name))
	}
	k.run = func(self *Context, settings, input proto.Message) (proto.Message, error) {
		s, _ := settings.(S)
		i, _ := input.(I)
		self.state.Store(string(initial))
		value, err := self.drive(make(s, i))
		if err != nil {
			return nil, err
		}
		if !given(value) {
			return nil, nil // an empty one
		}
		if _, ok := value.(O); !ok {
			return nil, &lifecycle.Faulted{
				Condition: "the machine completed with " + string(nameOf(value)), Explanation: "it is defined to return another type",
			}
		}
		return value, nil
	}
	return register[S, I, O](k)
}

// completion carries the value of Complete out of Receive.
type completion struct{ value proto.Message }

// Complete ends a machine, now, with a value or a fault: it does not return.
// It belongs into Receive and the functions that Receive calls, in the
// machine's own goroutine.
func (self *Context) Complete(value proto.Message) { panic(completion{value}) }

// drive gives the machine its messages until it completes.
func (self *Context) drive(machine Machine) (value proto.Message, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case completion:
			if value = r.value; given(value) {
				err = lifecycle.Err(value)
			}
		default:
			panic(r)
		}
	}()
	m := Message{Body: &lifecycle.Start{}, From: self.parent}
	for {
		self.state.Store(string(machine.Receive(self, m)))
		var stopped error
		if m, stopped = self.Select(kindsOf(self, machine)...); stopped != nil {
			stop := &lifecycle.Stop{}
			errors.As(stopped, &stop) // nothing else ends a Select
			m = Message{Body: stop, From: self.parent}
		}
	}
}

// choosy is a machine that leaves some messages for later. No kinds are all.
type choosy interface {
	wants(self *Context) []Kind
}

func kindsOf(self *Context, machine Machine) []Kind {
	if c, ok := machine.(choosy); ok {
		return c.wants(self)
	}
	return nil
}
