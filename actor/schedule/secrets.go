package schedule

import (
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/anypb"
)

// secretOption is the option of fields that are not to be shown. It is linked in
// only where a message uses it.
const secretOption = "ansar.options.v1.secret"

// hideSecrets takes out of m what is not to be shown, and what cannot be judged.
func hideSecrets(m protoreflect.Message) {
	if packed, ok := m.Interface().(*anypb.Any); ok {
		packed.Value = nil
		return
	}
	m.SetUnknown(nil)
	m.Range(func(field protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case isSecret(field):
			hide(m, field)
		case field.IsMap() && field.MapValue().Message() != nil:
			v.Map().Range(func(_ protoreflect.MapKey, item protoreflect.Value) bool {
				hideSecrets(item.Message())
				return true
			})
		case field.IsMap(), field.Message() == nil:
		case field.IsList():
			for i := range v.List().Len() {
				hideSecrets(v.List().Get(i).Message())
			}
		default:
			hideSecrets(v.Message())
		}
		return true
	})
}

// hide shows of a text that it is there, and nothing of anything else.
func hide(m protoreflect.Message, field protoreflect.FieldDescriptor) {
	if field.Kind() == protoreflect.StringKind && !field.IsList() && !field.IsMap() {
		m.Set(field, protoreflect.ValueOfString("***"))
		return
	}
	m.Clear(field)
}

func isSecret(field protoreflect.FieldDescriptor) (secret bool) {
	options := field.Options()
	if options == nil || !options.ProtoReflect().IsValid() {
		return false
	}
	options.ProtoReflect().Range(func(option protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		secret = option.FullName() == secretOption && option.Kind() == protoreflect.BoolKind && v.Bool()
		return !secret
	})
	return secret
}
