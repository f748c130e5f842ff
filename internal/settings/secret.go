package settings

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// redacted stands for a secret wherever it would be shown.
const redacted = "***"

// The options that package framework/options declares. It is not imported:
// only programs whose messages use it, and link it by that, shall pay for it
// and for descriptor.proto at every start.
const (
	helpOption   = "ansar.options.v1.help"
	secretOption = "ansar.options.v1.secret"
	aboutOption  = "ansar.options.v1.about"
)

// isSecret reports whether a field is marked as secret.
func isSecret(fd protoreflect.FieldDescriptor) bool {
	secret, _ := optionOf(fd, secretOption).(bool)
	return secret
}

// optionOf returns an option of a field or a message, or nil.
func optionOf(d protoreflect.Descriptor, name protoreflect.FullName) any {
	x, err := protoregistry.GlobalTypes.FindExtensionByName(name)
	if err != nil {
		return nil // not compiled in, so no message has it
	}
	o := d.Options()
	if o == nil || !o.ProtoReflect().IsValid() || !proto.HasExtension(o, x) {
		return nil
	}
	return proto.GetExtension(o, x)
}
