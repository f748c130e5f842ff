package planfile_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/structpb"
	"pgregory.net/rapid"

	"github.com/ansar-go/ansar/internal/schedule/planfile"
	"github.com/ansar-go/ansar/internal/settings/settingstest"
)

// Every kind of field is read, in the forms that people write.
func TestMessage(t *testing.T) {
	tests := []struct{ text, want string }{
		{"an_int32: 0x1F", "an_int32: 31"},
		{"an_int32: -0b101", "an_int32: -5"},
		{"an_int64: 1_000", "an_int64: 1000"},
		{`an_int64: "9007199254740993"`, "an_int64: 9007199254740993"},
		{"an_int64: -9223372036854775808", "an_int64: -9223372036854775808"},
		{"a_uint64: 18446744073709551615", "a_uint64: 18446744073709551615"},
		{"a_uint32: 1e3", "a_uint32: 1000"},
		{"a_uint32: 5.0", "a_uint32: 5"},
		{"a_fixed32: +7", "a_fixed32: 7"},
		{"a_sfixed64: -7", "a_sfixed64: -7"},
		{"a_double: 5", "a_double: 5"},
		{"a_double: .inf", "a_double: inf"},
		{"a_double: -.INF", "a_double: -inf"},
		{"a_double: -Infinity", "a_double: -inf"},
		{"a_float: 0x10", "a_float: 16"},
		{"a_bool: true", "a_bool: true"},
		{`by_bool: {true: fast, "false": slow}`, `by_bool {key: true value: MODE_FAST} by_bool {key: false value: MODE_SLOW}`},
		{"a_bytes: aGVsbG8=", `a_bytes: "hello"`},
		{"a_bytes: -_8", `a_bytes: "\xfb\xff"`},
		{"a_mode: backwards", "a_mode: MODE_BACKWARDS"},
		{"modes: [MODE_FAST, slow, -1]", "modes: MODE_FAST modes: MODE_SLOW modes: MODE_BACKWARDS"},
		{"maybe_bool: false", "maybe_bool: false"},
		{"nothing: ~", "nothing: NULL_VALUE"},
		{"by_int32: {-1: 2}", "by_int32 {key: -1 value: 2}"},
		{"by_uint64: {3: {max-size: 4}}", "by_uint64 {key: 3 value {max_size: 4}}"},
		{"a_timestamp: 2026-01-02T03:04:05.5Z", "a_timestamp {seconds: 1767323045 nanos: 500000000}"},
		{"a_mask: aB,c", `a_mask {paths: "a_b" paths: "c"}`},
		{"a_value: ~", "a_value {null_value: NULL_VALUE}"},
		{"a_list_value: [1, ~]", "a_list_value {values {number_value: 1} values {null_value: NULL_VALUE}}"},
		{"an_empty: {}", "an_empty {}"},
		{`an_any: {"@type": ansar.settingstest.v1.Limits, max_size: 3}`, `an_any {[type.googleapis.com/ansar.settingstest.v1.Limits] {max_size: 3}}`},
		{"{int64_box: 5, bool_box: false, bytes_box: aGVsbG8=}", `int64_box {value: 5} bool_box {} bytes_box {value: "hello"}`},
		{"tree: {left: {branches: [{name: x}]}}", `tree {left {branches {name: "x"}}}`},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			got, want := &settingstest.Every{}, &settingstest.Every{}
			if err := prototext.Unmarshal([]byte(tt.want), want); err != nil {
				t.Fatalf("bad test: %v", err)
			}
			if err := planfile.Message("input", []byte(tt.text), got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
				t.Errorf("message (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMessageErrors(t *testing.T) {
	tests := []struct{ text, want string }{
		{"a_bytes: '?'", `input:1: a_bytes: expected bytes in base64, got "?"`},
		{"a_float: 1e300", `input:1: a_float: expected a number of 32 bits, got 1e300`},
		{"an_int32: 1e400", `input:1: an_int32: expected a whole number, got "1e400"`},
		{"by_int32: {x: 2}", `input:1: by_int32.x: expected a whole number, got "x"`},
		{"by_bool: {maybe: fast}", `input:1: by_bool.maybe: expected true or false, got "maybe"`},
		{"a_timestamp: noon", `input:1: a_timestamp: "noon" is not an instant, such as 2006-01-02T15:04:05Z`},
		{"a_timestamp: 5", `input:1: a_timestamp: expected a text, got 5`},
		{"an_empty: {x: 1}", `input:1: an_empty.x: no such field, and there is none: leave it out`},
		{"a_struct: []", `input:1: a_struct: expected a mapping, got a list`},
		{"{word: x, size: 3}", `input:1: size: size and word (line 1) cannot both be given: keep one`},
		{"limits: 5", `input:1: limits: expected a mapping, got 5`},
		{"{", `input:2:1: bad YAML: did not find expected node content (while parsing a flow node)`},
		{"", `input: the text is empty`},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			got := ""
			if err := planfile.Message("input", []byte(tt.text), &settingstest.Every{}); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

// The input of a call, which a plan keeps as a free tree, becomes its message by
// the same rules.
func TestStruct(t *testing.T) {
	const text = `{a_double: 2.5, an_int64: 9007199254740993, a_uint32: 7, a_duration: 5m, a_mode: fast, strings: [x, 3], tree: {name: 1.5}, a_bool: true, a_value: ~}`
	tree := &structpb.Struct{}
	if err := planfile.Message("input", []byte(text), tree); err != nil {
		t.Fatal(err)
	}
	got, want := &settingstest.Every{}, &settingstest.Every{}
	if err := planfile.Struct("input", tree, got); err != nil {
		t.Fatal(err)
	}
	if err := planfile.Message("input", []byte(text), want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Errorf("message (-want +got):\n%s", diff)
	}
	bad, err := structpb.NewStruct(map[string]any{"an_int32": 1.5, "tree": map[string]any{"nam": "x"}})
	if err != nil {
		t.Fatal(err)
	}
	const wantError = "input.an_int32: expected a whole number, got 1.5\ninput.tree.nam: no such field (did you mean name?)"
	if err := planfile.Struct("input", bad, got); err == nil || err.Error() != wantError {
		t.Errorf("got the error %v, want\n%s", err, wantError)
	}
}

// texts hold what is special in JSON or in YAML.
var texts = rapid.StringOfN(rapid.RuneFrom([]rune("ab0-:#'\"\\?{}[],&*!|>%@` \n\té😀~")), 0, 8, -1)

// fill sets some of the fields of a message.
func fill(t *rapid.T, m protoreflect.Message, depth int) {
	switch m.Descriptor().FullName() {
	case "google.protobuf.Any", "google.protobuf.FieldMask":
		return
	case "google.protobuf.Duration", "google.protobuf.Timestamp":
		m.Set(m.Descriptor().Fields().ByName("seconds"), protoreflect.ValueOfInt64(rapid.Int64Range(0, 1e9).Draw(t, "seconds")))
		m.Set(m.Descriptor().Fields().ByName("nanos"), protoreflect.ValueOfInt32(rapid.Int32Range(0, 999_999_999).Draw(t, "nanos")))
		return
	case "google.protobuf.Value":
		v := rapid.SampledFrom([]string{`null`, `true`, `-2.5`, `"x"`, `[1, {"a": null}]`, `{"b": []}`, `"true"`, `""`}).Draw(t, "value")
		if err := protojson.Unmarshal([]byte(v), m.Interface()); err != nil {
			t.Fatal(err)
		}
		return
	}
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		fd := fields.Get(i)
		if rapid.IntRange(0, 9).Draw(t, "set "+string(fd.Name())) > 2 || depth > 3 && fd.Message() != nil {
			continue
		}
		switch {
		case fd.IsMap():
			entries := m.Mutable(fd).Map()
			key := one(t, fd.MapKey(), nil, depth).MapKey()
			entries.Set(key, one(t, fd.MapValue(), entries.NewValue, depth))
		case fd.IsList():
			list := m.Mutable(fd).List()
			for range rapid.IntRange(0, 2).Draw(t, "items") {
				list.Append(one(t, fd, list.NewElement, depth))
			}
		default:
			m.Set(fd, one(t, fd, func() protoreflect.Value { return m.NewField(fd) }, depth))
		}
	}
}

func one(t *rapid.T, fd protoreflect.FieldDescriptor, empty func() protoreflect.Value, depth int) protoreflect.Value {
	switch fd.Kind() {
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(rapid.Bool().Draw(t, "bool"))
	case protoreflect.EnumKind:
		values := fd.Enum().Values()
		return protoreflect.ValueOfEnum(values.Get(rapid.IntRange(0, values.Len()-1).Draw(t, "enum")).Number())
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(texts.Draw(t, "text"))
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes(rapid.SliceOfN(rapid.Byte(), 0, 5).Draw(t, "bytes"))
	case protoreflect.DoubleKind:
		return protoreflect.ValueOfFloat64(rapid.Float64().Draw(t, "double"))
	case protoreflect.FloatKind:
		return protoreflect.ValueOfFloat32(rapid.Float32().Draw(t, "float"))
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		return protoreflect.ValueOfInt32(rapid.Int32().Draw(t, "int32"))
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return protoreflect.ValueOfUint32(rapid.Uint32().Draw(t, "uint32"))
	case protoreflect.Int64Kind, protoreflect.Sint64Kind, protoreflect.Sfixed64Kind:
		return protoreflect.ValueOfInt64(rapid.Int64().Draw(t, "int64"))
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		return protoreflect.ValueOfUint64(rapid.Uint64().Draw(t, "uint64"))
	}
	v := empty()
	fill(t, v.Message(), depth+1)
	return v
}

// What protobuf writes as JSON is read as the same message, as JSON and as YAML.
func TestReadsProtobufJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := &settingstest.Every{}
		fill(t, want.ProtoReflect(), 0)
		text, err := protojson.MarshalOptions{UseProtoNames: rapid.Bool().Draw(t, "names"), UseEnumNumbers: rapid.Bool().Draw(t, "numbers")}.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		for name, data := range map[string]string{"x.json": string(text), "x.yaml": "# YAML\n" + string(text)} {
			got := &settingstest.Every{}
			if err := planfile.Message(name, []byte(data), got); err != nil {
				t.Fatalf("%v in\n%s", err, data)
			}
			if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
				t.Fatalf("message (-want +got):\n%s\nof %s", diff, data)
			}
		}
	})
}

// breaks are the line breaks that YAML knows.
var breaks = regexp.MustCompile("[\r\n\u0085\u2028\u2029]")

// A bad text is refused with a place in it, and never ends the program; a good one
// is read the same again when it was written.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"jobs: [{id: a, command: [make], needs: [b], timeout: 5m, isolation: pool}]", `{"jobs": [{"id": "a"}]}`, "a: &a [*a]", "<<: *x", "- - - -", "jobs:\n- &a {id: a}\n- <<: [*a, *a]\n",
		"{", "jobs: [{call: {input: {a: 0x1, b: .nan, c: 1e999, d: 9007199254740993, e: !!float 3}}}]", "---\n---\n", "? a\n: b", "a: |\n x\n", "\"\\ud800\"", `{"a": "\ud800", "a": 1}`,
		"jobs: [{call: {input_message: {'@type': google.protobuf.Duration, value: 5s}}}]", "jobs: [{timeout: 1e30}]", "!!binary x", "environment: {~: ~}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range []string{"plan.yaml", "plan.json"} {
			file, err := planfile.Parse(name, []byte(text))
			if err != nil {
				if all, ok := err.(planfile.Errors); !ok || len(all) == 0 || strings.TrimSpace(all[0].Problem) == "" {
					t.Fatalf("bad error %#v", err)
				} else if lines := 1 + len(breaks.FindAllString(text, -1)); all[0].Line > lines+1 {
					t.Fatalf("error in line %d of %d: %v", all[0].Line, lines, err)
				}
				continue
			}
			file.Where("jobs[0].needs[0].job")
			again, err := planfile.Parse("plan.json", planfile.Write(file.Plan))
			if err != nil {
				t.Fatalf("what was written is not read: %v in\n%s", err, planfile.Write(file.Plan))
			}
			if !proto.Equal(file.Plan, again.Plan) && !strings.Contains(fmt.Sprint(file.Plan), "nan") {
				t.Fatalf("read again it is\n%v\nwant\n%v", again.Plan, file.Plan)
			}
		}
	})
}
