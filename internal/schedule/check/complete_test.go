package check_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"pgregory.net/rapid"

	pb "github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/check"
)

// plan reads the text form of protobuf.
func plan(t testing.TB, text string) *pb.Plan {
	t.Helper()
	p := &pb.Plan{}
	if err := prototext.Unmarshal([]byte(text), p); err != nil {
		t.Fatalf("bad test: %v in\n%s", err, text)
	}
	return p
}

func TestCompleteJob(t *testing.T) {
	const complete = `id: "a" weight: 1 timeout {seconds: 3600} grace {seconds: 10} retries: 0 priority: 0 not_ready_tries: 3 strays: STRAYS_KILL isolation: ISOLATION_PROCESS `
	tests := []struct{ name, plan, want string }{
		{"what nobody says", `jobs {id: "a"}`, complete},
		{
			"what the defaults say", `defaults {timeout {seconds: 5} grace {} slow {seconds: 2} retries: 2 priority: -1 not_ready_tries: 9 strays: STRAYS_FAIL isolation: ISOLATION_POOL} jobs {id: "a"}`,
			`id: "a" weight: 1 timeout {seconds: 5} grace {} slow {seconds: 2} retries: 2 priority: -1 not_ready_tries: 9 strays: STRAYS_FAIL isolation: ISOLATION_POOL`,
		},
		{
			"what the job says itself, though it is zero", `defaults {retries: 2 priority: 4} jobs {id: "a" retries: 0 priority: 0}`, complete,
		},
		{
			"environments over each other", `environment {key: "A" value: "plan"} environment {key: "B" value: "plan"} environment {key: "C" value: "plan"}
			defaults {environment {key: "B" value: "defaults"} environment {key: "C" value: "defaults"}}
			jobs {id: "a" environment {key: "C" value: "job"}}`,
			complete + `environment {key: "A" value: "plan"} environment {key: "B" value: "defaults"} environment {key: "C" value: "job"}`,
		},
		{
			"the rest of a pause", `defaults {backoff {delay {seconds: 1}}} jobs {id: "a"}`,
			complete + `backoff {delay {seconds: 1} factor: 1 limit {seconds: 60} jitter: 0}`,
		},
		{
			"a command is a process", `defaults {isolation: ISOLATION_POOL} jobs {id: "a" command {argv: "x"}}`, complete + `command {argv: "x"}`,
		},
		{
			"a role is a process", `defaults {isolation: ISOLATION_IN_PROCESS} jobs {id: "a" role {name: "x"}}`, complete + `role {name: "x"}`,
		},
		{
			"what a need waits for", `jobs {id: "a" needs {job: "b"} needs {job: "b" artefact: "c"} needs {job: "b" after: AFTER_FINISH}}`,
			complete + `needs {job: "b" after: AFTER_SUCCESS} needs {job: "b" artefact: "c" after: AFTER_ARTEFACT} needs {job: "b" after: AFTER_FINISH}`,
		},
		{"one unit", `jobs {id: "a" resources {name: "r"}}`, complete + `resources {name: "r" amount: 1}`},
		{"the lead before a stop", `jobs {id: "a" before_stop {}}`, complete + `before_stop {lead {seconds: 5} timeout {seconds: 5}}`},
		{"as long as the lead", `jobs {id: "a" before_stop {lead {seconds: 2}}}`, complete + `before_stop {lead {seconds: 2} timeout {seconds: 2}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := plan(t, "jobs {"+tt.want+"}").Jobs[0]
			if diff := cmp.Diff(want, check.Complete(plan(t, tt.plan)).Jobs[0], protocmp.Transform()); diff != "" {
				t.Errorf("job (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCompletePlan(t *testing.T) {
	tests := []struct{ name, plan, want string }{
		{"a name", ``, `name: "plan"`},
		{"its own name stays", `name: "x"`, `name: "x"`},
		{"one unit", `resources {name: "r"}`, `name: "plan" resources {name: "r" capacity: 1 units {name: "r.0"}}`},
		{"as many units as there is room", `resources {name: "r" capacity: 2}`, `name: "plan" resources {name: "r" capacity: 2 units {name: "r.0"} units {name: "r.1"}}`},
		{"as much room as units", `resources {name: "r" units {name: "x"} units {}}`, `name: "plan" resources {name: "r" capacity: 2 units {name: "x"} units {name: "r.1"}}`},
		{
			"attributes of all units under their own", `resources {name: "r" attributes {key: "a" value: "1"} attributes {key: "b" value: "1"} units {attributes {key: "b" value: "2"}} units {}}`,
			`name: "plan" resources {name: "r" capacity: 2 attributes {key: "a" value: "1"} attributes {key: "b" value: "1"}
			units {name: "r.0" attributes {key: "a" value: "1"} attributes {key: "b" value: "2"}} units {name: "r.1" attributes {key: "a" value: "1"} attributes {key: "b" value: "1"}}}`,
		},
		{"how long a cleaner may take", `resources {name: "r" cleaner {}}`, `name: "plan" resources {name: "r" capacity: 1 units {name: "r.0"} cleaner {timeout {seconds: 60}}}`},
		{"a guard that fails stops the run", `guards {}`, `name: "plan" guards {id: "guard-0" alarm: ALARM_STOP_RUN}`},
		{"a capacity beyond all measure gets no units", `resources {name: "r" capacity: 4000000000}`, `name: "plan" resources {name: "r" capacity: 4000000000}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := check.Complete(plan(t, tt.plan))
			if diff := cmp.Diff(plan(t, tt.want), got, protocmp.Transform()); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
		})
	}
}

// A function runs where it was given, whatever the defaults say.
func TestCompleteFunction(t *testing.T) {
	got := check.Complete(plan(t, `defaults {isolation: ISOLATION_POOL} jobs {id: "a" function: "f"}`)).Jobs[0].GetIsolation()
	if got != pb.Isolation_ISOLATION_IN_PROCESS {
		t.Errorf("isolation is %v, want in-process", got)
	}
}

func TestCompleteTakesWhatIsMissing(t *testing.T) {
	if got := check.Complete(nil); got.GetName() != "plan" {
		t.Errorf("no plan gives %v", got)
	}
	holes := &pb.Plan{
		Jobs: []*pb.Job{nil, {Needs: []*pb.Need{nil}, Resources: []*pb.Demand{nil}}}, Resources: []*pb.Resource{nil, {Units: []*pb.Unit{nil}}},
		Guards: []*pb.Guard{nil}, Expected: []*pb.Expected{nil}, ExitStatuses: []*pb.ExitRule{nil},
	}
	if len(check.Plan(holes, check.Options{})) == 0 {
		t.Error("a plan of holes has no problem")
	}
	check.Warnings(holes)
}

// Completing changes neither the plan that is given, nor one that is complete,
// and jobs share nothing that one of them could change for another.
func TestCompleteIsStable(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := &pb.Plan{Defaults: &pb.Defaults{}}
		span := rapid.Custom(func(t *rapid.T) *durationpb.Duration {
			if rapid.Bool().Draw(t, "unset") {
				return nil
			}
			return durationpb.New(time.Duration(rapid.IntRange(-5, 5).Draw(t, "s")) * time.Second)
		})
		p.Defaults.Timeout, p.Defaults.Slow = span.Draw(rt, "timeout"), span.Draw(rt, "slow")
		p.Defaults.Backoff = &pb.Backoff{Delay: span.Draw(rt, "delay")}
		for range rapid.IntRange(1, 3).Draw(rt, "jobs") {
			job := &pb.Job{Timeout: span.Draw(rt, "timeout"), Slow: span.Draw(rt, "slow"), Needs: []*pb.Need{{Job: "x"}}}
			if rapid.Bool().Draw(rt, "set") {
				job.Retries = proto.Uint32(rapid.Uint32().Draw(rt, "retries"))
			}
			p.Jobs = append(p.Jobs, job)
		}
		before := proto.CloneOf(p)
		once := check.Complete(p)
		if !proto.Equal(before, p) {
			rt.Fatalf("the plan was changed: %v", p)
		}
		if twice := check.Complete(once); !proto.Equal(once, twice) {
			rt.Fatalf("complete once:\n%v\ntwice:\n%v", once, twice)
		}
		rest := proto.CloneOf(once)
		job := once.Jobs[0]
		job.Timeout.Seconds, job.Backoff.Limit.Seconds, *job.Retries = 99, 99, 99
		for i := 1; i < len(once.Jobs); i++ {
			if !proto.Equal(once.Jobs[i], rest.Jobs[i]) {
				rt.Fatalf("job %d was changed with the first", i)
			}
		}
	})
}
