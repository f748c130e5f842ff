package actor

import (
	"context"
	"fmt"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Object is the definition of an object: what runs, with which settings and
// input, and what it returns. It is a value that may be shared.
type Object[S, I, O proto.Message] struct {
	kind     *kind
	settings S // of With; nil otherwise
}

// kind is a definition without its types.
type kind struct {
	name     string
	settings protoreflect.MessageType
	input    protoreflect.MessageType
	output   protoreflect.MessageType // nil for the interface proto.Message

	defaultSettings proto.Message // nil if none were given
	defaultInput    proto.Message
	version         string

	announces bool   // it says when it is ready
	subject   string // what the process is called by; empty: name

	// settles is how much longer than its grace an object of this process may
	// need: one that kills what heeds no stop is not given up before.
	settles time.Duration

	program bool // it is one that is not of this framework: see Command

	run func(self *Context, settings, input proto.Message) (proto.Message, error)
}

// Definition is an [Object] of any types.
type Definition interface {
	// Name is the name that the object was defined with.
	Name() string

	// Announced reports whether the object says when it is ready; see
	// [Object.AnnouncesReady].
	Announced() bool

	definition() *kind
}

// kinds are the definitions of this program by name, so that a process that
// was started to run one finds it.
var kinds sync.Map

// Define makes a function an object. The name is how processes and logs call
// it; it must be unique in the program, or Define panics.
//
// The function runs in its own goroutine, once for each time the object is
// called or created. It should return soon after self is done. An O that is
// nil counts as an empty one.
func Define[S, I, O proto.Message](name string, run func(self *Context, settings S, input I) (O, error)) *Object[S, I, O] {
	k := newKind[S, I, O](name)
	if run == nil {
		panic(fmt.Sprintf("actor: define %q without a function", name))
	}
	k.run = func(self *Context, settings, input proto.Message) (proto.Message, error) {
		s, _ := settings.(S)
		i, _ := input.(I)
		out, err := run(self, s, i)
		if err != nil {
			return nil, err
		}
		return out, nil
	}
	return register[S, I, O](k)
}

func newKind[S, I, O proto.Message](name string) *kind {
	if name == "" {
		panic("actor: define an object without a name")
	}
	return &kind{name: name, settings: typeOf[S](), input: typeOf[I](), output: typeOf[O]()}
}

func register[S, I, O proto.Message](k *kind) *Object[S, I, O] {
	if _, taken := kinds.LoadOrStore(k.name, k); taken {
		panic(fmt.Sprintf("actor: two objects are defined as %q", k.name))
	}
	return &Object[S, I, O]{kind: k}
}

// typeOf is the type of message M, or nil if M is an interface.
func typeOf[M proto.Message]() protoreflect.MessageType {
	var m M
	if _, ok := any(m).(proto.Message); !ok {
		return nil
	}
	return m.ProtoReflect().Type()
}

// Name is the name that the object was defined with.
func (o *Object[S, I, O]) Name() string { return o.kind.name }

func (o *Object[S, I, O]) definition() *kind { return o.kind }

// DefaultSettings says what the settings are until somebody says otherwise.
// It belongs beside Define; the settings must not be changed afterwards.
func (o *Object[S, I, O]) DefaultSettings(settings S) *Object[S, I, O] {
	o.kind.defaultSettings = settings
	return o
}

// DefaultInput says what the input is where none is given.
func (o *Object[S, I, O]) DefaultInput(input I) *Object[S, I, O] {
	o.kind.defaultInput = input
	return o
}

// Version is what the program says to --version.
func (o *Object[S, I, O]) Version(version string) *Object[S, I, O] {
	o.kind.version = version
	return o
}

// AnnouncesReady says that the object calls [Context.Ready] as soon as it can do
// what it was started for, and counts as not ready before. Without it an object is
// ready from its beginning.
func (o *Object[S, I, O]) AnnouncesReady() *Object[S, I, O] {
	o.kind.announces = true
	return o
}

// Announced implements [Definition].
func (o *Object[S, I, O]) Announced() bool { return o.kind.announces }

// With gives the same object with other settings.
func (o *Object[S, I, O]) With(settings S) *Object[S, I, O] {
	return &Object[S, I, O]{kind: o.kind, settings: settings}
}

// Call runs the object and waits for what it returns: in a process of its own,
// which is this executable run again (its main function must begin with [Main]
// or framework.CreateObject), or with [InProcess] in this one. See the function
// [Call] for the rest.
func (o *Object[S, I, O]) Call(ctx context.Context, input I, options ...Option) (O, error) {
	return call[O](ctx, o.order(input), options)
}

// Create starts the object as a child of self, in this process with
// [InProcess] and in one of its own otherwise, and returns without waiting.
// Its end comes as a Completed from the address that is returned.
func (o *Object[S, I, O]) Create(self *Context, input I, options ...Option) *PID {
	return self.begin(o.order(input), options)
}

func (o *Object[S, I, O]) order(input I) *order {
	w := &order{kind: o.kind, name: o.kind.name}
	if given(o.settings) {
		w.settings = o.settings
	}
	if given(input) {
		w.input = input
	}
	return w
}

// given reports whether m is more than a nil pointer in an interface.
func given(m proto.Message) bool { return m != nil && m.ProtoReflect().IsValid() }
