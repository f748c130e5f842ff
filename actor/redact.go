package actor

import (
	"sync"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// Logs are read by many: what the fields of a message are marked to keep secret
// is not shown in them.

// secretOption is the field option that package framework/options declares.
// Like descriptor.proto, it is linked in only where a message uses it.
const secretOption = "ansar.options.v1.secret"

// redactedText stands for a secret.
const redactedText = "***"

// redactArgs gives the arguments of a line as they may be shown.
func redactArgs(args []any) []any {
	for i, arg := range args {
		shown, changed := redactArg(arg)
		if !changed {
			continue
		}
		out := append([]any(nil), args...) // the caller's own stay as they are
		out[i] = shown
		for j := i + 1; j < len(args); j++ {
			out[j], _ = redactArg(args[j])
		}
		return out
	}
	return args
}

// redactArg gives what may be shown of an argument, and reports whether that is
// another value.
func redactArg(arg any) (shown any, changed bool) {
	switch m := arg.(type) {
	case proto.Message:
		return redactedMessage(m)
	case Message:
		if m.Body == nil {
			return arg, false
		}
		body, changed := redactedMessage(m.Body)
		if !changed {
			return arg, false
		}
		if m.Body, changed = body.(proto.Message); !changed {
			return body, true // it cannot be shown
		}
		return m, true
	}
	return arg, false
}

func redactedMessage(m proto.Message) (shown any, changed bool) {
	defer func() {
		if recover() != nil { // no real message: fmt, which recovers too, is not given it
			shown, changed = "(a message that cannot be shown)", true
		}
	}()
	if !given(m) || !maySecret(m.ProtoReflect().Descriptor()) {
		return m, false
	}
	out := proto.Clone(m)
	redact(out.ProtoReflect())
	return out, true
}

// secretive says of each type of message that was logged whether a secret may
// be in it, by descriptor.
var secretive sync.Map

// maySecret reports whether there may be a secret in a message of this type.
func maySecret(md protoreflect.MessageDescriptor) bool {
	if known, ok := secretive.Load(md); ok {
		return known == true
	}
	may := holdsSecret(md, map[protoreflect.FullName]bool{})
	secretive.Store(md, may)
	return may
}

func holdsSecret(md protoreflect.MessageDescriptor, seen map[protoreflect.FullName]bool) bool {
	if seen[md.FullName()] {
		return false // it is being looked at
	}
	seen[md.FullName()] = true
	if md.FullName() == anyName || md.ExtensionRanges().Len() > 0 {
		return true // there may be anything in it
	}
	for i := range md.Fields().Len() {
		fd := md.Fields().Get(i)
		if secretField(fd) || fd.Message() != nil && holdsSecret(fd.Message(), seen) {
			return true
		}
	}
	return false
}

const anyName = "google.protobuf.Any"

// secretField reports whether a field is marked as secret.
func secretField(fd protoreflect.FieldDescriptor) bool {
	o := fd.Options()
	if o == nil || !o.ProtoReflect().IsValid() {
		return false
	}
	secret := false
	o.ProtoReflect().Range(func(option protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		if option.FullName() == secretOption && option.Kind() == protoreflect.BoolKind {
			secret = v.Bool()
		}
		return !secret
	})
	return secret
}

// redact takes the secrets out of m, and the fields that this program does not
// know: they may be some.
func redact(m protoreflect.Message) {
	if m.Descriptor().FullName() == anyName {
		redactAny(m)
		return
	}
	m.SetUnknown(nil)
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case secretField(fd):
			redactField(m, fd, v)
		case fd.IsMap() && fd.MapValue().Message() != nil:
			v.Map().Range(func(_ protoreflect.MapKey, item protoreflect.Value) bool {
				redact(item.Message())
				return true
			})
		case fd.IsMap() || fd.Message() == nil:
		case fd.IsList():
			for i := range v.List().Len() {
				redact(v.List().Get(i).Message())
			}
		default:
			redact(v.Message())
		}
		return true
	})
}

// redactField shows of a text that it is set, and of anything else nothing.
func redactField(m protoreflect.Message, fd protoreflect.FieldDescriptor, v protoreflect.Value) {
	var stars protoreflect.Value
	switch fd.Kind() {
	case protoreflect.StringKind:
		stars = protoreflect.ValueOfString(redactedText)
	case protoreflect.BytesKind:
		stars = protoreflect.ValueOfBytes([]byte(redactedText))
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

// redactAny redacts what is packed. If its type is not linked in, or it cannot
// be read, nobody knows what is secret of it, and none of it is shown.
func redactAny(m protoreflect.Message) {
	fields := m.Descriptor().Fields()
	url, data := fields.ByNumber(1), fields.ByNumber(2)
	t, err := protoregistry.GlobalTypes.FindMessageByURL(m.Get(url).String())
	if err != nil {
		m.Clear(data)
		return
	}
	inner := t.New()
	if (proto.UnmarshalOptions{AllowPartial: true}).Unmarshal(m.Get(data).Bytes(), inner.Interface()) != nil {
		m.Clear(data)
		return
	}
	redact(inner)
	packed, err := proto.MarshalOptions{AllowPartial: true}.Marshal(inner.Interface())
	if err != nil {
		m.Clear(data)
		return
	}
	m.Set(data, protoreflect.ValueOfBytes(packed))
}
