package settings

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/ansar-go/ansar/framework/options"
)

// redacted stands for a secret wherever it would be shown.
const redacted = "***"

// isSecret reports whether a field is marked as secret.
func isSecret(fd protoreflect.FieldDescriptor) bool {
	secret, _ := fieldOption(fd, options.E_Secret).(bool)
	return secret
}

// fieldOption returns an option of a field, or nil.
func fieldOption(fd protoreflect.FieldDescriptor, x protoreflect.ExtensionType) any {
	o := fd.Options()
	if o == nil || !o.ProtoReflect().IsValid() || !proto.HasExtension(o, x) {
		return nil
	}
	return proto.GetExtension(o, x)
}
