package schema

import (
	"fmt"
	"strconv"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/ansar-go/ansar/internal/settings/schemapb"
)

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
		return nil, fmt.Errorf("read schema: type of %s: %s is not declared", what, strconv.Quote(name))
	}
	m := mt.New().Interface()
	o := proto.UnmarshalOptions{AllowPartial: true, Resolver: t}
	if err := o.Unmarshal(data, m); err != nil {
		return nil, fmt.Errorf("read schema: default %s: %w", what, err)
	}
	return m, nil
}
