package settings

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/dynamicpb"
	"pgregory.net/rapid"

	pb "github.com/ansar-go/ansar/internal/settings/settingstest"
)

func wantEqual(t *rapid.T, what string, want, got proto.Message) {
	t.Helper()
	if !proto.Equal(want, got) {
		t.Fatalf("%s (-want +got):\n%s", what, cmp.Diff(want, got, protocmp.Transform()))
	}
}

// What is printed is JSON, reads back as the same message, and says the same to
// protojson.
func TestPrintedReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := randomEvery(t, "m")
		o := &WriteOptions{AllFields: rapid.Bool().Draw(t, "all"), Compact: rapid.Bool().Draw(t, "compact")}
		data := MarshalEnvelope(m, o)
		if !json.Valid(data) {
			t.Fatalf("not JSON:\n%s", data)
		}
		got := &pb.Every{}
		if _, err := UnmarshalEnvelope("f", data, got, &ReadOptions{Strict: true}); err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		wantEqual(t, "read back", m, got)

		theirs := &pb.Every{}
		if err := protojson.Unmarshal(Marshal(m, o), theirs); err != nil {
			t.Fatal(err)
		}
		wantEqual(t, "read by protojson", m, theirs)
	})
}

// What protojson prints in either spelling is read.
func TestReadsProtojson(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := randomEvery(t, "m")
		data, err := protojson.MarshalOptions{
			UseProtoNames:   rapid.Bool().Draw(t, "snake"),
			EmitUnpopulated: rapid.Bool().Draw(t, "all") && m.AValue != nil,
			UseEnumNumbers:  rapid.Bool().Draw(t, "numbers"),
		}.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		got := &pb.Every{}
		if _, err := Unmarshal("f", data, got, &ReadOptions{Strict: true}); err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		if m.GetNothing() == 0 && m.Choice == nil {
			got.Choice = nil // protojson prints null for it, which is its value
		}
		wantEqual(t, "read", m, got)
	})
}

// A file with every field says all: defaults of the program do not show
// through. Only null cannot tell an unset google.protobuf.Value from none.
func TestAllFieldsWinOverDefaults(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, defaults := randomEvery(t, "m"), randomEvery(t, "defaults")
		if _, null := defaults.Choice.(*pb.Every_Nothing); null && m.Choice == nil {
			defaults.Choice = nil
		}
		if m.AValue == nil {
			defaults.AValue = nil
		}
		if _, err := Unmarshal("f", Marshal(m, &WriteOptions{AllFields: true}), defaults, nil); err != nil {
			t.Fatal(err)
		}
		wantEqual(t, "read over defaults", m, defaults)
	})
}

// The same message gives the same bytes, compiled in or built from its
// descriptor, and however its maps were filled.
func TestSameMessageSameBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := randomEvery(t, "m")
		want := Marshal(m, nil)
		data, err := proto.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		dynamic := dynamicpb.NewMessage(m.ProtoReflect().Descriptor())
		if err := proto.Unmarshal(data, dynamic); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if diff := cmp.Diff(string(want), string(Marshal(dynamic, nil))); diff != "" {
				t.Fatalf("dynamic message (-compiled +dynamic):\n%s", diff)
			}
		}
	})
}

// The layout is that of encoding/json with four blanks, and the compact form
// is what is left without white space.
func TestLayout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := randomEvery(t, "m")
		compact := MarshalEnvelope(m, &WriteOptions{Compact: true})
		var want bytes.Buffer
		if err := json.Indent(&want, compact, "", "    "); err != nil {
			t.Fatal(err)
		}
		want.WriteByte('\n')
		if diff := cmp.Diff(want.String(), string(MarshalEnvelope(m, nil))); diff != "" {
			t.Fatalf("layout (-want +got):\n%s", diff)
		}
	})
}

// A message taken apart into arguments is put together again by the flags, and
// by the environment, which takes lists and maps whole.
func TestFlagsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := randomEvery(t, "m")
		var args []string
		env := map[string]string{}
		m.ProtoReflect().Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
			flag := "--" + hyphens(string(fd.Name())) + "="
			whole := argument(fd, v)
			env["EVERY_"+strings.ToUpper(string(fd.Name()))] = whole
			if !fd.IsList() || rapid.Bool().Draw(t, "whole list") {
				args = append(args, flag+whole)
				return true
			}
			for i := range v.List().Len() {
				item := itemArgument(fd, v.List().Get(i))
				if strings.HasPrefix(item, "[") {
					item = "[" + string(itemJSON(fd, v.List().Get(i))) + "]"
				}
				args = append(args, flag+item)
			}
			return true
		})
		got := &pb.Every{}
		fs := pflag.NewFlagSet("every", pflag.ContinueOnError)
		if err := AddFlags(fs, got.ProtoReflect(), nil); err != nil {
			t.Fatal(err)
		}
		if err := Parse(fs, args); err != nil {
			t.Fatalf("%v\n%q", err, args)
		}
		wantEqual(t, "read from arguments", m, got)

		got = &pb.Every{}
		lookup := func(name string) (string, bool) { s, ok := env[name]; return s, ok }
		if err := FromEnv(got.ProtoReflect(), "every", lookup, nil); err != nil {
			t.Fatal(err)
		}
		wantEqual(t, "read from the environment", m, got)
	})
}

// itemArgument returns one item of a list as an argument gives it.
func itemArgument(fd protoreflect.FieldDescriptor, v protoreflect.Value) string {
	return argument(single{fd}, v)
}

func itemJSON(fd protoreflect.FieldDescriptor, v protoreflect.Value) []byte {
	w := newWriter(&WriteOptions{Compact: true})
	w.single(fd, v, nil)
	return w.out
}

// single is the field of a list seen as a field of one value.
type single struct{ protoreflect.FieldDescriptor }

func (single) IsList() bool { return false }
