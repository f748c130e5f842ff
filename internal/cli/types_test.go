package cli

import (
	"path/filepath"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/settings"
	"github.com/ansar-go/ansar/internal/settings/schemapb"
)

// declare has a home keep what a program declares: a message of its own, with
// one number.
func declare(t *testing.T, h *home.Home, executable, message string) {
	t.Helper()
	pkg := "stranger." + executable
	data, err := proto.Marshal(&schemapb.Program{
		Name: executable, OutputType: pkg + "." + message,
		Files: &descriptorpb.FileDescriptorSet{File: []*descriptorpb.FileDescriptorProto{{
			Name: proto.String(executable + ".proto"), Package: &pkg, Syntax: proto.String("proto3"),
			MessageType: []*descriptorpb.DescriptorProto{{Name: &message, Field: []*descriptorpb.FieldDescriptorProto{{
				Name: proto.String("number"), Number: proto.Int32(1), JsonName: proto.String("number"),
				Type:  descriptorpb.FieldDescriptorProto_TYPE_INT32.Enum(),
				Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
			}}}},
		}}},
	})
	if err == nil {
		err = h.Add(home.NewRole{Role: home.Role{Name: executable + "-0", Executable: executable}})
	}
	if err == nil {
		err = h.Store(home.Schema, executable, data)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Values print by what the home has kept, also those of programs that the run
// had no role of.
func TestTypesOfStrangersPrint(t *testing.T) {
	h, err := home.Create(filepath.Join(t.TempDir(), "home"), nil)
	if err != nil {
		t.Fatal(err)
	}
	declare(t, h, "counter", "Count")
	declare(t, h, "helper", "Help")
	roles, err := h.Search(&home.Search{Words: []string{"counter-0"}})
	if err != nil {
		t.Fatal(err)
	}
	types := &homeTypes{programs: newPrograms(t.Context(), h), roles: roles}
	tests := []struct {
		name string
		of   string
		want string
	}{
		{"of a role that ran", "stranger.counter.Count", `{"@type":"type.googleapis.com/stranger.counter.Count","number":7}`},
		{"of another program of the home", "stranger.helper.Help", `{"@type":"type.googleapis.com/stranger.helper.Help","number":7}`},
		{"compiled in", "google.protobuf.Int32Value", `{"@type":"type.googleapis.com/google.protobuf.Int32Value","value":7}`},
		{"of nobody", "stranger.Gone", `{"@type":"type.googleapis.com/stranger.Gone","@unresolved":"CAc="}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			value := &anypb.Any{TypeUrl: "type.googleapis.com/" + tt.of, Value: []byte{8, 7}}
			if got := string(settings.Marshal(value, &settings.WriteOptions{Compact: true, Types: types})); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
	if _, err := types.FindExtensionByName("stranger.none"); err == nil {
		t.Error("an extension was found that nobody has")
	}
	if _, err := types.FindExtensionByNumber(protoreflect.FullName("stranger.counter.Count"), 1000); err == nil {
		t.Error("an extension was found by a number that nobody has")
	}
}
