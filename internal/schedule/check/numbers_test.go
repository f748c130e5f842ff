package check_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	pb "github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/check"
	"google.golang.org/protobuf/types/known/durationpb"
)

func TestNumbers(t *testing.T) {
	job := func(more string) string { return fmt.Sprintf(`jobs: [{id: a, command: [x], %s}]`, more) }
	defaults := func(more string) string {
		return fmt.Sprintf(`{defaults: {%s}, jobs: [{id: a, command: [x]}, {id: b, command: [x]}]}`, more)
	}
	limits := func(more string) string { return fmt.Sprintf(`{limits: {%s}, jobs: [{id: a, command: [x]}]}`, more) }
	checkAll(t, check.Options{Slots: 2}, []problem{
		{"nothing wrong", job(`timeout: 1s, grace: 0s, slow: 500ms, estimate: 0s, weight: 2, backoff: {delay: 0s, factor: 1, jitter: 1}, before_stop: {command: [x], lead: 500ms}`), ""},
		{"no time", job(`timeout: 0s`), `jobs[0].timeout: timeout of job a is 0: write how long, or leave it out`},
		{"less than no time", job(`timeout: -5m`), `jobs[0].timeout: timeout of job a is -5m, less than nothing: leave out the minus`},
		{"less than no grace", job(`grace: -1s`), `jobs[0].grace: grace of job a is -1s, less than nothing: leave out the minus`},
		{"slow at once", job(`slow: 0s`), `jobs[0].slow: slow of job a is 0: write how long, or leave it out`},
		{"an estimate below nothing", job(`estimate: -1s`), `jobs[0].estimate: estimate of job a is -1s, less than nothing: leave out the minus`},
		{"a pause below nothing", job(`backoff: -1s`), `jobs[0].backoff.delay: backoff.delay of job a is -1s, less than nothing: leave out the minus`},
		{"pauses that shrink", job(`backoff: {factor: 0.5}`), `jobs[0].backoff.factor: backoff.factor of job a is 0.5: write a number from 1 to 1000000`},
		{"pauses that are no number", job(`backoff: {factor: .nan}`), `jobs[0].backoff.factor: backoff.factor of job a is NaN: write a number from 1 to 1000000`},
		{"more than all of it random", job(`backoff: {jitter: 2}`), `jobs[0].backoff.jitter: backoff.jitter of job a is 2: write a number from 0 to 1`},
		{"no tries", job(`not_ready_tries: 0`), `jobs[0].not_ready_tries: job a is tried 0 times: write 1 or more`},
		{"no slot", job(`weight: 0`), `jobs[0].weight: job a takes 0 slots: write 1 or more`},
		{"more slots than there are", job(`weight: 3`), `jobs[0].weight: job a takes 3 slots, and there are 2: lower its weight, or give the run more slots`},
		{"no repeat", job(`repeat: 0`), `jobs[0].repeat.count: job a is repeated 0 times: say how often, or leave repeat out`},
		{"a lead longer than the limit", job(`timeout: 5s, before_stop: {command: [x], lead: 6s}`), `jobs[0].before_stop.lead: job a is to be prepared for its stop 6s before a limit of 5s: write a lead that is shorter`},
		{"a lead that nobody gave", job(`timeout: 5s, before_stop: {command: [x]}`), `jobs[0].before_stop.lead: job a is to be prepared for its stop 5s before a limit of 5s: write a lead that is shorter`},
		{"no lead", job(`before_stop: {command: [x], lead: 0s, timeout: 1s}`), `jobs[0].before_stop.lead: before_stop.lead of job a is 0: write how long, or leave it out`},
		{"an empty label", job(`labels: [" "]`), `jobs[0].labels[0]: job a has an empty label: leave it out`},
		{"a pattern that is none", job(`fingerprint: ["src/[a"]`), `jobs[0].fingerprint.files[0]: "src/[a" is no pattern of files: close its [ or write \[`},
		{"defaults, once", defaults(`timeout: 0s`), `defaults.timeout: timeout of the defaults is 0: write how long, or leave it out`},
		{"defaults that never try", defaults(`not_ready_tries: 0`), `defaults.not_ready_tries: the defaults try a job 0 times: write 1 or more`},
		{"defaults of pauses", defaults(`backoff: {limit: 0s}`), `defaults.backoff.limit: backoff.limit of the defaults is 0: write how long, or leave it out`},
		{"a run of no time", limits(`timeout: 0s`), `limits.timeout: timeout of the run is 0: write how long, or leave it out`},
		{"more failures than jobs", limits(`failure_ratio: 1.5`), `limits.failure_ratio: failure_ratio of the run is 1.5: write a number from 0 to 1`},
		{"a load that is always there", limits(`load: 0`), `limits.load: load of the run is 0, so that nothing could ever start: write a number above 0, or leave it out`},
	})
}

// Problems name the job that they are about, and none where there is none.
func TestProblemsNameJobs(t *testing.T) {
	p := written(t, `{resources: ["a b"], jobs: [{id: x, command: [y], retries: 1, needs: [z], weight: 0}, {id: x, command: [y]}], guards: [{id: "g g", command: [y]}]}`)
	var got []string
	for _, p := range check.Plan(p, check.Options{}) {
		got = append(got, p.Path+"="+p.Job)
	}
	want := []string{"resources[0].name=", "jobs[1].id=x", "jobs[0].needs[0].job=x", "jobs[0].weight=x", "guards[0].id="}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

// Slots come from the caller, or from the plan, or are not known.
func TestSlots(t *testing.T) {
	tests := []struct {
		name, limits string
		slots        int
		want         string
	}{
		{"those of the plan", "slots: 1", 0, "jobs[0].weight: job a takes 3 slots, and there is 1: lower its weight, or give the run more slots"},
		{"those of the caller go before", "slots: 1", 4, ""},
		{"unknown", "", 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			problem{tt.name, fmt.Sprintf(`{limits: {%s}, jobs: [{id: a, command: [x], weight: 3}]}`, tt.limits), tt.want}.check(t, check.Options{Slots: tt.slots})
		})
	}
}

func TestOthers(t *testing.T) {
	of := func(more string) string { return fmt.Sprintf(`{jobs: [{id: a, command: [x]}], %s}`, more) }
	checkAll(t, check.Options{}, []problem{
		{"nothing wrong", of(`guards: [{id: g, command: [x], alarm: warn}], expected: ["a*"], exit_statuses: [{status: 3, means: not-ready}]`), ""},
		{"a guard that does nothing", of(`guards: [{id: g}]`), `guards[0]: guard g has nothing to do: give it a command or a call`},
		{"a guard twice", of(`guards: [{id: g, command: [x]}, {id: g, command: [x]}]`), `guards[1].id: guard g is there already, as number 1: give each its own id`},
		{"a guard called as a job", of(`guards: [{id: a, command: [x]}]`), `guards[0].id: guard a is called as a job is: give it an id of its own`},
		{"a guard with an empty call", of(`guards: [{id: g, call: {}}]`), `guards[0].call: the call of guard g does not say what is called: give it an executable or an object`},
		{"a failure that fits all", of(`expected: [{reason: x}]`), `expected[0]: expected failure number 1 fits every job: give it a job, a label or a resource`},
		{"a pattern that is none", of(`expected: ["[a"]`), `expected[0].job: "[a" is no pattern: close its [ or write \[`},
		{"a status that there is not", of(`exit_statuses: [{status: 256, means: ok}]`), `exit_statuses[0].status: exit status 256 does not exist: write 0 to 255`},
		{"two meanings", of(`exit_statuses: [{status: 3, means: ok}, {status: 3, means: failed}]`), `exit_statuses[1].status: exit status 3 has a meaning already, in rule number 1: keep one`},
		{"no meaning", of(`exit_statuses: [{status: 3}]`), `exit_statuses[0].means: exit status 3 is given no meaning: write one of ok, failed, error, skipped, unchanged, not-ready`},
		{"a meaning that is not its own", of(`exit_statuses: [{status: 3, means: timed-out}]`), `exit_statuses[0].means: exit status 3 cannot mean timed-out, which only the scheduler knows: write one of ok, failed, error, skipped, unchanged, not-ready`},
	})
}

// What can only be built in Go is checked, too.
func TestBuiltPlans(t *testing.T) {
	command := &pb.Job_Command{Command: &pb.Command{Argv: []string{"x"}}}
	tests := []struct {
		name string
		job  *pb.Job
		want string
	}{
		{"an enum that means nothing", &pb.Job{Strays: 77}, "jobs[0].strays: job a has strays 77, which means nothing: use one of its constants"},
		{"a time out of range", &pb.Job{Timeout: &durationpb.Duration{Seconds: 1, Nanos: -1}}, "jobs[0].timeout: timeout of job a is out of range: write less"},
		{"a need that is nil", &pb.Job{Needs: []*pb.Need{nil}}, "jobs[0].needs[0].job: job a needs a job without an id: say which"},
		{"a demand that is nil", &pb.Job{Resources: []*pb.Demand{nil}}, "jobs[0].resources[0].name: job a demands a resource without a name: say which"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.job.Id, tt.job.Work = "a", command
			got := check.Plan(&pb.Plan{Jobs: []*pb.Job{tt.job}}, check.Options{})
			if len(got) != 1 || got[0].String() != tt.want || got[0].Job != "a" {
				t.Errorf("got %v, want %q of job a", got, tt.want)
			}
		})
	}
}

func TestWarnings(t *testing.T) {
	of := func(more string) string {
		return fmt.Sprintf(`{resources: [b], jobs: [{id: a-1, labels: [l], command: [x]}], %s}`, more)
	}
	tests := []problem{
		{"nothing odd", of(`expected: [{job: "a-*"}, {job: a-1, label: l, resource: b.0}, {label: l}, {resource: b}]`), ""},
		{"no jobs", `{name: x}`, `jobs: the plan has no jobs: nothing will run`},
		{"an expected failure of nobody", of(`expected: [{job: "b-*"}]`), `expected[0].job: no job is called "b-*", so that its expected failure can never be: correct it, or take it out`},
		{"an expected failure of no label", of(`expected: [{job: a-1, label: m}]`), `expected[0].label: no job has the label "m" and is called a-1, so that its expected failure can never be: correct it, or take it out`},
		{"an expected failure of no resource", of(`expected: [{resource: c}]`), `expected[0].resource: no resource or unit is called c, so that the expected failure can never be: correct it, or take it out`},
		{"slow that never comes", `jobs: [{id: a, command: [x], timeout: 1s, slow: 1s}]`, `jobs[0].slow: job a would be stopped for its timeout before it counts as slow: shorten slow`},
		{
			"ids that differ in case", `jobs: [{id: a, command: [x]}, {id: A, command: [x]}]`,
			`jobs[1].id: job A and job a differ in case only, and share a folder where the file system does not tell case apart: rename one`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := written(t, tt.plan)
			got := ""
			for _, w := range check.Warnings(p) {
				got += w.String()
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
			if problems := check.Plan(p, check.Options{}); len(problems) > 0 {
				t.Errorf("a warning is no problem, got %v", problems)
			}
		})
	}
}
