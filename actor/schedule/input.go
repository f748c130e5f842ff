package schedule

import (
	"cmp"
	"fmt"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// unpack reads a message that the plan carries as it is, of the type that is taken.
func (o *Options) unpack(call *schedulepb.Call, field string, packed *anypb.Any) (proto.Message, error) {
	if takes := o.taken(call, field); takes != "" && packed.MessageName() != takes {
		return nil, fmt.Errorf("it takes %s, and is given %s", takes, cmp.Or(packed.MessageName(), "a message without a type"))
	}
	t := o.find(string(packed.MessageName()))
	if t == nil {
		return nil, fmt.Errorf("the type %s is not known: link it in, or give an Options.Resolver", packed.MessageName())
	}
	m := t.New().Interface()
	if err := (proto.UnmarshalOptions{Resolver: o.resolver()}).Unmarshal(packed.GetValue(), m); err != nil {
		return nil, fmt.Errorf("read it as %s: %w", packed.MessageName(), err)
	}
	return m, nil
}

// taken is the type of the input or the settings that a call takes; empty if that is
// not known, or it takes any.
func (o *Options) taken(call *schedulepb.Call, field string) protoreflect.FullName {
	var m proto.Message
	switch object, ok := actor.Defined(call.GetObject()); {
	case call.GetObject() == "" && o.Input != nil:
		m, _ = o.Input(&schedulepb.Call{Executable: call.GetExecutable()}, field) // if it is not known, the call itself tells
	case !ok:
	case field == "settings":
		m = actor.Describe(object).Settings
	default:
		m = actor.Describe(object).Input
	}
	if m == nil {
		return ""
	}
	return m.ProtoReflect().Descriptor().FullName()
}

// ofObject is the input or the settings of an object of this program, with the
// fields that the plan gives over what the object has by itself. It is nil if the
// plan gives none and the object finds its own.
func (o *Options) ofObject(name, field string, fields *structpb.Struct) (proto.Message, error) {
	object, ok := actor.Defined(name)
	if !ok {
		return nil, fmt.Errorf("this program defines no object %q", name)
	}
	described := actor.Describe(object)
	own := described.Input
	if field == "settings" {
		own = described.Settings
	}
	switch {
	case own == nil && fields == nil:
		return nil, nil
	case own == nil:
		return fields, nil // it takes whatever it is given
	case fields == nil:
		return own, nil
	}
	text, err := fields.MarshalJSON()
	if err != nil {
		return nil, err
	}
	given := own.ProtoReflect().Type().New().Interface()
	if err := (protojson.UnmarshalOptions{Resolver: o.resolver()}).Unmarshal(text, given); err != nil {
		return nil, fmt.Errorf("read it as %s: %w", own.ProtoReflect().Descriptor().FullName(), err)
	}
	proto.Merge(own, given)
	return own, nil
}
