package schema

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/ansar-go/ansar/internal/settings"
	pb "github.com/ansar-go/ansar/internal/settings/settingstest"
)

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
	files := declaring(t, (&pb.Limits{}).ProtoReflect().Descriptor())
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
	if _, err := settings.Unmarshal("", []byte(`{"seconds": 2, "limits": {"max_size": 7, "pin_code": "hunter2"}}`), m, nil); err != nil {
		t.Fatal(err)
	}
	return settings.Describe("acme", m, nil, m.ProtoReflect().Descriptor())
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
	if err := settings.AddFlags(fs, m.ProtoReflect(), &settings.FlagOptions{Program: "acme", Types: p.Types}); err != nil {
		t.Fatal(err)
	}
	if err := settings.Parse(fs, []string{`--any={"@type":"acme.v1.Settings","seconds":3}`, "--limits.force=1"}); err != nil {
		t.Fatal(err)
	}
	if err := settings.FromEnv(m.ProtoReflect(), "acme", func(name string) (string, bool) { return "5", name == "ACME_SECONDS" }, nil); err != nil {
		t.Fatal(err)
	}
	const want = `{"value":{"seconds":5.0,"limits":{"max_size":7,"force":1.0,"pin_code":"***"},` +
		`"any":{"@type":"type.googleapis.com/acme.v1.Settings","seconds":3.0,"limits":null,"any":null}}}`
	text := settings.MarshalEnvelope(m, &settings.WriteOptions{AllFields: true, Compact: true, Types: p.Types})
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	again := p.Settings()
	if _, err := settings.UnmarshalEnvelope("f", text, again, &settings.ReadOptions{Strict: true, Types: p.Types}); err != nil {
		t.Fatal(err)
	}
	if !proto.Equal(m, again) {
		t.Errorf("read back (-want +got):\n%s", cmp.Diff(m, again, protocmp.Transform()))
	}
	if got := p.Settings(); proto.Equal(got, m) {
		t.Error("a change of one copy of the defaults changed another")
	}

	help := settings.Help(m, &settings.HelpOptions{Program: "acme"})
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
