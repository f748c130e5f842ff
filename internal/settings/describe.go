package settings

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Describe returns the description of a program, an encoded
// ansar.schema.v1.Program: its name, the values of settings and input that it
// was built with, and what it returns. Each may be nil if the program has
// none. Default values of secrets are not told.
//
// It is written field by field: each program can describe itself, and so each
// would pay at every start for whatever this imports.
func Describe(name string, settings, input proto.Message, output protoreflect.MessageDescriptor) []byte {
	var w wire
	var used []protoreflect.MessageDescriptor
	w.told(1, name)
	settingsType, settingsData := defaults(settings)
	inputType, inputData := defaults(input)
	for _, m := range []proto.Message{settings, input} {
		if m != nil {
			used = append(used, m.ProtoReflect().Descriptor())
		}
	}
	w.told(2, settingsType)
	w.told(3, inputType)
	if output != nil {
		w.told(4, string(output.FullName()))
		used = append(used, output)
	}
	w.message(5, Schema(used...))
	w.told(6, settingsData)
	w.told(7, inputData)
	return w
}

// defaults returns the type and the encoded value of a message that a program
// was built with.
func defaults(m proto.Message) (name, value string) {
	if m == nil {
		return "", ""
	}
	// What cannot be encoded is text that is not UTF-8, which is no default.
	data, _ := proto.MarshalOptions{AllowPartial: true, Deterministic: true}.Marshal(Redact(m, nil))
	return string(m.ProtoReflect().Descriptor().FullName()), string(data)
}

// Schema returns the files that declare some messages and all files that they
// import, each after those that it imports, as an encoded
// google.protobuf.FileDescriptorSet. Descriptors that are nil are left out.
// What tells nothing about the content of messages is not told: services,
// reserved names, and in a program that does not link
// google/protobuf/descriptor.proto, most options.
func Schema(messages ...protoreflect.MessageDescriptor) []byte {
	var w wire
	d := descriptors{options: linksOptions()}
	seen := map[string]bool{}
	var add func(protoreflect.FileDescriptor)
	add = func(fd protoreflect.FileDescriptor) {
		if fd.IsPlaceholder() || seen[fd.Path()] {
			return
		}
		seen[fd.Path()] = true
		for i := range fd.Imports().Len() {
			add(fd.Imports().Get(i).FileDescriptor)
		}
		w.message(1, d.file(fd))
	}
	for _, md := range messages {
		if md != nil {
			add(md.ParentFile())
		}
	}
	return w
}
