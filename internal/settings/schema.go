package settings

import (
	"fmt"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/ansar-go/ansar/internal/settings/schemapb"
)

// Schema returns the files that declare some messages and all files that they
// import, each after those that it imports. Descriptors that are nil are left
// out.
func Schema(messages ...protoreflect.MessageDescriptor) *descriptorpb.FileDescriptorSet {
	set, seen := &descriptorpb.FileDescriptorSet{}, map[string]bool{}
	var add func(protoreflect.FileDescriptor)
	add = func(fd protoreflect.FileDescriptor) {
		if fd.IsPlaceholder() || seen[fd.Path()] {
			return
		}
		seen[fd.Path()] = true
		for i := range fd.Imports().Len() {
			add(fd.Imports().Get(i).FileDescriptor)
		}
		set.File = append(set.File, protodesc.ToFileDescriptorProto(fd))
	}
	for _, md := range messages {
		if md != nil {
			add(md.ParentFile())
		}
	}
	return set
}

// Describe returns the description of a program: its name, the values of
// settings and input that it was built with, and what it returns. Each may be
// nil if the program has none. Default values of secrets are not told.
func Describe(name string, settings, input proto.Message, output protoreflect.MessageDescriptor) *schemapb.Program {
	out := &schemapb.Program{Name: name}
	var used []protoreflect.MessageDescriptor
	encode := func(m proto.Message) (string, []byte) {
		if m == nil {
			return "", nil
		}
		used = append(used, m.ProtoReflect().Descriptor())
		// What cannot be encoded is text that is not UTF-8, which is no default.
		data, _ := proto.MarshalOptions{AllowPartial: true, Deterministic: true}.Marshal(Redact(m, nil))
		return string(m.ProtoReflect().Descriptor().FullName()), data
	}
	out.SettingsType, out.Settings = encode(settings)
	out.InputType, out.Input = encode(input)
	if output != nil {
		out.OutputType = string(output.FullName())
		used = append(used, output)
	}
	out.Files = Schema(used...)
	return out
}

// Program is what is known of a program from its description.
type Program struct {
	// Name is that of the executable.
	Name string

	// Output is what the program returns. If nil, it did not say.
	Output protoreflect.MessageDescriptor

	// Types are those of all its messages.
	Types *Types

	settings, input proto.Message
}

// Settings returns a new message with the settings that the program was built
// with, or nil if it has none.
func (p *Program) Settings() proto.Message { return proto.Clone(p.settings) }

// Input returns a new message with the input that the program was built with,
// or nil if it has none.
func (p *Program) Input() proto.Message { return proto.Clone(p.input) }

// Load reads an encoded [schemapb.Program].
func Load(data []byte) (*Program, error) {
	in := &schemapb.Program{}
	if err := proto.Unmarshal(data, in); err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	types, err := NewTypes(in.GetFiles())
	if err != nil {
		return nil, err
	}
	p := &Program{Name: in.GetName(), Types: types}
	if p.settings, err = types.defaults("settings", in.GetSettingsType(), in.GetSettings()); err != nil {
		return nil, err
	}
	if p.input, err = types.defaults("input", in.GetInputType(), in.GetInput()); err != nil {
		return nil, err
	}
	output, err := types.defaults("output", in.GetOutputType(), nil)
	if err != nil {
		return nil, err
	}
	if output != nil {
		p.Output = output.ProtoReflect().Descriptor()
	}
	return p, nil
}

// defaults returns a message of the named type, decoded from data.
func (t *Types) defaults(what, name string, data []byte) (proto.Message, error) {
	if name == "" {
		return nil, nil
	}
	mt, err := t.FindMessageByName(protoreflect.FullName(name))
	if err != nil {
		return nil, fmt.Errorf("read schema: type of %s: %s is not declared", what, quote(name))
	}
	m := mt.New().Interface()
	o := proto.UnmarshalOptions{AllowPartial: true, Resolver: t}
	if err := o.Unmarshal(data, m); err != nil {
		return nil, fmt.Errorf("read schema: default %s: %w", what, err)
	}
	return m, nil
}
