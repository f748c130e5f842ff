package actor

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/ansar-go/ansar/lifecycle"
)

// Message is what an object receives: a protobuf message, and who sent it.
type Message struct {
	// Body is the message itself, the receiver's own copy.
	Body proto.Message

	// From is the address of the sender. It is nil if none was given.
	From *PID
}

// Kind says which messages a Select waits for: those of one type, from
// anybody or from one sender. The zero Kind accepts nothing.
type Kind struct {
	name protoreflect.FullName
	from string
}

// KindOf is the kind of all messages of type M.
func KindOf[M proto.Message]() Kind {
	var m M
	return Kind{name: m.ProtoReflect().Descriptor().FullName()}
}

// Kinds for timers that need no message of their own.
var (
	T1 = KindOf[*lifecycle.T1]()
	T2 = KindOf[*lifecycle.T2]()
	T3 = KindOf[*lifecycle.T3]()
	T4 = KindOf[*lifecycle.T4]()
)

// From narrows the kind to messages from one sender.
func (k Kind) From(sender *PID) Kind {
	k.from = sender.key()
	return k
}

// String is the name of the message type, without its package.
func (k Kind) String() string { return string(k.name.Name()) }

func (k Kind) accepts(m *mail) bool {
	return m.name() == k.name && (k.from == "" || k.from == m.from.key())
}

// Is reports whether m is of kind k.
func (m Message) Is(k Kind) bool { return k.accepts(&mail{body: m.Body, from: m.From}) }

func nameOf(m proto.Message) protoreflect.FullName { return m.ProtoReflect().Descriptor().FullName() }

func (p *PID) key() string {
	if p == nil {
		return ""
	}
	return p.Address + "/" + p.Id
}

// Value reads what the object returned that m, a Completed, tells the end of.
// An O of another type than what was returned, and a fault that was returned,
// is an error; faults are found by errors.Is and errors.As.
func Value[O proto.Message](m Message) (O, error) {
	completed, ok := m.Body.(*lifecycle.Completed)
	if !ok {
		var none O
		return none, &lifecycle.Faulted{
			Condition:   "cannot read a returned value",
			Explanation: "the message is " + string(nameOf(m.Body)) + ", not Completed",
		}
	}
	return valueOf[O](completed)
}
