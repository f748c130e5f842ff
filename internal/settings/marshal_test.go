package settings

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	pb "github.com/ansar-go/ansar/internal/settings/settingstest"
)

func packed(t testing.TB, m proto.Message) *anypb.Any {
	t.Helper()
	a, err := anypb.New(m)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestMarshalEnvelope(t *testing.T) {
	const compact = `{"value":`
	tests := []struct {
		name string
		m    proto.Message
		o    *WriteOptions
		want string
	}{
		{"only set fields, four blanks", &pb.Robot{Seconds: 1.5, Tags: []string{"a", "b"}}, nil, `{
    "value": {
        "seconds": 1.5,
        "tags": [
            "a",
            "b"
        ]
    }
}
`},
		{"empty message", &pb.Robot{}, nil, "{\n    \"value\": {}\n}\n"},
		{"wrapper is its bare value", wrapperspb.UInt32(5), nil, "{\n    \"value\": 5\n}\n"},
		{"every field", &pb.Robot{Limits: &pb.Limits{}}, &WriteOptions{AllFields: true, Compact: true}, compact +
			`{"seconds":0.0,"rotation":0.0,"mode":"MODE_UNSPECIFIED","dry_run":false,"limits":{"max_size":0,"force":null,"pin_code":""},"tags":[],"weights":{},"pause":null,"token":""}}`},
		{"typed result", &pb.Limits{MaxSize: 3}, &WriteOptions{Typed: true, Compact: true}, compact +
			`{"@type":"type.googleapis.com/ansar.settingstest.v1.Limits","max_size":3}}`},
		{"typed wrapper", wrapperspb.String("x"), &WriteOptions{Typed: true, Compact: true}, compact +
			`{"@type":"type.googleapis.com/google.protobuf.StringValue","value":"x"}}`},
		{"typed any is not typed twice", packed(t, &pb.Limits{MaxSize: 3}), &WriteOptions{Typed: true, Compact: true}, compact +
			`{"@type":"type.googleapis.com/ansar.settingstest.v1.Limits","max_size":3}}`},
		{"any of an unknown type", &anypb.Any{TypeUrl: "type.googleapis.com/x.Y", Value: []byte{1, 2}}, &WriteOptions{Compact: true}, compact +
			`{"@type":"type.googleapis.com/x.Y","@unresolved":"AQI="}}`},
		{"any with damaged bytes", &anypb.Any{TypeUrl: "a/ansar.settingstest.v1.Limits", Value: []byte{255}}, &WriteOptions{Compact: true}, compact +
			`{"@type":"a/ansar.settingstest.v1.Limits","@unresolved":"/w=="}}`},
		{"empty any", &anypb.Any{}, &WriteOptions{Compact: true}, compact + `{}}`},
		{"64-bit integers are strings", &pb.Every{AnInt64: math.MinInt64, AUint64: math.MaxUint64, AnInt32: -1}, &WriteOptions{Compact: true}, compact +
			`{"an_int32":-1,"an_int64":"-9223372036854775808","a_uint64":"18446744073709551615"}}`},
		{"floats", &pb.Every{Doubles: []float64{1, -90, 0.1, 1e21, 1e-7, math.NaN(), math.Inf(-1)}, AFloat: 0.1}, &WriteOptions{Compact: true}, compact +
			`{"a_float":0.1,"doubles":[1.0,-90.0,0.1,1e+21,1e-07,"NaN","-Infinity"]}}`},
		{"strings are not escaped for HTML, control characters are", wrapperspb.String("<a&\"\\\n\t\r\x00\x1b\u009b\u2028é"), &WriteOptions{Compact: true}, compact +
			`"<a&\"\\\n\t\r\u0000\u001b\u009b` + "\u2028" + `é"}`},
		{"invalid UTF-8 is replaced", wrapperspb.String("a\xffb"), &WriteOptions{Compact: true}, compact + "\"a\ufffdb\"}"},
		{"keys of maps by size and by bytes", &pb.Every{ByInt32: map[int32]float64{10: 1, -2: 1, 9: 1}, Words: map[string]string{"b": "", "a": "", "B": ""}}, &WriteOptions{Compact: true}, compact +
			`{"words":{"B":"","a":"","b":""},"by_int32":{"-2":1.0,"9":1.0,"10":1.0}}}`},
		{"enum without a name", &pb.Every{AMode: 9, Modes: []pb.Mode{-1}}, &WriteOptions{Compact: true}, compact +
			`{"a_mode":9,"modes":["MODE_BACKWARDS"]}}`},
		{"spans and instants", &pb.Every{ADuration: durationpb.New(-1500e6), ATimestamp: &timestamppb.Timestamp{Seconds: 1, Nanos: 1}}, &WriteOptions{Compact: true}, compact +
			`{"a_duration":"-1.500s","a_timestamp":"1970-01-01T00:00:01.000000001Z"}}`},
		{"span and instant out of range", &pb.Every{ADuration: &durationpb.Duration{Seconds: 1, Nanos: -1}, ATimestamp: &timestamppb.Timestamp{Nanos: -1}}, &WriteOptions{Compact: true}, compact +
			`{"a_duration":{"seconds":"1","nanos":-1},"a_timestamp":{"nanos":-1}}}`},
		{"field mask, and one that cannot be undone", &pb.Every{AMask: &fieldmaskpb.FieldMask{Paths: []string{"max_size", "a.b_c"}}, AnAny: packed(t, &fieldmaskpb.FieldMask{Paths: []string{"aB"}})}, &WriteOptions{Compact: true}, compact +
			`{"a_mask":"maxSize,a.bC","an_any":{"@type":"type.googleapis.com/google.protobuf.FieldMask","value":{"paths":["aB"]}}}}`},
		{"any JSON", &pb.Every{AValue: structpb.NewListValue(&structpb.ListValue{Values: []*structpb.Value{structpb.NewNumberValue(5), structpb.NewNullValue(), {}}})}, &WriteOptions{Compact: true}, compact +
			`{"a_value":[5,null,null]}}`},
		{"null in a oneof", &pb.Every{Choice: &pb.Every_Nothing{}}, &WriteOptions{Compact: true}, compact + `{"nothing":null}}`},
		{"bytes", wrapperspb.Bytes([]byte{0xfb, 0xff}), &WriteOptions{Compact: true}, compact + `"+/8="}`},
		{"secrets are hidden", &pb.Vault{Word: "a", Number: 3, Limits: &pb.Limits{}, Inner: []*pb.Vault{{Blob: []byte("x"), Open: "o"}}, Any: packed(t, &pb.Vault{Words: []string{"a"}})}, &WriteOptions{Redact: true, Compact: true}, compact +
			`{"word":"***","number":"***","limits":"***","inner":[{"blob":"***","open":"o"}],"any":{"@type":"type.googleapis.com/ansar.settingstest.v1.Vault","words":"***"}}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, string(MarshalEnvelope(tt.m, tt.o))); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}

// What cannot be told in the form of its type comes back all the same.
func TestOddValuesReadBack(t *testing.T) {
	for name, m := range map[string]proto.Message{
		"span":         &pb.Every{ADuration: &durationpb.Duration{Seconds: math.MaxInt64, Nanos: -1}},
		"instant":      &pb.Every{ATimestamp: &timestamppb.Timestamp{Seconds: math.MinInt64, Nanos: 2e9}},
		"field mask":   &pb.Every{AMask: &fieldmaskpb.FieldMask{Paths: []string{"aB", "", "a_1", "__"}}},
		"unknown type": &pb.Every{AnAny: &anypb.Any{TypeUrl: "a/x.Y", Value: []byte{1}}},
		"no type":      &pb.Every{Anies: []*anypb.Any{{}}},
	} {
		t.Run(name, func(t *testing.T) {
			got := &pb.Every{}
			data := Marshal(m, nil)
			if _, err := Unmarshal("f", data, got, &ReadOptions{Strict: true}); err != nil {
				t.Fatalf("%v\n%s", err, data)
			}
			if !proto.Equal(m, got) {
				t.Errorf("got %v, want %v", got, m)
			}
		})
	}
}
