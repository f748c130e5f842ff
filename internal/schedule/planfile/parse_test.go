package planfile_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/testing/protocmp"

	pb "github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/planfile"
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

func parse(t testing.TB, name, text string) *planfile.File {
	t.Helper()
	f, err := planfile.Parse(name, []byte(text))
	if err != nil {
		t.Fatalf("parse: %v", err)
	}
	return f
}

func TestParse(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"a short form of a need", `jobs: [{needs: [build]}]`, `jobs {needs {job: "build"}}`},
		{"a long form of a need", `jobs: [{needs: [{job: build, artefact: fw}]}]`, `jobs {needs {job: "build" artefact: "fw"}}`},
		{"a need by number", `jobs: [{needs: [3]}]`, `jobs {needs {job: "3"}}`},
		{"a demand", `jobs: [{resources: [board-a, {name: b, amount: 2}]}]`, `jobs {resources {name: "board-a"} resources {name: "b" amount: 2}}`},
		{"a resource and its units", `resources: [a, {name: b, units: [x, {name: y, attributes: {usb: 3}}]}]`, `resources {name: "a"} resources {name: "b" units {name: "x"} units {name: "y" attributes {key: "usb" value: "3"}}}`},
		{"a command as a list", `jobs: [{command: [make, -j, 4]}]`, `jobs {command {argv: "make" argv: "-j" argv: "4"}}`},
		{"a command as a line", `jobs: [{command: make x | tee y}]`, `jobs {command {argv: "sh" argv: "-c" argv: "make x | tee y"}}`},
		{"a command of several lines", "jobs:\n- command: |\n    a\n    b\n", `jobs {command {argv: "sh" argv: "-c" argv: "a\nb\n"}}`},
		{"a call", `jobs: [{call: blink}]`, `jobs {call {executable: "blink"}}`},
		{"a role", `jobs: [{role: server-0}]`, `jobs {role {name: "server-0"}}`},
		{"a repeat", `jobs: [{repeat: 3}]`, `jobs {repeat {count: 3}}`},
		{"a pause", `jobs: [{backoff: 1m30s}]`, `jobs {backoff {delay {seconds: 90}}}`},
		{"a fingerprint", `jobs: [{fingerprint: [a.c, b.c]}]`, `jobs {fingerprint {files: "a.c" files: "b.c"}}`},
		{"an expected failure", `expected: [wlan-*]`, `expected {job: "wlan-*"}`},
		{"spans of time", `jobs: [{timeout: 5m, grace: 60s, slow: 1h30m, estimate: 1.5s}]`, `jobs {timeout {seconds: 300} grace {seconds: 60} slow {seconds: 5400} estimate {seconds: 1 nanos: 500000000}}`},
		{"spans of time as Go has them, and bare seconds", `jobs: [{timeout: 250ms, grace: 60, slow: -2s, estimate: 0.5}]`, `jobs {timeout {nanos: 250000000} grace {seconds: 60} slow {seconds: -2} estimate {nanos: 500000000}}`},
		{"enums by their words", `jobs: [{isolation: in-process, strays: kill, needs: [{job: a, after: success}], repeat: {until: pass}}]`, `jobs {isolation: ISOLATION_IN_PROCESS strays: STRAYS_KILL needs {job: "a" after: AFTER_SUCCESS} repeat {until: UNTIL_PASS}}`},
		{"enums otherwise", `jobs: [{isolation: in_process}, {isolation: Pool}, {isolation: ISOLATION_PROCESS}, {isolation: 2}]`, `jobs {isolation: ISOLATION_IN_PROCESS} jobs {isolation: ISOLATION_POOL} jobs {isolation: ISOLATION_PROCESS} jobs {isolation: ISOLATION_POOL}`},
		{"a status", `exit_statuses: [{status: 3, means: not-ready}]`, `exit_statuses {status: 3 means: STATUS_NOT_READY}`},
		{"fields with - and in camel case", `exit-statuses: [{status: 3}]
jobs: [{beforeStop: {lead: 2s}}]`, `exit_statuses {status: 3} jobs {before_stop {lead {seconds: 2}}}`},
		{"texts that look otherwise", `jobs: [{id: 007, description: 1.10, skip: true, environment: {N: 5, B: false, Y: yes}}]`, `jobs {id: "007" description: "1.10" skip: "true" environment {key: "N" value: "5"} environment {key: "B" value: "false"} environment {key: "Y" value: "yes"}}`},
		{"what is null is not set", `jobs: [{id: a, timeout: ~, labels: null, call: }]`, `jobs {id: "a"}`},
		{"a null beside another one of its kind", `jobs: [{call: null, command: [x]}]`, `jobs {command {argv: "x"}}`},
		{"a free tree", `jobs: [{call: {executable: x, input: {a: 1, b: [x, ~, true, 2.5], c: {d: "5"}}}}]`, `jobs {call {executable: "x" input {
			fields {key: "a" value {number_value: 1}}
			fields {key: "b" value {list_value {values {string_value: "x"} values {null_value: NULL_VALUE} values {bool_value: true} values {number_value: 2.5}}}}
			fields {key: "c" value {struct_value {fields {key: "d" value {string_value: "5"}}}}}}}}`},
		{"numbers in a free tree that no float holds", `jobs: [{call: {input: {a: 9007199254740993, b: .inf, c: 0x10, d: 9007199254740992}}}]`, `jobs {call {input {
			fields {key: "a" value {string_value: "9007199254740993"}} fields {key: "b" value {string_value: "Infinity"}}
			fields {key: "c" value {number_value: 16}} fields {key: "d" value {number_value: 9007199254740992}}}}}`},
		{"anchors", "jobs:\n- {id: a, call: &c {executable: x}}\n- {id: b, call: *c}\n", `jobs {id: "a" call {executable: "x"}} jobs {id: "b" call {executable: "x"}}`},
		{"merge keys, under what is written out", "jobs:\n- &a {id: a, timeout: 5s, retries: 1}\n- {<<: *a, id: b}\n- {id: c, <<: [{retries: 3}, *a]}\n", `jobs {id: "a" timeout {seconds: 5} retries: 1} jobs {id: "b" timeout {seconds: 5} retries: 1} jobs {id: "c" timeout {seconds: 5} retries: 3}`},
		{"JSON", `{"jobs": [{"id": "a\u00e9\ud83d\ude00", "timeout": "5s", "command": ["x"]}]}`, `jobs {id: "aé😀" timeout {seconds: 5} command {argv: "x"}}`},
		{"comments and a beginning", "# a plan\n---\njobs: [] # none\n...\n", ``},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := plan(t, tt.want)
			want.Name = "plan"
			if diff := cmp.Diff(want, parse(t, "plan.yaml", tt.text).Plan, protocmp.Transform()); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
		})
	}
}

// The plan of the README of schedules, in the words of its user.
func TestParseWhole(t *testing.T) {
	got := parse(t, "testbench.yaml", `
resources: [{name: board-a, capacity: 2}, {name: reference, capacity: 1}]
defaults: {timeout: 60s, retries: 1}
jobs:
  - {id: build, command: {argv: [make, firmware]}, artefacts: [fw-a, fw-b]}
  - {id: blink, call: {executable: blink-test, input: {cycles: 3}}, needs: [{job: build, artefact: fw-a}], resources: [{name: board-a}], priority: 2}
`)
	want := plan(t, `name: "testbench" resources {name: "board-a" capacity: 2} resources {name: "reference" capacity: 1}
		defaults {timeout {seconds: 60} retries: 1}
		jobs {id: "build" command {argv: "make" argv: "firmware"} artefacts: "fw-a" artefacts: "fw-b"}
		jobs {id: "blink" call {executable: "blink-test" input {fields {key: "cycles" value {number_value: 3}}}} needs {job: "build" artefact: "fw-a"} resources {name: "board-a"} priority: 2}`)
	if diff := cmp.Diff(want, got.Plan, protocmp.Transform()); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
}

func TestWhere(t *testing.T) {
	f := parse(t, "plan.yaml", `# a comment
name: x
resources:
  - board
jobs:
  - id: a
    command: make
    environment:
      A.B: x
  - <<: &more
      before-stop:
        command: [x]
    id: b
    needs:
      - a
      - job: c
    call:
      input:
        cycles:
          - 1
          - {deep: 2}
  - *more
`)
	tests := []struct {
		path string
		want int
	}{
		{"", 2}, {"name", 2}, {"resources[0].name", 4}, {"jobs[0]", 6}, {"jobs[0].id", 6}, {"jobs[0].command.argv[0]", 7},
		{"jobs[0].timeout", 6}, {"jobs[0].environment.A.B", 8}, {"jobs[1].id", 13}, {"jobs[1].needs[0].job", 15}, {"jobs[1].needs[1].job", 16},
		{"jobs[1].needs[1].artefact", 16}, {"jobs[1].call.input.cycles[1].deep", 21}, {"jobs[1].call.input.other", 18},
		{"jobs[1].before_stop.command.argv[0]", 12}, {"jobs[9].id", 5}, {"jobs[x]", 5}, {"limits.timeout", 2}, {"jobs[2].before_stop.lead", 11},
	}
	for _, tt := range tests {
		if got := f.Where(tt.path); got != tt.want {
			t.Errorf("%s is in line %d, want %d", tt.path, got, tt.want)
		}
	}
	if got := (&planfile.File{Plan: &pb.Plan{}}).Where("jobs[0]"); got != 0 {
		t.Errorf("without a text it is in line %d, want 0", got)
	}
}
