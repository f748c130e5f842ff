package settings

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// Redact returns a copy of m that may be shown: texts and bytes marked as
// secret read "***", other secrets are cleared, and so are fields that this
// program does not know. It looks inside of Any where types knows what is in
// it; an Any of another type is left as it is. If types is nil, it knows the
// types compiled in.
func Redact(m proto.Message, types Resolver) proto.Message {
	if types == nil {
		types = protoregistry.GlobalTypes
	}
	out := proto.Clone(m)
	redactMessage(out.ProtoReflect(), types)
	return out
}

func redactMessage(m protoreflect.Message, types Resolver) {
	if !m.IsValid() {
		return
	}
	if formOf(m.Descriptor()) == anything {
		redactAny(m, types)
		return
	}
	m.SetUnknown(nil)
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case isSecret(fd):
			redactField(m, fd, v)
		case fd.IsMap() && fd.MapValue().Message() != nil:
			v.Map().Range(func(_ protoreflect.MapKey, item protoreflect.Value) bool {
				redactMessage(item.Message(), types)
				return true
			})
		case fd.IsMap() || fd.Message() == nil:
		case fd.IsList():
			for i := range v.List().Len() {
				redactMessage(v.List().Get(i).Message(), types)
			}
		default:
			redactMessage(v.Message(), types)
		}
		return true
	})
}

// redactField replaces a secret that is set.
func redactField(m protoreflect.Message, fd protoreflect.FieldDescriptor, v protoreflect.Value) {
	var stars protoreflect.Value
	switch fd.Kind() {
	case protoreflect.StringKind:
		stars = protoreflect.ValueOfString(redacted)
	case protoreflect.BytesKind:
		stars = protoreflect.ValueOfBytes([]byte(redacted))
	}
	switch {
	case !stars.IsValid() || fd.IsMap():
		m.Clear(fd)
	case fd.IsList():
		for i := range v.List().Len() {
			v.List().Set(i, stars)
		}
	default:
		m.Set(fd, stars)
	}
}

func redactAny(m protoreflect.Message, types Resolver) {
	fields := m.Descriptor().Fields()
	url, data := fields.ByNumber(1), fields.ByNumber(2)
	mt, err := types.FindMessageByURL(m.Get(url).String())
	if err != nil {
		return
	}
	inner := mt.New()
	o := proto.UnmarshalOptions{AllowPartial: true, Resolver: types}
	if o.Unmarshal(m.Get(data).Bytes(), inner.Interface()) != nil {
		return
	}
	redactMessage(inner, types)
	out, err := proto.MarshalOptions{AllowPartial: true, Deterministic: true}.Marshal(inner.Interface())
	if err == nil {
		m.Set(data, protoreflect.ValueOfBytes(out))
	}
}
