package settings

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	pb "github.com/ansar-go/ansar/internal/settings/settingstest"
)

func TestFromEnv(t *testing.T) {
	tests := []struct {
		name string
		env  map[string]string
		want proto.Message
		err  string
	}{
		{"nothing", nil, &pb.Robot{Tags: []string{"old"}}, ""},
		{"a field", map[string]string{"ROBOT_ARM_SECONDS": "1.5", "OTHER_SECONDS": "2"}, &pb.Robot{Seconds: 1.5, Tags: []string{"old"}}, ""},
		{"a field of a message", map[string]string{"ROBOT_ARM_LIMITS_MAX_SIZE": "3"}, &pb.Robot{Limits: &pb.Limits{MaxSize: 3}, Tags: []string{"old"}}, ""},
		{"a message, and then a field of it", map[string]string{"ROBOT_ARM_LIMITS_MAX_SIZE": "3", "ROBOT_ARM_LIMITS": `{"force":1,"pin_code":"x"}`},
			&pb.Robot{Limits: &pb.Limits{MaxSize: 3, Force: proto.Float64(1), PinCode: "x"}, Tags: []string{"old"}}, ""},
		{"secrets", map[string]string{"ROBOT_ARM_TOKEN": "x", "ROBOT_ARM_LIMITS_PIN_CODE": "y"}, &pb.Robot{Token: "x", Limits: &pb.Limits{PinCode: "y"}, Tags: []string{"old"}}, ""},
		{"one of a list", map[string]string{"ROBOT_ARM_TAGS": "a,b"}, &pb.Robot{Tags: []string{"a,b"}}, ""},
		{"a list and a map", map[string]string{"ROBOT_ARM_TAGS": `["a","b"]`, "ROBOT_ARM_WEIGHTS": `{"a":1}`}, &pb.Robot{Tags: []string{"a", "b"}, Weights: map[string]int32{"a": 1}}, ""},
		{"a wrong value", map[string]string{"ROBOT_ARM_SECONDS": "x"}, nil, `environment ROBOT_ARM_SECONDS: "x" is not a number`},
		{"text that is not JSON", map[string]string{"ROBOT_ARM_LIMITS": `{"pin_code":"x"`}, nil, `environment ROBOT_ARM_LIMITS: the value is not JSON: at character 16: expected "," or "}" after a member of the object, found end of text`},
		{"an unknown field", map[string]string{"ROBOT_ARM_LIMITS": `{"x":1}`}, nil, `environment ROBOT_ARM_LIMITS: x: no such field`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := &pb.Robot{Tags: []string{"old"}}
			lookup := func(name string) (string, bool) { s, ok := tt.env[name]; return s, ok }
			err := FromEnv(m.ProtoReflect(), "robot-arm", lookup, nil)
			if tt.err != "" {
				var usage *UsageError
				if !errors.As(err, &usage) || err.Error() != tt.err {
					t.Fatalf("got %v, want %s", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, proto.Message(m), protocmp.Transform()); diff != "" {
				t.Errorf("message (-want +got):\n%s", diff)
			}
		})
	}
}

// An error about a secret names the variable and does not tell the secret.
func TestFromEnvKeepsSecrets(t *testing.T) {
	lookup := func(name string) (string, bool) { return "hunter2", name == "VAULT_NUMBER" }
	err := FromEnv((&pb.Vault{}).ProtoReflect(), "vault", lookup, nil)
	const want = "environment VAULT_NUMBER: the value is not what this secret takes"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestEnvPrefix(t *testing.T) {
	for program, want := range map[string]string{"noop": "NOOP", "my-tool.v2": "MY_TOOL_V2", "": "", "Über": "_BER"} {
		if got := EnvPrefix(program); got != want {
			t.Errorf("prefix of %q is %q, want %q", program, got, want)
		}
	}
}
