package options_test

import (
	"fmt"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/ansar-go/ansar/framework/options"
)

// said is what a program says about one field.
type said struct {
	help   string
	secret bool
	told   bool // whether secret was written at all
}

func say(help string, secret *bool) *descriptorpb.FieldOptions {
	o := &descriptorpb.FieldOptions{}
	if help != "" {
		proto.SetExtension(o, options.E_Help, help)
	}
	if secret != nil {
		proto.SetExtension(o, options.E_Secret, *secret)
	}
	return o
}

// robot returns a message as a program hands its descriptor over: encoded, and
// decoded by somebody who never saw its source.
func robot(t testing.TB) protoreflect.MessageDescriptor {
	t.Helper()
	field := func(name string, number int32, o *descriptorpb.FieldOptions) *descriptorpb.FieldDescriptorProto {
		return &descriptorpb.FieldDescriptorProto{
			Name: &name, Number: &number, Options: o,
			Type:  descriptorpb.FieldDescriptorProto_TYPE_STRING.Enum(),
			Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
		}
	}
	about := &descriptorpb.MessageOptions{}
	proto.SetExtension(about, options.E_About, "robot moves an arm")
	data, err := proto.Marshal(&descriptorpb.FileDescriptorProto{
		Name: proto.String("robot.proto"), Syntax: proto.String("proto3"),
		MessageType: []*descriptorpb.DescriptorProto{{
			Name: proto.String("Robot"), Options: about,
			Field: []*descriptorpb.FieldDescriptorProto{
				field("plain", 1, nil),
				field("helped", 2, say("how far", nil)),
				field("token", 3, say("password", proto.Bool(true))),
				field("open", 4, say("", proto.Bool(false))),
			},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	file := &descriptorpb.FileDescriptorProto{}
	if err := proto.Unmarshal(data, file); err != nil {
		t.Fatal(err)
	}
	fd, err := protodesc.NewFile(file, protoregistry.GlobalFiles)
	if err != nil {
		t.Fatal(err)
	}
	return fd.Messages().Get(0)
}

// What is said about a field survives the way through a descriptor.
func TestFieldOptions(t *testing.T) {
	tests := map[protoreflect.Name]said{
		"plain":  {},
		"helped": {help: "how far"},
		"token":  {help: "password", secret: true, told: true},
		"open":   {told: true},
	}
	fields := robot(t).Fields()
	for name, want := range tests {
		t.Run(string(name), func(t *testing.T) {
			o := fields.ByName(name).Options()
			got := said{
				help:   proto.GetExtension(o, options.E_Help).(string),
				secret: proto.GetExtension(o, options.E_Secret).(bool),
				told:   proto.HasExtension(o, options.E_Secret),
			}
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

// Numbers are part of every descriptor that was ever kept, so they stay.
func TestNumbersStay(t *testing.T) {
	tests := []struct {
		x      protoreflect.ExtensionType
		name   protoreflect.FullName
		number protoreflect.FieldNumber
		of     protoreflect.FullName
	}{
		{options.E_Help, "ansar.options.v1.help", 51201, "google.protobuf.FieldOptions"},
		{options.E_Secret, "ansar.options.v1.secret", 51202, "google.protobuf.FieldOptions"},
		{options.E_About, "ansar.options.v1.about", 51203, "google.protobuf.MessageOptions"},
	}
	for _, tt := range tests {
		t.Run(string(tt.name), func(t *testing.T) {
			d := tt.x.TypeDescriptor()
			if d.FullName() != tt.name || d.Number() != tt.number || d.ContainingMessage().FullName() != tt.of {
				t.Errorf("got %s = %d of %s", d.FullName(), d.Number(), d.ContainingMessage().FullName())
			}
		})
	}
}

func TestAbout(t *testing.T) {
	const want = "robot moves an arm"
	if got := proto.GetExtension(robot(t).Options(), options.E_About); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func Example() {
	o := &descriptorpb.FieldOptions{}
	proto.SetExtension(o, options.E_Help, "how long, in seconds")
	fmt.Println(proto.GetExtension(o, options.E_Help))
	fmt.Println("secret:", proto.GetExtension(o, options.E_Secret))
	// Output:
	// how long, in seconds
	// secret: false
}
