package schedule

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/framework"
)

// component plays as the object of this test does, in an executable of its own.
func init() { programs["component"] = func() { framework.CreateObject(player) } }

// installed is the path of the executable component.
func installed(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "component")
	if err := os.Symlink(self(t), path); err != nil {
		t.Fatal(err)
	}
	return path
}

// Components are called in processes and by pools, with messages or with fields that
// somebody else can read.
func TestComponents(t *testing.T) {
	executable := installed(t)
	fields, err := structpb.NewStruct(map[string]any{"words": "artefact:a sleep:1ms"})
	if err != nil {
		t.Fatal(err)
	}
	p := func() *schedulepb.Plan {
		given := plays("given", "message:m")
		read := plays("read", "")
		for _, j := range []*schedulepb.Job{given, read} {
			j.GetCall().Object, j.GetCall().Executable = "", executable
		}
		read.GetCall().InputMessage, read.GetCall().Input = nil, fields
		read.Artefacts = []string{"a"}
		fails := plays("fails", "fail:no")
		fails.GetCall().Object, fails.GetCall().Executable = "", executable
		role := &schedulepb.Job{Id: "role", Work: &schedulepb.Job_Role{Role: &schedulepb.Role{Name: "component-0"}}}
		return plan(given, read, fails, role, shell("needs", "true", needsArtefact("read", "a")))
	}
	for _, isolation := range []schedulepb.Isolation{schedulepb.Isolation_ISOLATION_PROCESS, schedulepb.Isolation_ISOLATION_POOL} {
		t.Run(isolation.Name(), func(t *testing.T) {
			r := runs(t, p(), &Options{
				Isolation: isolation,
				Input: func(call *schedulepb.Call, field string) (proto.Message, error) {
					if field != "input" {
						return nil, errors.New("it has no settings")
					}
					text, err := protojson.Marshal(call.GetInput().GetFields()["words"])
					if err != nil {
						return nil, err
					}
					words := new(wrapperspb.StringValue)
					return words, protojson.Unmarshal(text, words)
				},
				Roles: func(role *schedulepb.Role) (*Part, error) {
					if role.GetName() != "component-0" {
						return nil, errors.New("there is no such role")
					}
					return &Part{Executable: executable, Input: wrapperspb.String("sleep:1ms"), Options: []actor.Option{actor.LogLevel(actor.LevelNone)}}, nil
				},
			})
			want := map[string]string{"given": "ok", "read": "ok", "fails": "failed", "role": "ok", "needs": "ok"}
			if diff := cmp.Diff(want, statuses(r)); diff != "" {
				t.Errorf("statuses (-want +got):\n%s", diff)
				dump(t, r)
			}
			for _, id := range []string{"given", "read", "role"} {
				if a := jobOf(t, r, id).GetAttempts()[0]; a.GetPid() == 0 || a.GetValue().GetJson() != `"done"` {
					t.Errorf("job %s: pid %d, value %s", id, a.GetPid(), a.GetValue().GetJson())
				}
			}
			if m := jobOf(t, r, "given").GetAttempts()[0].GetMessages(); len(m) != 1 || m[0].GetName() != "m" {
				t.Errorf("messages %v", m)
			}
		})
	}
}

// An executable that is gone when it is called is an error of its own kind.
func TestExecutableThatIsNotThere(t *testing.T) {
	gone := plays("gone", "")
	gone.GetCall().Object, gone.GetCall().Executable = "", filepath.Join(t.TempDir(), "gone")
	command := shell("command", "")
	command.GetCommand().Argv = []string{gone.GetCall().GetExecutable()}
	_, err := tries(t, context.Background(), plan(gone, command), nil)
	var refused *RefusedError
	if !errors.As(err, &refused) || len(refused.Problems) != 2 {
		t.Errorf("Run: %v, want two problems", err)
	}
	taken := filepath.Join(t.TempDir(), "taken")
	if err := os.WriteFile(taken, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, j := range []*schedulepb.Job{gone, command} {
		j.Needs = []*schedulepb.Need{{Job: "removes"}}
	}
	gone.GetCall().Executable, command.GetCommand().Argv = taken, []string{taken}
	r := runs(t, plan(shell("removes", "rm "+taken), gone, command), &Options{Folder: filepath.Join(t.TempDir(), "run")})
	for _, id := range []string{"gone", "command"} {
		j := jobOf(t, r, id)
		if got := j.GetStatus().Name() + " " + j.GetCause().GetKind(); got != "error not-found" {
			t.Errorf("job %s is %s: %s", id, got, j.GetCause().GetText())
		}
	}
}

// While the machine has too much to do nothing is started, and an interrupt ends the
// run all the same.
func TestGate(t *testing.T) {
	p := plan(shell("waits", "true"))
	p.Limits = &schedulepb.Limits{MemoryBytes: new(uint64(1 << 60))}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r, err := tries(t, ctx, p, &Options{Events: func(e *schedulepb.Event) {
		if e.GetJobQueued() != nil {
			cancel()
		}
	}})
	if err != nil || r.GetExitStatus() != 130 {
		t.Errorf("exit status %d, %v", r.GetExitStatus(), err)
	}
	if got := statuses(r)["waits"]; got != "not-run" {
		t.Errorf("the job is %s", got)
	}
}
