package actor

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/ansar-go/ansar/lifecycle"
)

var faultNames = map[protoreflect.FullName]func() lifecycle.Fault{
	"ansar.lifecycle.v1.Faulted":     func() lifecycle.Fault { return new(lifecycle.Faulted) },
	"ansar.lifecycle.v1.Aborted":     func() lifecycle.Fault { return new(lifecycle.Aborted) },
	"ansar.lifecycle.v1.TimedOut":    func() lifecycle.Fault { return new(lifecycle.TimedOut) },
	"ansar.lifecycle.v1.Maybe":       func() lifecycle.Fault { return new(lifecycle.Maybe) },
	"ansar.lifecycle.v1.Cannot":      func() lifecycle.Fault { return new(lifecycle.Cannot) },
	"ansar.lifecycle.v1.Exhausted":   func() lifecycle.Fault { return new(lifecycle.Exhausted) },
	"ansar.lifecycle.v1.LockedOut":   func() lifecycle.Fault { return new(lifecycle.LockedOut) },
	"ansar.lifecycle.v1.Interrupted": func() lifecycle.Fault { return new(lifecycle.Interrupted) },
}

// faultIn reads the fault that a value is, or gives nil.
func faultIn(value *anypb.Any) lifecycle.Fault {
	make := faultNames[value.MessageName()]
	if make == nil {
		return nil
	}
	fault := make()
	if err := proto.Unmarshal(value.GetValue(), fault); err != nil {
		return cannotRead(value, err.Error())
	}
	return fault
}

func cannotRead(value *anypb.Any, why string) *lifecycle.Faulted {
	return &lifecycle.Faulted{
		Cause:       lifecycle.Faulted_CAUSE_UNKNOWN_TYPE,
		Condition:   "cannot read the value " + string(value.MessageName()),
		Explanation: why,
	}
}

// valueOf reads a returned value as an O. Where O is the interface
// [proto.Message], any type will do; one that this program does not know is
// given as *anypb.Any.
func valueOf[O proto.Message](completed *lifecycle.Completed) (O, error) {
	var out O
	value := completed.GetValue()
	wanted, isMessage := any(out).(proto.Message)
	if isMessage && nameOf(wanted) == value.MessageName() {
		out, _ = wanted.ProtoReflect().Type().New().Interface().(O)
		if err := proto.Unmarshal(value.GetValue(), out); err != nil {
			return out, cannotRead(value, err.Error())
		}
		return out, nil
	}
	if fault := faultIn(value); fault != nil {
		return out, fault
	}
	if isMessage {
		return out, cannotRead(value, "expected "+string(nameOf(wanted)))
	}
	m, err := value.UnmarshalNew()
	if err != nil {
		m = value
	}
	out, ok := m.(O)
	if !ok {
		return out, cannotRead(value, "not of the expected kind")
	}
	return out, nil
}

// replyAs reads a reply. A fault is an error, unless a fault was asked for.
func replyAs[O proto.Message](m proto.Message) (O, error) {
	out, fits := m.(O)
	fault := lifecycle.Err(m)
	switch {
	case fits && (fault == nil || typeOf[O]() != nil):
		return out, nil
	case fault != nil:
		return out, fault
	}
	return out, cannotRead(&anypb.Any{TypeUrl: "type.googleapis.com/" + string(nameOf(m))}, "expected another type")
}
