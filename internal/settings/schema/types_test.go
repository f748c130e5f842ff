package schema

import (
	"strings"
	"sync"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/ansar-go/ansar/internal/settings"
	"github.com/ansar-go/ansar/internal/settings/schemapb"
	pb "github.com/ansar-go/ansar/internal/settings/settingstest"
)

// declaring returns the files that declare messages.
func declaring(t testing.TB, messages ...protoreflect.MessageDescriptor) *descriptorpb.FileDescriptorSet {
	t.Helper()
	set := &descriptorpb.FileDescriptorSet{}
	if err := proto.Unmarshal(settings.Schema(messages...), set); err != nil {
		t.Fatal(err)
	}
	return set
}

func TestLoadErrors(t *testing.T) {
	limits := (&pb.Limits{}).ProtoReflect().Descriptor()
	message := func(name string) *descriptorpb.FileDescriptorProto {
		return &descriptorpb.FileDescriptorProto{Name: proto.String(name), Syntax: proto.String("proto3"),
			MessageType: []*descriptorpb.DescriptorProto{{Name: proto.String("M")}}}
	}
	importing := func(name, imported string) *descriptorpb.FileDescriptorProto {
		return &descriptorpb.FileDescriptorProto{Name: proto.String(name), Dependency: []string{imported}}
	}
	set := func(files ...*descriptorpb.FileDescriptorProto) *descriptorpb.FileDescriptorSet {
		return &descriptorpb.FileDescriptorSet{File: files}
	}
	tests := []struct {
		name string
		in   *schemapb.Program
		want string
	}{
		{"settings that are not declared", &schemapb.Program{SettingsType: "x.Y"}, `read schema: type of settings: "x.Y" is not declared`},
		{"output that is no message", &schemapb.Program{OutputType: "ansar.settingstest.v1.Mode", Files: declaring(t, limits)}, `read schema: type of output: "ansar.settingstest.v1.Mode" is not declared`},
		{"damaged defaults", &schemapb.Program{InputType: string(limits.FullName()), Input: []byte{255}, Files: declaring(t, limits)}, `read schema: default input: `},
		{"an import that is nowhere", &schemapb.Program{Files: set(importing("a.proto", "b.proto"))}, `read schema: file "a.proto": `},
		{"imports in a circle", &schemapb.Program{Files: set(importing("a.proto", "b.proto"), importing("b.proto", "a.proto"))}, `read schema: file "b.proto": `},
		{"one message in two files", &schemapb.Program{Files: set(message("a.proto"), message("b.proto"))}, `read schema: `},
		{"two files of one name", &schemapb.Program{Files: set(message("a.proto"), importing("a.proto", "b.proto"))}, `read schema: file "a.proto" is there twice and differs`},
		{"a file without a name", &schemapb.Program{Files: set(&descriptorpb.FileDescriptorProto{})}, `read schema: `},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data, err := proto.Marshal(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			p, err := Load(data)
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, %v, want %s", p, err, tt.want)
			}
		})
	}
	if _, err := Load([]byte{255}); err == nil || !strings.HasPrefix(err.Error(), "read schema: ") {
		t.Errorf("damaged bytes: got %v", err)
	}
}

// The same file twice is no conflict.
func TestLoadTwins(t *testing.T) {
	set := declaring(t, (&pb.Limits{}).ProtoReflect().Descriptor())
	set.File = append(set.File, set.File...)
	if _, err := NewTypes(set); err != nil {
		t.Error(err)
	}
}

// Many goroutines may use the types of one program.
func TestTypesTogether(t *testing.T) {
	p, err := Load(acme(t))
	if err != nil {
		t.Fatal(err)
	}
	const text = `{"any":{"@type":"type.googleapis.com/acme.v1.Settings","limits":{"max_size":3}}}`
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				m := p.Settings()
				m.ProtoReflect().Clear(m.ProtoReflect().Descriptor().Fields().ByName("seconds"))
				m.ProtoReflect().Clear(m.ProtoReflect().Descriptor().Fields().ByName("limits"))
				if _, err := settings.Unmarshal("f", []byte(text), m, &settings.ReadOptions{Types: p.Types}); err != nil {
					t.Error(err)
				}
				if got := string(settings.Marshal(settings.Redact(m, p.Types), &settings.WriteOptions{Compact: true, Types: p.Types})); got != text {
					t.Errorf("got %s, want %s", got, text)
				}
				if _, err := p.Types.FindExtensionByNumber("x.Y", 1); err == nil {
					t.Error("found an extension of nothing")
				}
			}
		})
	}
	all.Wait()
}

// Without the description an any keeps its bytes.
func TestAnyWithoutDescription(t *testing.T) {
	p, err := Load(acme(t))
	if err != nil {
		t.Fatal(err)
	}
	inner, err := anypb.New(p.Settings())
	if err != nil {
		t.Fatal(err)
	}
	text := settings.Marshal(inner, nil)
	got := &anypb.Any{}
	if _, err := settings.Unmarshal("f", text, got, nil); err != nil {
		t.Fatal(err)
	}
	if !proto.Equal(inner, got) || !strings.Contains(string(text), "@unresolved") {
		t.Errorf("got %v from %s, want %v", got, text, inner)
	}
}
