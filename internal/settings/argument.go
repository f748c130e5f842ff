package settings

import (
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// argument returns a value as a flag takes it: without quotes where it is one
// word, a span as [FormatSpan] writes it, all else as compact JSON.
func argument(fd protoreflect.FieldDescriptor, v protoreflect.Value) string {
	w := newWriter(&WriteOptions{Compact: true, Redact: true})
	if fd.IsList() || fd.IsMap() {
		w.fieldValue(fd, v, nil)
		return string(w.out)
	}
	if md := fd.Message(); md != nil {
		f := formOf(md)
		one := md.Fields().ByNumber(1)
		switch f {
		case wrapper:
			return argument(one, v.Message().Get(one))
		case duration:
			if nanos := v.Message().Get(md.Fields().ByNumber(2)); w.known(f, v.Message(), nil) {
				return formatSpan(v.Message().Get(one).Int(), int32(nanos.Int()))
			}
		}
	}
	switch fd.Kind() {
	case protoreflect.StringKind:
		return v.String()
	case protoreflect.FloatKind:
		return strings.Trim(formatFloat(v.Float(), 32, false), `"`)
	case protoreflect.DoubleKind:
		return strings.Trim(formatFloat(v.Float(), 64, false), `"`)
	}
	w.out = nil
	w.single(fd, v, nil)
	s := string(w.out)
	if fd.Message() == nil || formOf(fd.Message()) == timestamp || formOf(fd.Message()) == fieldMask {
		s = strings.Trim(s, `"`)
	}
	return s
}

// typeText names what a flag takes, as in --seconds=<double>.
func typeText(fd protoreflect.FieldDescriptor) string {
	switch {
	case fd.IsMap():
		return "key=" + itemText(fd.MapValue())
	default:
		return itemText(fd)
	}
}

func itemText(fd protoreflect.FieldDescriptor) string {
	md := fd.Message()
	if md == nil {
		switch fd.Kind() {
		case protoreflect.EnumKind:
			return "name"
		case protoreflect.BytesKind:
			return "base64 or @file"
		default:
			return fd.Kind().String()
		}
	}
	switch formOf(md) {
	case wrapper:
		return itemText(md.Fields().ByNumber(1))
	case duration:
		return "span"
	case timestamp:
		return "instant"
	case fieldMask:
		return "fields"
	default:
		return "json"
	}
}

// helpOf returns what a program says about a field.
func helpOf(fd protoreflect.FieldDescriptor) string {
	s, _ := optionOf(fd, helpOption).(string)
	return s
}
