package actor

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Description is what can be told about an object without running it.
type Description struct {
	Name    string
	Version string // empty: the object was not given one

	// The messages that the object works with where nobody says otherwise,
	// the caller's own. Nil if it takes whatever it is given.
	Settings, Input proto.Message

	// What it returns. Nil if that is not known beforehand.
	Output protoreflect.MessageDescriptor
}

// Describe tells about an object.
func Describe(def Definition) *Description {
	k := def.definition()
	d := &Description{
		Name: k.name, Version: k.version,
		Settings: preset(k.settings, k.defaultSettings), Input: preset(k.input, k.defaultInput),
	}
	if k.output != nil {
		d.Output = k.output.Descriptor()
	}
	return d
}

func preset(want protoreflect.MessageType, value proto.Message) proto.Message {
	switch {
	case given(value):
		return proto.Clone(value)
	case want == nil:
		return nil
	}
	return want.New().Interface()
}
