package settings

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/gofeaturespb"
)

// sources are all files compiled into this test, and some of other kinds.
func sources(t *testing.T) map[string]protoreflect.FileDescriptor {
	t.Helper()
	_ = gofeaturespb.E_Go // one with options of its own
	all := map[string]protoreflect.FileDescriptor{}
	protoregistry.GlobalFiles.RangeFiles(func(fd protoreflect.FileDescriptor) bool {
		all[fd.Path()] = fd
		return true
	})
	for _, file := range []*descriptorpb.FileDescriptorProto{oldFile(), editionFile()} {
		fd, err := protodesc.NewFile(file, protoregistry.GlobalFiles)
		if err != nil {
			t.Fatal(err)
		}
		all[fd.Path()] = fd
	}
	return all
}

// With options, the same is written as by the library.
func TestDescriptorsAsTheLibrary(t *testing.T) {
	left := cmp.Options{
		protocmp.Transform(),
		protocmp.IgnoreFields(&descriptorpb.FileDescriptorProto{}, "service"),
		protocmp.IgnoreFields(&descriptorpb.DescriptorProto{}, "reserved_range", "reserved_name"),
		protocmp.IgnoreFields(&descriptorpb.EnumDescriptorProto{}, "reserved_range", "reserved_name"),
		protocmp.FilterField(&descriptorpb.FieldDescriptorProto{}, "json_name", cmp.Ignore()), // of extensions; else compared below
	}
	for path, fd := range sources(t) {
		got := decoded(t, descriptors{options: true}.file(fd), &descriptorpb.FileDescriptorProto{})
		if diff := cmp.Diff(protodesc.ToFileDescriptorProto(fd), got, left); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}

// Without options, messages still have the same fields, written the same way.
func TestDescriptorsWithoutOptions(t *testing.T) {
	for path, fd := range sources(t) {
		for _, d := range []descriptors{{options: false}, {options: true}} {
			file := decoded(t, d.file(fd), &descriptorpb.FileDescriptorProto{})
			again, err := protodesc.NewFile(file, protoregistry.GlobalFiles)
			if err != nil {
				t.Errorf("%s: %v", path, err)
				continue
			}
			if diff := cmp.Diff(facts(fd), facts(again)); diff != "" {
				t.Errorf("%s, options %v (-want +got):\n%s", path, d.options, diff)
			}
		}
	}
}

// container holds messages, enums and extensions.
type container interface {
	Messages() protoreflect.MessageDescriptors
	Enums() protoreflect.EnumDescriptors
	Extensions() protoreflect.ExtensionDescriptors
}

// facts are all that matters for the content of messages, a line for each
// declaration.
func facts(c container) (lines []string) {
	for i := range c.Messages().Len() {
		md := c.Messages().Get(i)
		lines = append(lines, fmt.Sprint(md.FullName(), md.IsMapEntry(), md.RequiredNumbers(), md.ExtensionRanges()))
		for i := range md.Fields().Len() {
			lines = append(lines, fact(md.Fields().Get(i)))
		}
		lines = append(lines, facts(md)...)
	}
	for i := range c.Enums().Len() {
		ed := c.Enums().Get(i)
		lines = append(lines, fmt.Sprint(ed.FullName(), ed.IsClosed()))
		for i := range ed.Values().Len() {
			lines = append(lines, fmt.Sprint(ed.Values().Get(i).FullName(), ed.Values().Get(i).Number()))
		}
	}
	for i := range c.Extensions().Len() {
		lines = append(lines, fact(c.Extensions().Get(i)))
	}
	return lines
}

func fact(fd protoreflect.FieldDescriptor) string {
	var of, oneof protoreflect.FullName
	switch {
	case fd.Message() != nil:
		of = fd.Message().FullName()
	case fd.Enum() != nil:
		of = fd.Enum().FullName()
	}
	if fd.ContainingOneof() != nil {
		oneof = fd.ContainingOneof().FullName()
	}
	checks, ok := fd.(interface{ EnforceUTF8() bool }) // extensions do not say
	utf8 := ok && checks.EnforceUTF8() && fd.Kind() == protoreflect.StringKind
	return fmt.Sprintf("%s %d %v %v %s oneof %q json %q packed %v presence %v utf8 %v list %v map %v default %v of %s",
		fd.FullName(), fd.Number(), fd.Cardinality(), fd.Kind(), of, oneof, fd.JSONName(), fd.IsPacked(), fd.HasPresence(), utf8,
		fd.IsList(), fd.IsMap(), fd.Default(), fd.ContainingMessage().FullName())
}

// made is a field for the files below.
type made struct {
	name     string
	kind     descriptorpb.FieldDescriptorProto_Type
	label    descriptorpb.FieldDescriptorProto_Label
	of       string
	value    string
	features *descriptorpb.FeatureSet
	packed   *bool
}

func fields(list ...made) (all []*descriptorpb.FieldDescriptorProto) {
	for i, m := range list {
		fd := field(m.name, int32(i+1), m.kind, m.of)
		if m.label != 0 {
			fd.Label = m.label.Enum()
		}
		if m.value != "" {
			fd.DefaultValue = &m.value
		}
		if m.features != nil || m.packed != nil {
			fd.Options = &descriptorpb.FieldOptions{Features: m.features, Packed: m.packed}
		}
		all = append(all, fd)
	}
	return all
}

const (
	tBool     = descriptorpb.FieldDescriptorProto_TYPE_BOOL
	tBytes    = descriptorpb.FieldDescriptorProto_TYPE_BYTES
	tString   = descriptorpb.FieldDescriptorProto_TYPE_STRING
	tFloat    = descriptorpb.FieldDescriptorProto_TYPE_FLOAT
	tDouble   = descriptorpb.FieldDescriptorProto_TYPE_DOUBLE
	tInt      = descriptorpb.FieldDescriptorProto_TYPE_INT64
	tEnum     = descriptorpb.FieldDescriptorProto_TYPE_ENUM
	tMessage  = descriptorpb.FieldDescriptorProto_TYPE_MESSAGE
	tGroup    = descriptorpb.FieldDescriptorProto_TYPE_GROUP
	lRequired = descriptorpb.FieldDescriptorProto_LABEL_REQUIRED
	lRepeated = descriptorpb.FieldDescriptorProto_LABEL_REPEATED
)

func colours() *descriptorpb.EnumDescriptorProto {
	value := func(name string, n int32) *descriptorpb.EnumValueDescriptorProto {
		return &descriptorpb.EnumValueDescriptorProto{Name: &name, Number: &n}
	}
	return &descriptorpb.EnumDescriptorProto{
		Name:    proto.String("Colour"),
		Value:   []*descriptorpb.EnumValueDescriptorProto{value("RED", 0), value("ROUGE", 0), value("BLUE", -7)},
		Options: &descriptorpb.EnumOptions{AllowAlias: proto.Bool(true)},
	}
}

// oldFile is of proto2, with whatever that has.
func oldFile() *descriptorpb.FileDescriptorProto {
	return &descriptorpb.FileDescriptorProto{
		Name: proto.String("old.proto"), Package: proto.String("old"),
		EnumType: []*descriptorpb.EnumDescriptorProto{colours()},
		MessageType: []*descriptorpb.DescriptorProto{{
			Name: proto.String("Old"),
			Field: fields(
				made{name: "needed", kind: tString, label: lRequired},
				made{name: "text", kind: tString, value: "a \"b\"\n\\ ö"},
				made{name: "data", kind: tBytes, value: `\000\377"\'\\ab`},
				made{name: "yes", kind: tBool, value: "true"},
				made{name: "whole", kind: tInt, value: "-9223372036854775808"},
				made{name: "half", kind: tFloat, value: "0.1"},
				made{name: "most", kind: tDouble, value: "1e+300"},
				made{name: "more", kind: tDouble, value: "inf"},
				made{name: "less", kind: tFloat, value: "-inf"},
				made{name: "none", kind: tFloat, value: "nan"},
				made{name: "colour", kind: tEnum, of: ".old.Colour", value: "BLUE"},
				made{name: "packed", kind: tInt, label: lRepeated, packed: proto.Bool(true)},
				made{name: "loose", kind: tInt, label: lRepeated},
				made{name: "inner", kind: tGroup, of: ".old.Old.Inner"},
			),
			NestedType:     []*descriptorpb.DescriptorProto{{Name: proto.String("Inner")}},
			ExtensionRange: []*descriptorpb.DescriptorProto_ExtensionRange{{Start: proto.Int32(100), End: proto.Int32(200)}},
			Extension:      []*descriptorpb.FieldDescriptorProto{extension("within", 101)},
		}},
		Extension: []*descriptorpb.FieldDescriptorProto{extension("without", 102)},
	}
}

func extension(name string, number int32) *descriptorpb.FieldDescriptorProto {
	fd := field(name, number, tMessage, ".old.Old")
	fd.Extendee = proto.String(".old.Old")
	fd.JsonName = nil
	return fd
}

// editionFile is of edition 2023, with each feature in its rarer form.
func editionFile() *descriptorpb.FileDescriptorProto {
	enum := colours()
	enum.Options.Features = &descriptorpb.FeatureSet{EnumType: descriptorpb.FeatureSet_CLOSED.Enum()}
	open := colours()
	open.Name, open.Value = proto.String("Open"), []*descriptorpb.EnumValueDescriptorProto{{Name: proto.String("ONE"), Number: proto.Int32(0)}}
	open.Options = nil
	return &descriptorpb.FileDescriptorProto{
		Name: proto.String("edition.proto"), Package: proto.String("edition"), Syntax: proto.String("editions"),
		Edition:  descriptorpb.Edition_EDITION_2023.Enum(),
		Options:  &descriptorpb.FileOptions{Features: &descriptorpb.FeatureSet{FieldPresence: descriptorpb.FeatureSet_IMPLICIT.Enum()}},
		EnumType: []*descriptorpb.EnumDescriptorProto{enum, open},
		MessageType: []*descriptorpb.DescriptorProto{{
			Name: proto.String("New"),
			Field: fields(
				made{name: "implicit", kind: tInt},
				made{name: "explicit", kind: tInt, features: &descriptorpb.FeatureSet{FieldPresence: descriptorpb.FeatureSet_EXPLICIT.Enum()}},
				made{name: "needed", kind: tInt, features: &descriptorpb.FeatureSet{FieldPresence: descriptorpb.FeatureSet_LEGACY_REQUIRED.Enum()}},
				made{name: "packed", kind: tInt, label: lRepeated},
				made{name: "loose", kind: tInt, label: lRepeated, features: &descriptorpb.FeatureSet{RepeatedFieldEncoding: descriptorpb.FeatureSet_EXPANDED.Enum()}},
				made{name: "utf8", kind: tString},
				made{name: "any_bytes", kind: tString, features: &descriptorpb.FeatureSet{Utf8Validation: descriptorpb.FeatureSet_NONE.Enum()}},
				made{name: "message", kind: tMessage, of: ".edition.New"},
				made{name: "delimited", kind: tMessage, of: ".edition.New", features: &descriptorpb.FeatureSet{MessageEncoding: descriptorpb.FeatureSet_DELIMITED.Enum()}},
				made{name: "open", kind: tEnum, of: ".edition.Open"},
			),
		}},
	}
}
