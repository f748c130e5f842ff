package settings

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	pb "github.com/ansar-go/ansar/internal/settings/settingstest"
)

// flags returns a set of flags that fill m.
func flags(t testing.TB, m proto.Message) *pflag.FlagSet {
	t.Helper()
	fs := pflag.NewFlagSet("robot", pflag.ContinueOnError)
	if err := AddFlags(fs, m.ProtoReflect(), &FlagOptions{Program: "robot-arm"}); err != nil {
		t.Fatal(err)
	}
	return fs
}

func TestFlags(t *testing.T) {
	file := filepath.Join(t.TempDir(), "blob")
	if err := os.WriteFile(file, []byte("\x00blob"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name     string
		args     string // separated by white space
		to, want proto.Message
	}{
		{"with and without equals", "--seconds=5.0 --rotation -90.0", nil, &pb.Robot{Seconds: 5, Rotation: -90}},
		{"negative with equals", "--rotation=-90.0", nil, &pb.Robot{Rotation: -90}},
		{"numbers without a whole or a fraction", "--seconds=.5 --rotation=5.", nil, &pb.Robot{Seconds: .5, Rotation: 5}},
		{"hyphens and underscores", "--dry_run --limits.max_size=3", nil, &pb.Robot{DryRun: true, Limits: &pb.Limits{MaxSize: 3}}},
		{"truth", "--dry-run=false --mode=1", &pb.Robot{DryRun: true}, &pb.Robot{Mode: 1}},
		{"only what is given", "--seconds=1", &pb.Robot{Rotation: 3}, &pb.Robot{Seconds: 1, Rotation: 3}},
		{"nothing", "", &pb.Robot{Rotation: 3}, &pb.Robot{Rotation: 3}},
		{"the last one wins", "--seconds=1 --seconds=2", nil, &pb.Robot{Seconds: 2}},
		{"names in any case, with or without prefix", "--mode=fast", nil, &pb.Robot{Mode: pb.Mode_MODE_FAST}},
		{"names with hyphens", "--mode=Mode-Slow", nil, &pb.Robot{Mode: pb.Mode_MODE_SLOW}},
		{"the first of a list replaces, others add", "--tags=a --tags=b", &pb.Robot{Tags: []string{"old"}}, &pb.Robot{Tags: []string{"a", "b"}}},
		{"a list as JSON", `--tags=["a","b"] --tags=c`, nil, &pb.Robot{Tags: []string{"a", "b", "c"}}},
		{"an empty list", `--tags=[]`, &pb.Robot{Tags: []string{"old"}}, &pb.Robot{}},
		{"braces in a text are literal", "--tags={x} --tags=a=b", nil, &pb.Robot{Tags: []string{"{x}", "a=b"}}},
		{"a map by its keys", "--weights=a=1 --weights=b=-2", &pb.Robot{Weights: map[string]int32{"old": 1}}, &pb.Robot{Weights: map[string]int32{"a": 1, "b": -2}}},
		{"a map as JSON", `--weights={"a":1} --weights=b=2`, nil, &pb.Robot{Weights: map[string]int32{"a": 1, "b": 2}}},
		{"a span", "--pause=1h30m", nil, &pb.Robot{Pause: durationpb.New(5400e9)}},
		{"a bare number is seconds", "--pause=1.5", nil, &pb.Robot{Pause: durationpb.New(1500e6)}},
		{"a whole message", `--limits={"max_size":3}`, &pb.Robot{Limits: &pb.Limits{Force: proto.Float64(1)}}, &pb.Robot{Limits: &pb.Limits{MaxSize: 3}}},
		{"a whole message and then a field of it", `--limits={"force":2} --limits.max-size=3`, nil, &pb.Robot{Limits: &pb.Limits{MaxSize: 3, Force: proto.Float64(2)}}},
		{"a text that reads null", "--maybe-string=null --string-box=null --maybe-double=null", &pb.Every{MaybeDouble: proto.Float64(1)}, &pb.Every{MaybeString: proto.String("null"), StringBox: wrapperspb.String("null")}},
		{"no message", "--limits=null", &pb.Robot{Limits: &pb.Limits{}}, &pb.Robot{}},
		{"by --set", "--set seconds=3 --set limits.max_size=4 --set tags=a --tags=b", nil, &pb.Robot{Seconds: 3, Limits: &pb.Limits{MaxSize: 4}, Tags: []string{"a", "b"}}},
		{"presence of a zero", "--maybe-int64=0 --maybe-string=", &pb.Every{}, &pb.Every{MaybeInt64: proto.Int64(0), MaybeString: proto.String("")}},
		{"wrappers", "--int64-box=5 --bool-box --string-box=x", &pb.Every{}, &pb.Every{Int64Box: wrapperspb.Int64(5), BoolBox: wrapperspb.Bool(true), StringBox: wrapperspb.String("x")}},
		{"a oneof", "--word=a --size=3", &pb.Every{}, &pb.Every{Choice: &pb.Every_Size{Size: 3}}},
		{"a field of a oneof's message", "--both.max-size=3", &pb.Every{}, &pb.Every{Choice: &pb.Every_Both{Both: &pb.Limits{MaxSize: 3}}}},
		{"base64 and files", "--a-bytes=AAE= --blobs=@" + file, &pb.Every{}, &pb.Every{ABytes: []byte{0, 1}, Blobs: [][]byte{[]byte("\x00blob")}}},
		{"instants and masks", "--a-timestamp=1970-01-01T00:00:01Z --a-mask=max_size,aB", &pb.Every{}, &pb.Every{ATimestamp: &timestamppb.Timestamp{Seconds: 1}, AMask: &fieldmaskpb.FieldMask{Paths: []string{"max_size", "a_b"}}}},
		{"any JSON", `--a-value=null --a-list-value=[1]`, &pb.Every{}, &pb.Every{AValue: structpb.NewNullValue(), AListValue: &structpb.ListValue{Values: []*structpb.Value{structpb.NewNumberValue(1)}}}},
		{"messages of a list", `--limit-list={"max_size":1} --limit-list={"max_size":2}`, &pb.Every{}, &pb.Every{LimitList: []*pb.Limits{{MaxSize: 1}, {MaxSize: 2}}}},
		{"an any", `--an-any={"@type":"ansar.settingstest.v1.Limits","max_size":3}`, &pb.Every{}, &pb.Every{AnAny: packed(t, &pb.Limits{MaxSize: 3})}},
		{"a message inside of itself", `--tree.left={"left":{"name":"x"}} --tree.name=y`, &pb.Every{}, &pb.Every{Tree: &pb.Tree{Name: "y", Left: &pb.Tree{Left: &pb.Tree{Name: "x"}}}}},
		{"by --set deeper than there are flags", `--set tree.left.left.name=x`, &pb.Every{}, &pb.Every{Tree: &pb.Tree{Left: &pb.Tree{Left: &pb.Tree{Name: "x"}}}}},
		{"numbers that only floats have", "--a-double=NaN --a-float=-Infinity", &pb.Every{}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := proto.Clone(tt.to)
			if got == nil {
				got = &pb.Robot{}
			}
			if err := Parse(flags(t, got), strings.Fields(tt.args)); err != nil {
				t.Fatal(err)
			}
			if tt.want == nil {
				if s := string(Marshal(got, &WriteOptions{Compact: true})); s != `{"a_double":"NaN","a_float":"-Infinity"}` {
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

func TestFlagErrors(t *testing.T) {
	tests := []struct {
		name, args, want string
		to               proto.Message
	}{
		{"unknown", "--secnds=1", `unknown flag --secnds (did you mean --seconds?)`, nil},
		{"unknown with underscores", "--dry_rn", `unknown flag --dry_rn (did you mean --dry-run?)`, nil},
		{"unknown like none", "--zebra", `unknown flag --zebra`, nil},
		{"unknown letter", "-x", `unknown flag -x`, nil},
		{"a secret is not proposed", "--tokn=1", `unknown flag --tokn`, nil},
		{"no name", "--=1", `the flag "--=1" has no name`, nil},
		{"no value", "--seconds", `--seconds needs a value, as in --seconds=<double>`, nil},
		{"wrong type", "--seconds=abc", `--seconds: "abc" is not a number`, nil},
		{"empty number", "--seconds=", `--seconds: "" is not a number`, nil},
		{"hexadecimal", "--limits.max-size=0x10", `--limits.max-size: "0x10" is not a number`, nil},
		{"overflow", "--limits.max-size=3000000000", `--limits.max-size: "3000000000" is out of range for int32 (-2147483648 to 2147483647)`, nil},
		{"fraction", "--limits.max-size=1.5", `--limits.max-size: "1.5" is not a whole number`, nil},
		{"overflow of a float", "--a-float=1e39", `--a-float: "1e39" is out of range for float`, &pb.Every{}},
		{"overflow of 64 bits", "--a-uint64=18446744073709551616", `--a-uint64: "18446744073709551616" is out of range for uint64 (0 to 18446744073709551615)`, &pb.Every{}},
		{"overflow with a sign", "--an-int64=9223372036854775808", `--an-int64: "9223372036854775808" is out of range for int64 (-9223372036854775808 to 9223372036854775807)`, &pb.Every{}},
		{"huge exponent", "--an-int64=1e999999999", `--an-int64: "1e999999999" is out of range for int64 (-9223372036854775808 to 9223372036854775807)`, &pb.Every{}},
		{"truth", "--dry-run=maybe", `--dry-run: "maybe" is not true or false`, nil},
		{"name", "--mode=fat", `--mode: "fat" is not one of MODE_UNSPECIFIED, MODE_FAST, MODE_SLOW, MODE_BACKWARDS`, nil},
		{"span", "--pause=10x", `--pause: "10x" is not a span of time, such as 1.5s, 5m, 1h30m or 7d10s`, nil},
		{"long span", "--pause=9999999d", `--pause: "9999999d" is out of range for a span of time (10,000 years)`, nil},
		{"no key", "--weights=a", `--weights: "a" is not key=value`, nil},
		{"value of a map", "--weights=a=b", `--weights: "b" is not a number`, nil},
		{"key of a map", "--by-int32=a=1", `--by-int32: the key "a" is not a number`, &pb.Every{}},
		{"list that is not JSON", `--tags=[a`, `--tags: "[a" is not JSON: at character 2: expected a value, found "a" (strings need quotes)`, nil},
		{"list of the wrong type", `--tags=["a",5]`, `--tags: [1]: 5 is not a text in quotes`, nil},
		{"message that is not JSON", "--limits=3mm", `--limits: "3mm" is not JSON: at character 2: unexpected "m" after the end of the value`, nil},
		{"message of the wrong type", "--limits=3", `--limits: 3 is not an object of the fields of Limits`, nil},
		{"message with a wrong field", `--limits={"max_size":"x"}`, `--limits: max_size: "x" is not a number`, nil},
		{"message with an unknown field", `--limits={"maxsize":1}`, `--limits: maxsize: no such field (did you mean max_size?)`, nil},
		{"base64", "--a-bytes=?", `--a-bytes: "?" is not base64`, &pb.Every{}},
		{"no file", "--a-bytes=@/absent/file", `--a-bytes: open /absent/file: no such file or directory`, &pb.Every{}},
		{"not UTF-8", "--string-box=\xff", `--string-box: "\xff" is not UTF-8 text`, &pb.Every{}},
		{"secret", "--token=x", `--token is secret: give it in the settings file or in the environment as ROBOT_ARM_TOKEN`, nil},
		{"secret of a message", "--limits.pin-code=x", `--limits.pin-code is secret: give it in the settings file or in the environment as ROBOT_ARM_LIMITS_PIN_CODE`, nil},
		{"secret in JSON", `--limits={"pin_code":"x"}`, `--limits: pin_code: is secret and may not be given in an argument`, nil},
		{"secret by --set", "--set=token=x", `--set token is secret: give it in the settings file or in the environment as ROBOT_ARM_TOKEN`, nil},
		{"inside of a secret by --set", "--set=limits.max-size=1", `--set limits.max-size is secret: give it in the settings file or in the environment as ROBOT_ARM_LIMITS`, &pb.Vault{}},
		{"--set of nothing", "--set=x", `--set: "x" is not name=value`, nil},
		{"--set of an unknown name", "--set=limits.maxsize=1", `--set limits.maxsize: no such setting (did you mean limits.max-size?)`, nil},
		{"--set below a number", "--set=seconds.x=1", `--set seconds.x: no such setting (did you mean seconds?)`, nil},
		{"--set of the wrong type", "--set=seconds=x", `--set seconds: "x" is not a number`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			to := proto.Clone(tt.to)
			if to == nil {
				to = &pb.Robot{}
			}
			before := proto.Clone(to)
			err := Parse(flags(t, to), []string{tt.args})
			var usage *UsageError
			if !errors.As(err, &usage) {
				t.Fatalf("got %v, want a UsageError", err)
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if !proto.Equal(before, to) {
				t.Errorf("the message changed to %v", to)
			}
		})
	}
}

// Flags of others speak the same language.
func TestParseOtherFlags(t *testing.T) {
	tests := []struct {
		name, arg, want string
	}{
		{"a type of the flag library", "--count=abc", `--count: "abc" is not of type int`},
		{"a type that explains itself", "--level=LOUD", `--level: "LOUD": there is no such level`},
		{"help", "--help", `pflag: help requested`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fs := flags(t, &pb.Robot{})
			fs.Usage = func() {}
			fs.Int("count", 0, "")
			fs.Func("level", "", func(string) error { return errors.New("there is no such level") })
			err := Parse(fs, []string{tt.arg})
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			if got := new(UsageError); errors.As(err, &got) == errors.Is(err, pflag.ErrHelp) {
				t.Errorf("%v is a UsageError: %t", err, errors.As(err, &got))
			}
		})
	}
}

// A field with the name of another flag is named in the error, has no flag,
// and can be set all the same.
func TestCollision(t *testing.T) {
	m := &pb.Taken{}
	fs := pflag.NewFlagSet("taken", pflag.ContinueOnError)
	fs.Bool("settings_file", false, "")
	err := AddFlags(fs, m.ProtoReflect(), &FlagOptions{Reserved: []string{"help", "home_path"}})
	var collision *CollisionError
	if !errors.As(err, &collision) {
		t.Fatalf("got %v, want a CollisionError", err)
	}
	want := "settings have the name of a flag: --help, --settings-file, --set (rename the field, or give it as --set help=value)"
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
	args := []string{"--set", "help=a", "--settings-file", "--set=settings_file=b", "--set=set=c", "--free=d"}
	if err := Parse(fs, args); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&pb.Taken{Help: "a", SettingsFile: "b", Set: "c", Free: "d"}, m, protocmp.Transform()); diff != "" {
		t.Errorf("message (-want +got):\n%s", diff)
	}
}

func TestSet(t *testing.T) {
	m := &pb.Robot{Tags: []string{"old"}}
	for _, text := range []string{"limits.max-size=3", "tags=a", "tags=b", "dry_run=true"} {
		if err := Set(m.ProtoReflect(), text, nil); err != nil {
			t.Fatal(err)
		}
	}
	want := &pb.Robot{Tags: []string{"b"}, DryRun: true, Limits: &pb.Limits{MaxSize: 3}}
	if diff := cmp.Diff(want, m, protocmp.Transform()); diff != "" {
		t.Errorf("message (-want +got):\n%s", diff)
	}
	const refused = "--set token is secret: give it in the settings file"
	if err := Set(m.ProtoReflect(), "token=x", nil); err == nil || err.Error() != refused {
		t.Errorf("got %v, want %s", err, refused)
	}
}

// What pflag prints of a flag are its type, its help and the value it has.
func TestFlagUsages(t *testing.T) {
	fs := flags(t, &pb.Robot{Seconds: 2, Token: "hunter2", Mode: 1, Limits: &pb.Limits{PinCode: "hunter2"}})
	usages := fs.FlagUsages()
	for _, want := range []string{"--seconds double", "how long to move, in seconds (default 2)", "(default MODE_FAST)"} {
		if !strings.Contains(usages, want) {
			t.Errorf("usages have no %q:\n%s", want, usages)
		}
	}
	if strings.Contains(usages, "hunter2") || strings.Contains(usages, "--token") {
		t.Errorf("usages tell a secret:\n%s", usages)
	}
}
