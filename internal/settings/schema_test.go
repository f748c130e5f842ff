package settings

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/ansar-go/ansar/internal/settings/schemapb"
	pb "github.com/ansar-go/ansar/internal/settings/settingstest"
)

func paths(set *descriptorpb.FileDescriptorSet) []string {
	var out []string
	for _, f := range set.GetFile() {
		out = append(out, f.GetName())
	}
	return out
}

// Each file comes once and after those that it imports.
func TestSchemaOrder(t *testing.T) {
	set := Schema((&pb.Every{}).ProtoReflect().Descriptor(), nil, (&pb.Robot{}).ProtoReflect().Descriptor(), (&schemapb.Program{}).ProtoReflect().Descriptor())
	seen := map[string]bool{}
	for _, f := range set.GetFile() {
		for _, dependency := range f.GetDependency() {
			if !seen[dependency] {
				t.Errorf("%s comes before %s, which it imports", f.GetName(), dependency)
			}
		}
		if seen[f.GetName()] {
			t.Errorf("%s comes twice", f.GetName())
		}
		seen[f.GetName()] = true
	}
	for _, want := range []string{"ansar/settingstest/v1/settingstest.proto", "ansar/options/v1/options.proto", "ansar/schema/v1/schema.proto", "google/protobuf/descriptor.proto"} {
		if !seen[want] {
			t.Errorf("%s is not there, only %q", want, paths(set))
		}
	}
}

// acme returns the description of a program whose types are not compiled in.
func acme(t testing.TB) []byte {
	t.Helper()
	file := &descriptorpb.FileDescriptorProto{
		Name: proto.String("acme/v1/acme.proto"), Package: proto.String("acme.v1"), Syntax: proto.String("proto3"),
		Dependency: []string{"google/protobuf/any.proto", "ansar/settingstest/v1/settingstest.proto"},
		MessageType: []*descriptorpb.DescriptorProto{{
			Name: proto.String("Settings"),
			Field: []*descriptorpb.FieldDescriptorProto{
				field("seconds", 1, descriptorpb.FieldDescriptorProto_TYPE_DOUBLE, ""),
				field("limits", 2, descriptorpb.FieldDescriptorProto_TYPE_MESSAGE, ".ansar.settingstest.v1.Limits"),
				field("any", 3, descriptorpb.FieldDescriptorProto_TYPE_MESSAGE, ".google.protobuf.Any"),
			},
		}},
	}
	files := Schema((&pb.Limits{}).ProtoReflect().Descriptor())
	files.File = append([]*descriptorpb.FileDescriptorProto{file}, files.File...)
	types, err := NewTypes(files)
	if err != nil {
		t.Fatal(err)
	}
	mt, err := types.FindMessageByName("acme.v1.Settings")
	if err != nil {
		t.Fatal(err)
	}
	m := mt.New().Interface()
	if _, err := Unmarshal("", []byte(`{"seconds": 2, "limits": {"max_size": 7, "pin_code": "hunter2"}}`), m, nil); err != nil {
		t.Fatal(err)
	}
	data, err := proto.Marshal(Describe("acme", m, nil, m.ProtoReflect().Descriptor()))
	if err != nil {
		t.Fatal(err)
	}
	return data
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

// All that a compiled message can do, one can that is known by description.
func TestLoadedProgram(t *testing.T) {
	data := acme(t)
	if strings.Contains(string(data), "hunter2") {
		t.Error("the description tells a secret")
	}
	p, err := Load(data)
	if err != nil {
		t.Fatal(err)
	}
	if p.Name != "acme" || p.Input() != nil || p.Output.FullName() != "acme.v1.Settings" {
		t.Errorf("got name %q, input %v, output %v", p.Name, p.Input(), p.Output.FullName())
	}

	m := p.Settings()
	fs := pflag.NewFlagSet("acme", pflag.ContinueOnError)
	if err := AddFlags(fs, m.ProtoReflect(), &FlagOptions{Program: "acme", Types: p.Types}); err != nil {
		t.Fatal(err)
	}
	if err := Parse(fs, []string{`--any={"@type":"acme.v1.Settings","seconds":3}`, "--limits.force=1"}); err != nil {
		t.Fatal(err)
	}
	if err := FromEnv(m.ProtoReflect(), "acme", func(name string) (string, bool) { return "5", name == "ACME_SECONDS" }, nil); err != nil {
		t.Fatal(err)
	}
	const want = `{"value":{"seconds":5.0,"limits":{"max_size":7,"force":1.0,"pin_code":"***"},` +
		`"any":{"@type":"type.googleapis.com/acme.v1.Settings","seconds":3.0,"limits":null,"any":null}}}`
	text := MarshalEnvelope(m, &WriteOptions{AllFields: true, Compact: true, Types: p.Types})
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	again := p.Settings()
	if _, err := UnmarshalEnvelope("f", text, again, &ReadOptions{Strict: true, Types: p.Types}); err != nil {
		t.Fatal(err)
	}
	if !proto.Equal(m, again) {
		t.Errorf("read back (-want +got):\n%s", cmp.Diff(m, again, protocmp.Transform()))
	}
	if got := p.Settings(); proto.Equal(got, m) {
		t.Error("a change of one copy of the defaults changed another")
	}

	help := Help(m, &HelpOptions{Program: "acme"})
	for _, want := range []string{"--limits.max-size=<int32>  widest grip, in mm (default 7)", "environment ACME_LIMITS_PIN_CODE"} {
		if !strings.Contains(help, want) {
			t.Errorf("help has no %q:\n%s", want, help)
		}
	}
	if _, err := p.Types.FindMessageByURL("x/ansar.schema.v1.Program"); err != nil {
		t.Errorf("a type that is compiled in is not found: %v", err)
	}
	if _, err := p.Types.FindExtensionByName("ansar.options.v1.secret"); err != nil {
		t.Errorf("an extension is not found: %v", err)
	}
	if _, err := p.Types.FindExtensionByNumber("google.protobuf.FieldOptions", 51201); err != nil {
		t.Errorf("an extension is not found by number: %v", err)
	}
}
