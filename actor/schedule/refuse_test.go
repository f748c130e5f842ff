package schedule

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// A message that a call does not take is refused before anything runs, as is one of a
// type that nobody knows, and one that cannot be read.
func TestMessagesThatDoNotFit(t *testing.T) {
	executable := installed(t)
	job := func(call *schedulepb.Call) *schedulepb.Job {
		return &schedulepb.Job{Id: "a", Work: &schedulepb.Job_Call{Call: call}}
	}
	number := pack(wrapperspb.Int32(1))
	tests := []struct {
		name string
		call *schedulepb.Call
		want string
	}{
		{"an input of an object", &schedulepb.Call{Object: "player", InputMessage: number}, "jobs[0].call.input_message: the input of job a does not fit what it calls: it takes google.protobuf.StringValue, and is given google.protobuf.Int32Value"},
		{"settings of an object", &schedulepb.Call{Object: "player", SettingsMessage: number}, "jobs[0].call.settings_message: the settings of job a does not fit what it calls: it takes ansar.lifecycle.v1.None, and is given google.protobuf.Int32Value"},
		{"an unknown type for an object", &schedulepb.Call{Object: "player", InputMessage: &anypb.Any{TypeUrl: "x/no.Such"}}, "jobs[0].call.input_message: the input of job a does not fit what it calls: it takes google.protobuf.StringValue, and is given no.Such"},
		{"no type", &schedulepb.Call{Object: "player", InputMessage: &anypb.Any{}}, "jobs[0].call.input_message: the input of job a does not fit what it calls: it takes google.protobuf.StringValue, and is given a message without a type"},
		{"bytes that are no message", &schedulepb.Call{Object: "player", InputMessage: &anypb.Any{TypeUrl: "x/google.protobuf.StringValue", Value: []byte{0xff}}}, "jobs[0].call.input_message: the input of job a does not fit what it calls: read it as google.protobuf.StringValue: "},
		{"an input of an executable", &schedulepb.Call{Executable: executable, InputMessage: number}, "jobs[0].call.input_message: the input of job a does not fit what it calls: it takes google.protobuf.StringValue, and is given google.protobuf.Int32Value"},
		{"an unknown type for an executable of which nothing is known", &schedulepb.Call{Executable: executable, SettingsMessage: &anypb.Any{TypeUrl: "x/no.Such"}}, "jobs[0].call.settings_message: the settings of job a does not fit what it calls: the type no.Such is not known: link it in, or give an Options.Resolver"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "run")
			_, err := tries(t, context.Background(), plan(job(tt.call)), &Options{Folder: folder, Input: func(_ *schedulepb.Call, field string) (proto.Message, error) {
				if field == "settings" {
					return nil, errors.New("nobody knows")
				}
				return new(wrapperspb.StringValue), nil
			}})
			var refused *RefusedError
			if !errors.As(err, &refused) || len(refused.Problems) != 1 {
				t.Fatalf("Run: %v, want one problem", err)
			}
			got := refused.Problems[0].Path + ": " + refused.Problems[0].Text
			if !strings.HasPrefix(strings.ReplaceAll(got, "\u00a0", " "), tt.want) {
				t.Error(cmp.Diff(tt.want, got))
			}
			if _, err := os.Stat(folder); err == nil {
				t.Error("the run has a folder")
			}
			o := &Options{Input: func(*schedulepb.Call, string) (proto.Message, error) { return new(wrapperspb.StringValue), nil }}
			if err := o.checkWork(job(tt.call)); err == nil {
				t.Error("a job that comes late may have it")
			}
		})
	}
}
