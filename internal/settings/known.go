package settings

import (
	"google.golang.org/protobuf/reflect/protoreflect"
)

// form is how protobuf JSON writes a message: most as an object of its fields,
// some well-known ones in a form of their own.
type form uint8

const (
	plain form = iota
	wrapper
	duration
	timestamp
	fieldMask
	structure
	value
	listValue
	anything
)

const wellKnown = "google.protobuf."

// formOf returns the form of a message. A message that only bears the name of
// a well-known one, and has other fields, is plain.
func formOf(md protoreflect.MessageDescriptor) form {
	if md.FullName().Parent() != "google.protobuf" {
		return plain
	}
	f, shape := plain, ""
	switch md.Name() {
	case "BoolValue", "StringValue", "BytesValue", "DoubleValue", "FloatValue",
		"Int32Value", "UInt32Value", "Int64Value", "UInt64Value":
		if fd := md.Fields().ByNumber(1); fd != nil && fd.Message() == nil && !fd.IsList() {
			return wrapper
		}
	case "Duration":
		f, shape = duration, "int64 int32"
	case "Timestamp":
		f, shape = timestamp, "int64 int32"
	case "FieldMask":
		f, shape = fieldMask, "repeated string"
	case "Struct":
		f, shape = structure, "map google.protobuf.Value"
	case "Value":
		f, shape = value, "enum double string bool google.protobuf.Struct google.protobuf.ListValue"
	case "ListValue":
		f, shape = listValue, "repeated google.protobuf.Value"
	case "Any":
		f, shape = anything, "string bytes"
	}
	if f == plain || shape != shapeOf(md) {
		return plain
	}
	return f
}

// shapeOf names the kinds of a message's fields, in order of number from 1.
func shapeOf(md protoreflect.MessageDescriptor) string {
	shape := ""
	for n := protoreflect.FieldNumber(1); ; n++ {
		fd := md.Fields().ByNumber(n)
		if fd == nil {
			return shape
		}
		if n > 1 {
			shape += " "
		}
		switch {
		case fd.IsMap():
			shape += "map "
			fd = fd.MapValue()
		case fd.IsList():
			shape += "repeated "
		}
		if fd.Kind() == protoreflect.MessageKind {
			shape += string(fd.Message().FullName())
			continue
		}
		shape += fd.Kind().String()
	}
}

// isValueOrNull reports whether null is itself a value of the field, and so
// cannot mean that the field is not set.
func isValueOrNull(fd protoreflect.FieldDescriptor) bool {
	if fd.IsList() || fd.IsMap() {
		return false
	}
	if md := fd.Message(); md != nil {
		return formOf(md) == value
	}
	return isNullEnum(fd)
}

func isNullEnum(fd protoreflect.FieldDescriptor) bool {
	return fd.Enum() != nil && fd.Enum().FullName() == wellKnown+"NullValue"
}
