package settings

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	pb "github.com/ansar-go/ansar/internal/settings/settingstest"
)

func TestUnmarshal(t *testing.T) {
	defaults := &pb.Robot{Seconds: 2, DryRun: true, Tags: []string{"old"}, Token: "s3cret",
		Limits: &pb.Limits{MaxSize: 7, Force: proto.Float64(1)}}
	tests := []struct {
		name, text string
		to, want   proto.Message
	}{
		{"both spellings", `{"dry_run": true, "limits": {"maxSize": 3}}`, &pb.Robot{}, &pb.Robot{DryRun: true, Limits: &pb.Limits{MaxSize: 3}}},
		{"64-bit integers as strings and as numbers", `{"an_int64": "5", "a_uint64": 6}`, &pb.Every{}, &pb.Every{AnInt64: 5, AUint64: 6}},
		{"integers written with a point or an exponent", `{"an_int32": 1.0, "a_uint32": 12e1, "an_int64": "100e-2"}`, &pb.Every{}, &pb.Every{AnInt32: 1, AUint32: 120, AnInt64: 1}},
		{"what is absent stays", `{"seconds": 1}`, defaults, &pb.Robot{Seconds: 1, DryRun: true, Tags: []string{"old"}, Token: "s3cret",
			Limits: &pb.Limits{MaxSize: 7, Force: proto.Float64(1)}}},
		{"what is there wins, be it false or empty", `{"seconds": 0, "dry_run": false, "tags": [], "limits": {"max_size": 0, "force": null}, "token": ""}`, defaults, &pb.Robot{Limits: &pb.Limits{}}},
		{"null clears a message", `{"limits": null, "tags": null, "seconds": null, "dry_run": null, "token": null}`, defaults, &pb.Robot{}},
		{"a hidden secret stays", `{"token": "***"}`, defaults, defaults},
		{"lists are replaced", `{"tags": ["new"]}`, &pb.Robot{Tags: []string{"old"}}, &pb.Robot{Tags: []string{"new"}}},
		{"maps are replaced", `{"weights": {"b": 2}}`, &pb.Robot{Weights: map[string]int32{"a": 1}}, &pb.Robot{Weights: map[string]int32{"b": 2}}},
		{"another case of a oneof", `{"size": 3}`, &pb.Every{Choice: &pb.Every_Word{Word: "x"}}, &pb.Every{Choice: &pb.Every_Size{Size: 3}}},
		{"null for another case of a oneof", `{"word": null, "size": 3, "both": null}`, &pb.Every{}, &pb.Every{Choice: &pb.Every_Size{Size: 3}}},
		{"null that is a value", `{"nothing": null, "a_value": null}`, &pb.Every{}, &pb.Every{Choice: &pb.Every_Nothing{}, AValue: structpb.NewNullValue()}},
		{"spans as people write them", `{"a_duration": "1h30m", "durations": [1.5, "7d10s", "-1.5s"]}`, &pb.Every{}, &pb.Every{ADuration: durationpb.New(5400e9),
			Durations: []*durationpb.Duration{durationpb.New(1500e6), {Seconds: 604810}, durationpb.New(-1500e6)}}},
		{"instants of other zones", `{"a_timestamp": "1970-01-01T01:00:00.5+01:00"}`, &pb.Every{}, &pb.Every{ATimestamp: &timestamppb.Timestamp{Nanos: 5e8}}},
		{"names in any case and numbers", `{"modes": ["mode_fast", "slow", 2, -1, 9]}`, &pb.Every{}, &pb.Every{Modes: []pb.Mode{1, 2, 2, -1, 9}}},
		{"base64 of all sorts", `{"blobs": ["+/8=", "-_8", "+/8", ""]}`, &pb.Every{}, &pb.Every{Blobs: [][]byte{{0xfb, 0xff}, {0xfb, 0xff}, {0xfb, 0xff}, {}}}},
		{"wrappers as bare values", `{"int64_box": "5", "bool_box": false, "string_box": null}`, &pb.Every{StringBox: wrapperspb.String("x")}, &pb.Every{Int64Box: wrapperspb.Int64(5), BoolBox: wrapperspb.Bool(false)}},
		{"the type of the whole", `{"@type": "type.googleapis.com/ansar.settingstest.v1.Limits", "max_size": 3}`, &pb.Limits{}, &pb.Limits{MaxSize: 3}},
		{"a wrapper with its type", `{"@type": "google.protobuf.UInt32Value", "value": 3}`, &wrapperspb.UInt32Value{}, wrapperspb.UInt32(3)},
		{"an any by its short name", `{"an_any": {"max_size": 3, "@type": "ansar.settingstest.v1.Limits"}}`, &pb.Every{}, &pb.Every{AnAny: packed(t, &pb.Limits{MaxSize: 3})}},
		{"escapes", `"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"`, &wrapperspb.StringValue{}, wrapperspb.String("\"\\/\b\f\n\r\té😀")},
		{"white space", " \t\r\n5 \n", &wrapperspb.UInt32Value{}, wrapperspb.UInt32(5)},
		{"odd floats", `{"doubles": ["NaN", "Infinity", "-Infinity", "1.5", 1e2]}`, &pb.Every{}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := proto.Clone(tt.to)
			if _, err := Unmarshal("file", []byte(tt.text), got, &ReadOptions{Strict: true}); err != nil {
				t.Fatal(err)
			}
			if tt.want == nil {
				if s := string(Marshal(got, &WriteOptions{Compact: true})); s != `{"doubles":["NaN","Infinity","-Infinity",1.5,100.0]}` {
					t.Errorf("got %s", s)
				}
				return
			}
			if diff := cmp.Diff(tt.want, got, protocmp.Transform()); diff != "" {
				t.Errorf("message (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUnmarshalErrors(t *testing.T) {
	tests := []struct {
		name, text, want string
		to               proto.Message
	}{
		{"wrong type", `{"value":{"seconds":"x"}}`, `short-snooze:1:21: settings.seconds: "x" is not a number`, nil},
		{"wrong type, on a line of its own", "{\n  \"value\": {\n    \"limits\": {\"max_size\": true}}}", `short-snooze:3:28: settings.limits.max_size: true is not a number`, nil},
		{"columns are characters", `{"value":{"tags":["éé", 5]}}`, `short-snooze:1:25: settings.tags[1]: 5 is not a text in quotes`, nil},
		{"in a map", `{"value":{"weights":{"a":"b"}}}`, `short-snooze:1:26: settings.weights["a"]: "b" is not a number`, nil},
		{"overflow", `{"value":{"limits":{"max_size":2147483648}}}`, `short-snooze:1:32: settings.limits.max_size: 2147483648 is out of range for int32 (-2147483648 to 2147483647)`, nil},
		{"fraction", `{"value":{"limits":{"max_size":1.5}}}`, `short-snooze:1:32: settings.limits.max_size: 1.5 is not a whole number`, nil},
		{"too large for a double", `{"value":{"seconds":1e999}}`, `short-snooze:1:21: settings.seconds: 1e999 is out of range for double`, nil},
		{"negative unsigned", `{"value":-1}`, `short-snooze:1:10: settings: -1 is out of range for uint32 (0 to 4294967295)`, wrapperspb.UInt32(0)},
		{"boolean in quotes", `{"value":{"dry_run":"true"}}`, `short-snooze:1:21: settings.dry_run: "true" is not true or false without quotes`, nil},
		{"number for a boolean", `{"value":{"dry_run":1}}`, `short-snooze:1:21: settings.dry_run: 1 is not true or false`, nil},
		{"enum", `{"value":{"mode":"MODE_FAT"}}`, `short-snooze:1:18: settings.mode: "MODE_FAT" is not one of MODE_UNSPECIFIED, MODE_FAST, MODE_SLOW, MODE_BACKWARDS`, nil},
		{"object for an enum", `{"value":{"mode":{}}}`, `short-snooze:1:18: settings.mode: an object is not a name of Mode in quotes`, nil},
		{"span", `{"value":{"pause":"soon"}}`, `short-snooze:1:19: settings.pause: "soon" is not a span of time, such as 1.5s, 5m, 1h30m or 7d10s`, nil},
		{"list for a message", `{"value":{"limits":[]}}`, `short-snooze:1:20: settings.limits: a list is not an object of the fields of Limits`, nil},
		{"text for a list", `{"value":{"tags":"a"}}`, `short-snooze:1:18: settings.tags: "a" is not a list`, nil},
		{"list for a map", `{"value":{"weights":[]}}`, `short-snooze:1:21: settings.weights: a list is not an object of keys and values`, nil},
		{"null in a list", `{"value":{"tags":[null]}}`, `short-snooze:1:19: settings.tags[0]: null is not a text in quotes`, nil},
		{"unknown field", `{"value":{"secnds":1}}`, `short-snooze:1:11: settings.secnds: no such field (did you mean seconds?)`, nil},
		{"unknown field like none", `{"value":{"limits":{"colour":1}}}`, `short-snooze:1:21: settings.limits.colour: no such field`, nil},
		{"both spellings at once", `{"value":{"dry_run":true,"dryRun":true}}`, `short-snooze:1:26: settings.dry_run: the field is given twice, once as "dryRun"`, nil},
		{"same name twice", `{"value":{"seconds":1,"seconds":1}}`, `short-snooze:1:23: "seconds" is given twice in one object`, nil},
		{"two of a oneof", `{"value":{"word":"a","size":1}}`, `short-snooze:1:22: settings.size: cannot be given together with word`, &pb.Every{}},
		{"key of a map", `{"value":{"by_int32":{"x":1}}}`, `short-snooze:1:23: settings.by_int32["x"]: the key "x" is not a number`, &pb.Every{}},
		{"not base64", `{"value":{"a_bytes":"?"}}`, `short-snooze:1:21: settings.a_bytes: "?" is not base64`, &pb.Every{}},
		{"number for bytes", `{"value":{"a_bytes":5}}`, `short-snooze:1:21: settings.a_bytes: 5 is not base64 in quotes`, &pb.Every{}},
		{"instant", `{"value":{"a_timestamp":"yesterday"}}`, `short-snooze:1:25: settings.a_timestamp: "yesterday" is not an instant, such as 2006-01-02T15:04:05Z`, &pb.Every{}},
		{"instant before all", `{"value":{"a_timestamp":"0000-01-01T00:00:00Z"}}`, `short-snooze:1:25: settings.a_timestamp: "0000-01-01T00:00:00Z" is out of range for an instant (the years 1 to 9999)`, &pb.Every{}},
		{"field mask", `{"value":{"a_mask":"a,b c"}}`, `short-snooze:1:20: settings.a_mask: "a,b c" has no path of fields in "b c"`, &pb.Every{}},
		{"number for an instant", `{"value":{"a_timestamp":5}}`, `short-snooze:1:25: settings.a_timestamp: 5 is not a text in quotes`, &pb.Every{}},
		{"any without a type", `{"value":{"an_any":{"a":1}}}`, `short-snooze:1:20: settings.an_any: the object has no "@type"`, &pb.Every{}},
		{"any of an unknown type", `{"value":{"an_any":{"@type":"x.Y"}}}`, `short-snooze:1:29: settings.an_any.@type: "x.Y" is not a type known here`, &pb.Every{}},
		{"any that is none", `{"value":{"an_any":5}}`, `short-snooze:1:20: settings.an_any: 5 is not an object that begins with "@type"`, &pb.Every{}},
		{"any of a wrapper without value", `{"value":{"an_any":{"@type":"google.protobuf.Int32Value"}}}`, `short-snooze:1:20: settings.an_any: the object has no "value"`, &pb.Every{}},
		{"any with undecoded text", `{"value":{"an_any":{"@type":"x.Y","@unresolved":"?"}}}`, `short-snooze:1:49: settings.an_any.@unresolved: "?" is not base64 in quotes`, &pb.Every{}},
		{"another type", `{"value":{"@type":"a/x.Y"}}`, `short-snooze:1:19: settings: the value is of type "x.Y", expected ansar.settingstest.v1.Robot`, nil},
		{"no value", `{"seconds":1}`, `short-snooze:1:1: expected {"value": ...}, found an object without "value"`, nil},
		{"no envelope", ` [1]`, `short-snooze:1:2: expected {"value": ...}, found a list without "value"`, nil},
		{"null value", `{"value":null}`, `short-snooze:1:10: settings: null is not an object of the fields of Robot`, nil},
		{"more beside value", `{"value":{},"version":1}`, `short-snooze:1:13: unexpected "version" beside "value"`, nil},
		{"empty", ``, `short-snooze:1:1: expected a value, found end of text`, nil},
		{"cut off", `{"value": {"seconds": 1,`, `short-snooze:1:25: expected a name in quotes, found end of text`, nil},
		{"comma missing", `{"value": {"seconds": 1 "mode": 2}}`, `short-snooze:1:25: expected "," or "}" after a member of the object, found "\""`, nil},
		{"comma too many", `{"value": {"tags": ["a",]}}`, `short-snooze:1:25: expected another item of the list after ",", found "]"`, nil},
		{"colon missing", `{"value" {}}`, `short-snooze:1:10: expected ":" after the name "value", found "{"`, nil},
		{"name without quotes", `{value: {}}`, `short-snooze:1:2: expected a name in quotes, found "v"`, nil},
		{"text without quotes", `{"value": {"token": abc}}`, `short-snooze:1:21: expected a value, found "abc" (strings need quotes)`, nil},
		{"trailing garbage", `{"value": {}} x`, `short-snooze:1:15: unexpected "x" after the end of the value`, nil},
		{"two values", `{"value": {}}{}`, `short-snooze:1:14: unexpected "{" after the end of the value`, nil},
		{"odd number", `{"value": {"seconds": 01}}`, `short-snooze:1:23: 01 is not a number that JSON allows`, nil},
		{"plus sign", `{"value": {"seconds": +1}}`, `short-snooze:1:23: expected a value, found "+"`, nil},
		{"string without end", `{"value": "abc`, `short-snooze:1:11: the string has no closing quote`, nil},
		{"string that ends in a backslash", `{"value": "abc\`, `short-snooze:1:15: the string has no closing quote`, nil},
		{"newline in a string", "{\"value\": \"a\nb\"}", `short-snooze:1:13: a string may not contain "\n" as it is (write it as an escape)`, nil},
		{"odd escape", `{"value": "\x41"}`, `short-snooze:1:12: a string may not contain the escape "\x"`, nil},
		{"half a pair", `{"value": "\ud800"}`, `short-snooze:1:12: "\u" needs four hexadecimal digits of one character, or two such for a pair`, nil},
		{"not UTF-8", "{\"value\": \"\xff\"}", `short-snooze:1:12: the string is not UTF-8`, nil},
		{"binary", "\xff\xfe", `short-snooze:1:1: expected a value, found byte that is not UTF-8`, nil},
		{"nested too deep", strings.Repeat("[", 1001), `short-snooze:1:1001: nested deeper than 1000 levels`, nil},
		{"a secret is not told", `{"value":{"token":12345}}`, `short-snooze:1:19: settings.token: the value does not fit the type string of this secret`, nil},
		{"nor one inside", `{"value":{"limits":{"max_size":"hunter2"}}}`, `short-snooze:1:20: settings.limits: the value does not fit the type json of this secret`, &pb.Vault{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			to := tt.to
			if to == nil {
				to = &pb.Robot{}
			}
			_, err := UnmarshalEnvelope("short-snooze", []byte(tt.text), proto.Clone(to), &ReadOptions{Root: "settings", Strict: true})
			var e *ReadError
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want a ReadError", err)
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

// Fields that a program no longer has are told once and written again where
// they were.
func TestUnknownFieldsAreKept(t *testing.T) {
	const file = `{
    "value": {
        "seconds": 1.0,
        "limits": {
            "max_size": 3,
            "old": [
                1,
                {
                    "a": null
                }
            ]
        },
        "secnds": 1.50
    },
    "version": "7"
}
`
	m := &pb.Robot{}
	unknown, err := UnmarshalEnvelope("robot.json", []byte(file), m, &ReadOptions{Root: "settings"})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`robot.json:6:13: settings.limits.old: no such field, kept and ignored`,
		`robot.json:13:9: settings.secnds: no such field, kept and ignored (did you mean seconds?)`,
		`robot.json:15:5: version: no such field, kept and ignored`,
	}
	if diff := cmp.Diff(want, unknown.Warnings()); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(file, string(MarshalEnvelope(m, &WriteOptions{Keep: unknown}))); diff != "" {
		t.Errorf("written again (-want +got):\n%s", diff)
	}
	const hidden = `{"value":{"seconds":1.0,"limits":{"max_size":3,"old":"***"},"secnds":"***"},"version":"***"}`
	if diff := cmp.Diff(hidden, string(MarshalEnvelope(m, &WriteOptions{Keep: unknown, Redact: true, Compact: true}))); diff != "" {
		t.Errorf("hidden (-want +got):\n%s", diff)
	}
}

func TestNothingUnknown(t *testing.T) {
	unknown, err := Unmarshal("f", []byte(`{"seconds": 1}`), &pb.Robot{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := unknown.Warnings(); got != nil {
		t.Errorf("got warnings %q, want none", got)
	}
	if got := (*Unknown)(nil).Warnings(); got != nil {
		t.Errorf("nil has warnings %q, want none", got)
	}
}
