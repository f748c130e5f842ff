package settings

import (
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

// A message that only bears a well-known name is printed by its fields.
func TestFalseWellKnown(t *testing.T) {
	for _, name := range []string{"Duration", "Timestamp", "Any", "Value", "Struct", "ListValue", "FieldMask", "BoolValue"} {
		file := &descriptorpb.FileDescriptorProto{
			Name: proto.String("false.proto"), Package: proto.String("google.protobuf"), Syntax: proto.String("proto3"),
			MessageType: []*descriptorpb.DescriptorProto{{Name: &name, Field: []*descriptorpb.FieldDescriptorProto{
				field("other", 7, descriptorpb.FieldDescriptorProto_TYPE_STRING, "")}}},
		}
		fd, err := protodesc.NewFile(file, nil)
		if err != nil {
			t.Fatal(err)
		}
		m := dynamicpb.NewMessage(fd.Messages().Get(0))
		m.Set(fd.Messages().Get(0).Fields().Get(0), protoreflect.ValueOfString("x"))
		if got := string(Marshal(m, &WriteOptions{Compact: true})); got != `{"other":"x"}` {
			t.Errorf("%s is printed as %s", name, got)
		}
	}
}

func field(name string, number int32, kind descriptorpb.FieldDescriptorProto_Type, typeName string) *descriptorpb.FieldDescriptorProto {
	f := &descriptorpb.FieldDescriptorProto{
		Name: &name, JsonName: &name, Number: &number, Type: &kind,
		Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
	}
	if typeName != "" {
		f.TypeName = &typeName
	}
	return f
}
