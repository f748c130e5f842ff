package journal

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/wrapperspb"
	"pgregory.net/rapid"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// fill sets fields of a message at random, and those of messages below it.
func fill(t *rapid.T, m protoreflect.Message, depth int) {
	switch m.Descriptor().FullName() {
	case "google.protobuf.Timestamp":
		set(m, "seconds", protoreflect.ValueOfInt64(rapid.Int64Range(-62135596800, 253402300799).Draw(t, "seconds")))
		set(m, "nanos", protoreflect.ValueOfInt32(nanos(t)))
		return
	case "google.protobuf.Duration":
		seconds, sign := rapid.Int64Range(0, 315576000000).Draw(t, "seconds"), int64(1-2*rapid.IntRange(0, 1).Draw(t, "sign"))
		set(m, "seconds", protoreflect.ValueOfInt64(sign*seconds))
		set(m, "nanos", protoreflect.ValueOfInt32(int32(sign)*nanos(t)))
		return
	case "google.protobuf.Any":
		set(m, "type_url", protoreflect.ValueOfString("type.googleapis.com/"+rapid.StringMatching(`[a-z]{1,5}\.[A-Z][a-z]{0,5}`).Draw(t, "type")))
		set(m, "value", protoreflect.ValueOfBytes(rapid.SliceOf(rapid.Byte()).Draw(t, "value")))
		return
	case "google.protobuf.Struct", "google.protobuf.Value":
		return
	}
	for i := range m.Descriptor().Fields().Len() {
		f := m.Descriptor().Fields().Get(i)
		if depth > 6 || !rapid.Bool().Draw(t, "has "+string(f.Name())) {
			continue
		}
		switch {
		case f.IsMap():
			m.Mutable(f).Map().Set(protoreflect.ValueOfString(text(t)).MapKey(), protoreflect.ValueOfString(text(t)))
		case f.IsList():
			for range rapid.IntRange(1, 3).Draw(t, "items") {
				item := m.Mutable(f).List().NewElement()
				if f.Message() != nil {
					fill(t, item.Message(), depth+1)
				} else {
					item = scalar(t, f)
				}
				m.Mutable(f).List().Append(item)
			}
		case f.Message() != nil:
			fill(t, m.Mutable(f).Message(), depth+1)
		default:
			m.Set(f, scalar(t, f))
		}
	}
}

func set(m protoreflect.Message, name protoreflect.Name, v protoreflect.Value) {
	m.Set(m.Descriptor().Fields().ByName(name), v)
}

func nanos(t *rapid.T) int32 {
	n := rapid.Int32Range(0, 999_999_999).Draw(t, "nanos")
	return n - n%rapid.SampledFrom([]int32{1, 1000, 1_000_000, 1_000_000_000}).Draw(t, "unit")
}

func text(t *rapid.T) string {
	return rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "a\"b\\c", "\x00\x1f\n\r\t\b\f\x7f", "<&>", "\u2028é🙂"})).Draw(t, "text")
}

func scalar(t *rapid.T, f protoreflect.FieldDescriptor) protoreflect.Value {
	switch f.Kind() {
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(text(t))
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(rapid.Bool().Draw(t, "bool"))
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(protoreflect.EnumNumber(rapid.Int32Range(0, 40).Draw(t, "enum"))) // some have no name
	case protoreflect.Int32Kind, protoreflect.Sint32Kind:
		return protoreflect.ValueOfInt32(rapid.Int32().Draw(t, "int32"))
	case protoreflect.Int64Kind:
		return protoreflect.ValueOfInt64(rapid.Int64().Draw(t, "int64"))
	case protoreflect.Uint32Kind:
		return protoreflect.ValueOfUint32(rapid.Uint32().Draw(t, "uint32"))
	case protoreflect.Uint64Kind:
		return protoreflect.ValueOfUint64(rapid.Uint64().Draw(t, "uint64"))
	case protoreflect.DoubleKind:
		return protoreflect.ValueOfFloat64(rapid.Float64Range(-1e9, 1e9).Draw(t, "double"))
	}
	t.Fatalf("a field of kind %v: teach the test", f.Kind())
	return protoreflect.Value{}
}

// anyEvent draws an event of one of all kinds that there are.
func anyEvent(t *rapid.T) *schedulepb.Event {
	e := &schedulepb.Event{}
	m := e.ProtoReflect()
	kinds := m.Descriptor().Oneofs().ByName("kind").Fields()
	fill(t, m, 0)
	kind := kinds.Get(rapid.IntRange(0, kinds.Len()-1).Draw(t, "kind"))
	m.Set(kind, m.NewField(kind))
	fill(t, m.Mutable(kind).Message(), 1)
	return e
}

// The encoder that is fast writes byte for byte what the one of protobuf writes.
func TestEncodesAsProtobufDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEvent(t)
		got, err := AppendEvent(nil, e)
		if err != nil {
			t.Fatal(err)
		}
		want, err := Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Fatalf("line (-protobuf +ours):\n%s", diff)
		}
	})
}

func TestReadsBackWhatWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEvent(t)
		line, err := AppendEvent(nil, e)
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(string(line), "\n\r") {
			t.Fatalf("more than one line: %q", line)
		}
		got, err := Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(e, got, protocmp.Transform()); diff != "" {
			t.Fatalf("event (-written +read):\n%s", diff)
		}
		if n, ok := sequenceOf(line); ok && n != e.GetSequence() {
			t.Fatalf("sequence number %d at a glance, %d in fact: %s", n, e.GetSequence(), line)
		}
	})
}

func TestLines(t *testing.T) {
	known, err := anypb.New(wrapperspb.String("x"))
	if err != nil {
		t.Fatal(err)
	}
	message := func(m *schedulepb.JobMessage) *schedulepb.Event {
		return &schedulepb.Event{Sequence: 1, Kind: &schedulepb.Event_JobMessage{JobMessage: m}}
	}
	tests := []struct {
		name  string
		event *schedulepb.Event
		want  string
	}{
		{"an event of a later version has no kind", &schedulepb.Event{Run: "r", Sequence: 7}, `{"run":"r","sequence":"7"}`},
		{
			"bytes that are no text are repaired", message(&schedulepb.JobMessage{Name: "a\xffb\xc3"}),
			`{"sequence":"1","job_message":{"name":"a` + "\uFFFD" + `b` + "\uFFFD" + `"}}`,
		},
		{
			"the type of a message is not looked up", message(&schedulepb.JobMessage{Message: &anypb.Any{TypeUrl: "type.googleapis.com/no.Such", Value: []byte{8, 1}}}),
			`{"sequence":"1","job_message":{"message":{"@type":"type.googleapis.com/google.protobuf.Struct","value":{"bytes":"CAE=","type":"type.googleapis.com/no.Such"}}}}`,
		},
		{
			"nor that of one that is known", message(&schedulepb.JobMessage{Message: known}),
			`{"sequence":"1","job_message":{"message":{"@type":"type.googleapis.com/google.protobuf.Struct","value":{"bytes":"CgF4","type":"type.googleapis.com/google.protobuf.StringValue"}}}}`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := AppendEvent(nil, tt.event)
			if diff := cmp.Diff(tt.want, string(got)); diff != "" || err != nil {
				t.Errorf("line (-want +got), error %v:\n%s", err, diff)
			}
		})
	}
}

func TestParsePassesOverWhatItDoesNotKnow(t *testing.T) {
	got, err := Parse([]byte(`{"run":"r","sequence":"3","job":"a","job_cheered":{"loud":true},"mood":["x"]}` + "\n"))
	want := &schedulepb.Event{Run: "r", Sequence: 3, Job: "a"}
	if !proto.Equal(got, want) || err != nil {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}
