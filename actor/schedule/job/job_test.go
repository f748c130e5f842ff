package job

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/lifecycle"
)

// looks is an object that gives its job to the function that the test has set.
var looks = actor.Define("looks", func(self *actor.Context, _, _ *lifecycle.None) (*lifecycle.Ack, error) {
	look(From(self))
	return nil, nil
})

var look func(j *Job, ok bool)

func with(t *testing.T, a *schedulepb.Assignment, do func(j *Job)) {
	t.Helper()
	header, err := Encode(a)
	if err != nil {
		t.Fatal(err)
	}
	looked := false
	look = func(j *Job, ok bool) {
		if looked = ok; ok {
			do(j)
		}
	}
	if _, err := looks.Call(context.Background(), nil, actor.InProcess(), actor.Header(Header, header)); err != nil || !looked {
		t.Fatalf("the object saw its job: %t, %v", looked, err)
	}
}

func TestFromTellsTheJob(t *testing.T) {
	deadline := time.Now().Add(time.Minute).Round(time.Microsecond)
	with(t, &schedulepb.Assignment{
		Run: "run", Job: "id", Attempt: 2, Slot: 3, Seed: 4, Deadline: timestamppb.New(deadline), Output: "/out", Temporary: "/tmp/x",
		Holds: []*schedulepb.Hold{{Resource: "board", Unit: "board.1"}, {Resource: "port", Unit: "port.0"}},
	}, func(j *Job) {
		if j.Run() != "run" || j.ID() != "id" || j.Attempt() != 2 || j.Slot() != 3 || j.Seed() != 4 || !j.Deadline().Equal(deadline) {
			t.Errorf("job %v", j.assigned)
		}
		if j.Output() != "/out" || j.Temporary() != "/tmp/x" || len(j.Units("")) != 2 || len(j.Units("port")) != 1 {
			t.Errorf("job %v", j.assigned)
		}
	})
}

func TestFromWithoutASchedule(t *testing.T) {
	for _, options := range [][]actor.Option{{actor.InProcess()}, {actor.InProcess(), actor.Header(Header, "?")}} {
		look = func(j *Job, ok bool) {
			if j != nil || ok {
				t.Error("there is a job")
			}
		}
		if _, err := looks.Call(context.Background(), nil, options...); err != nil {
			t.Error(err)
		}
	}
}

func TestValueOf(t *testing.T) {
	payload, err := proto.Marshal(wrapperspb.String("hello"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "value")
	if err := os.WriteFile(file, payload, 0o666); err != nil {
		t.Fatal(err)
	}
	const name = "google.protobuf.StringValue"
	tests := []struct {
		name  string
		value *schedulepb.Value
		want  string
		err   string
	}{
		{"a message", &schedulepb.Value{Type: name, Payload: payload}, "hello", ""},
		{"a message in a file", &schedulepb.Value{Type: name, File: file}, "hello", ""},
		{"JSON of a command", &schedulepb.Value{Payload: []byte(`"hello"`)}, "hello", ""},
		{"nothing", nil, "", "read the value of other: it returned none, it is ok"},
		{"another type", &schedulepb.Value{Type: "x.Y"}, "", "read the value of other: it is a x.Y, not a " + name},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			need := &schedulepb.Outcome{Job: "other", Status: "ok", Value: tt.value}
			with(t, &schedulepb.Assignment{Job: "id", Needs: []*schedulepb.Outcome{need}}, func(j *Job) {
				got, err := ValueOf[*wrapperspb.StringValue](j, "other")
				if got.GetValue() != tt.want || tt.err == "" && err != nil || tt.err != "" && (err == nil || err.Error() != tt.err) {
					t.Errorf("got %v, %v, want %q, %q", got, err, tt.want, tt.err)
				}
				if _, err := ValueOf[*wrapperspb.StringValue](j, "nobody"); err == nil {
					t.Error("a job that is not needed has a value")
				}
			})
		})
	}
}

func TestFound(t *testing.T) {
	need := &schedulepb.Outcome{Job: "other", Artefacts: []*schedulepb.ArtefactReady{{Name: "a", Value: "/a"}}}
	with(t, &schedulepb.Assignment{Needs: []*schedulepb.Outcome{need}}, func(j *Job) {
		if got, ok := j.Found("other", "a"); got != "/a" || !ok {
			t.Errorf("found %q, %t", got, ok)
		}
		if _, ok := j.Found("other", "b"); ok {
			t.Error("found what was not announced")
		}
	})
}
