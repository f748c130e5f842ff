package settings

import (
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/ansar-go/ansar/internal/settings/schemapb"
	pb "github.com/ansar-go/ansar/internal/settings/settingstest"
)

// decoded reads an encoded message.
func decoded[M proto.Message](t testing.TB, data []byte, m M) M {
	t.Helper()
	if err := proto.Unmarshal(data, m); err != nil {
		t.Fatal(err)
	}
	return m
}

// Each file comes once and after those that it imports.
func TestSchemaOrder(t *testing.T) {
	set := decoded(t, Schema(
		(&pb.Every{}).ProtoReflect().Descriptor(), nil, (&pb.Robot{}).ProtoReflect().Descriptor(), (&schemapb.Program{}).ProtoReflect().Descriptor(),
	), &descriptorpb.FileDescriptorSet{})
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
			t.Errorf("%s is not there, only %v", want, seen)
		}
	}
}

// A description is a Program, field by field.
func TestDescribe(t *testing.T) {
	settings := &pb.Limits{MaxSize: 7, PinCode: "hunter2"}
	tests := []struct {
		name string
		data []byte
		want *schemapb.Program
	}{
		{"a program of nothing is a name", Describe("bare", nil, nil, nil), &schemapb.Program{Name: "bare"}},
		{"settings come with their values, secrets without", Describe("robot", settings, nil, nil), &schemapb.Program{
			Name: "robot", SettingsType: "ansar.settingstest.v1.Limits", Settings: encoded(t, &pb.Limits{MaxSize: 7, PinCode: "***"}),
		}},
		{"input and output are told apart", Describe("robot", nil, settings, (&pb.Tree{}).ProtoReflect().Descriptor()), &schemapb.Program{
			Name: "robot", InputType: "ansar.settingstest.v1.Limits", Input: encoded(t, &pb.Limits{MaxSize: 7, PinCode: "***"}),
			OutputType: "ansar.settingstest.v1.Tree",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := decoded(t, tt.data, &schemapb.Program{})
			if len(tt.want.GetSettingsType()+tt.want.GetInputType()) > 0 == (len(got.GetFiles().GetFile()) == 0) {
				t.Errorf("there are %d files", len(got.GetFiles().GetFile()))
			}
			got.Files = nil
			if !proto.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func encoded(t testing.TB, m proto.Message) []byte {
	t.Helper()
	data, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
