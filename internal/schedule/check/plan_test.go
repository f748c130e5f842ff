package check_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/anypb"

	pb "github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/check"
	"github.com/ansar-go/ansar/internal/schedule/planfile"
)

// written reads a plan as people write it.
func written(t testing.TB, text string) *pb.Plan {
	t.Helper()
	f, err := planfile.Parse("plan.yaml", []byte(text))
	if err != nil {
		t.Fatalf("bad test: %v", err)
	}
	return f.Plan
}

// problem is one case: a plan, and the only problem that it has. Jobs called ok
// are there to be needed.
type problem struct{ name, plan, want string }

func (tt problem) check(t *testing.T, o check.Options) {
	t.Helper()
	var got []string
	problems := check.Plan(written(t, tt.plan), o)
	for _, p := range problems {
		got = append(got, p.String())
	}
	if diff := cmp.Diff(problems, check.Plan(check.Complete(written(t, tt.plan)), o)); diff != "" {
		t.Errorf("problems of the plan as written, and when it is complete (-written +complete):\n%s", diff)
	}
	if diff := cmp.Diff(tt.want, strings.Join(got, "\n")); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func checkAll(t *testing.T, o check.Options, tests []problem) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.check(t, o) })
	}
}

func TestIDs(t *testing.T) {
	long := strings.Repeat("x", 129)
	checkAll(t, check.Options{}, []problem{
		{"nothing wrong", `jobs: [{id: a_b-C.1@x+y:z=9, command: [x]}]`, ""},
		{"none", `jobs: [{command: [x]}]`, `jobs[0].id: the id of job number 1 is missing: give it one`},
		{"a blank", `jobs: [{id: "a b", command: [x]}]`, `jobs[0].id: the id of job number 1 is "a b", with " " in it: use letters, digits and . _ - @ + : =`},
		{"a slash", `jobs: [{id: ../x, command: [x]}]`, `jobs[0].id: the id of job number 1 is "../x", with "/" in it: use letters, digits and . _ - @ + : =`},
		{"a hidden folder", `jobs: [{id: .., command: [x]}]`, `jobs[0].id: the id of job number 1 is "..": begin it with a letter or a digit`},
		{"a flag", `jobs: [{id: -x, command: [x]}]`, `jobs[0].id: the id of job number 1 is "-x": begin it with a letter or a digit`},
		{"too long", `jobs: [{id: ` + long + `, command: [x]}]`, `jobs[0].id: the id of job number 1 has 129 characters, more than 128: shorten it`},
		{"twice", `jobs: [{id: a, command: [x]}, {id: b, command: [x]}, {id: a, command: [x]}]`, `jobs[2].id: job a is there already, as number 1: give each its own id`},
	})
}

func TestNeeds(t *testing.T) {
	const ok = `{id: ok, command: [x], artefacts: [fw-a, fw-b]}, {id: plain, command: [x]}`
	job := func(needs string) string {
		return fmt.Sprintf(`jobs: [%s, {id: a, command: [x], needs: [%s]}]`, ok, needs)
	}
	checkAll(t, check.Options{}, []problem{
		{"nothing wrong", job(`ok, {job: ok, artefact: fw-a}, {job: ok, artefact: fw-b}, {job: plain, after: finish}`), ""},
		{"nobody", job(`{after: finish}`), `jobs[2].needs[0].job: job a needs a job without an id: say which`},
		{"an unknown job", job(`zebra`), `jobs[2].needs[0].job: job a needs "zebra", which is not in the plan: add it, or correct the id`},
		{"a misspelt job", job(`plian`), `jobs[2].needs[0].job: job a needs "plian", which is not in the plan (did you mean plain?)`},
		{"the same twice", job(`ok, ok`), `jobs[2].needs[1]: job a needs ok twice: keep one`},
		{"an artefact that is not announced", job(`{job: ok, artefact: fw-c}`), `jobs[2].needs[0].artefact: job a needs the artefact "fw-c" of ok, which announces fw-a, fw-b (did you mean fw-a?)`},
		{"an artefact of one that announces none", job(`{job: plain, artefact: fw}`), `jobs[2].needs[0].artefact: job a needs the artefact "fw" of plain, which announces none: add artefacts: [fw] to plain`},
		{"an artefact without a name", job(`{job: ok, after: artefact}`), `jobs[2].needs[0].artefact: job a waits for an artefact of ok and does not say which: name it`},
		{"an artefact and the end", job(`{job: ok, artefact: fw-a, after: finish}`), `jobs[2].needs[0].after: job a waits for the artefact "fw-a" of ok and for its end: keep one, or write two needs`},
		{"itself", `jobs: [{id: a, command: [x], needs: [a]}]`, `jobs[0].needs[0]: cycle: a -> a, where each needs the next, so that none can be the first: remove one of jobs[0].needs[0] (a -> a)`},
		{
			"each other", `jobs: [{id: a, command: [x], needs: [b]}, {id: b, command: [x], needs: [c, a]}, {id: c, command: [x]}]`,
			`jobs[0].needs[0]: cycle: a -> b -> a, where each needs the next, so that none can be the first: remove one of jobs[0].needs[0] (a -> b), jobs[1].needs[1] (b -> a)`,
		},
		{
			"two circles", `jobs: [{id: a, command: [x], needs: [a]}, {id: b, command: [x], needs: [c]}, {id: c, command: [x], needs: [{job: b, after: finish}]}]`,
			"jobs[0].needs[0]: cycle: a -> a, where each needs the next, so that none can be the first: remove one of jobs[0].needs[0] (a -> a)\n" +
				"jobs[1].needs[0]: cycle: b -> c -> b, where each needs the next, so that none can be the first: remove one of jobs[1].needs[0] (b -> c), jobs[2].needs[0] (c -> b)",
		},
		{"an announcement without a name", `jobs: [{id: a, command: [x], artefacts: [""]}]`, `jobs[0].artefacts[0]: job a announces an artefact without a name: give it one`},
		{"an announcement twice", `jobs: [{id: a, command: [x], artefacts: [f, f]}]`, `jobs[0].artefacts[1]: job a announces "f" twice: keep one`},
	})
}

func TestDemands(t *testing.T) {
	const resources = `
resources:
  - {name: board-a, capacity: 2}
  - {name: board-b, units: [{name: b1, attributes: {usb: 2}}, {name: b2, attributes: {usb: 3, wlan: yes}}, {name: b3, attributes: {usb: 3}}]}
  - reference
`
	job := func(demands string) string {
		return fmt.Sprintf(`%sjobs: [{id: a, command: [x], resources: [%s]}]`, resources, demands)
	}
	checkAll(t, check.Options{}, []problem{
		{"nothing wrong", job(`{name: board-a, amount: 2}, {name: board-b, attributes: {usb: 3}}, {name: b1}, {name: reference, shared: true}`), ""},
		{"no name", job(`{amount: 1}`), `jobs[0].resources[0].name: job a demands a resource without a name: say which`},
		{"0 of them", job(`{name: board-a, amount: 0}`), `jobs[0].resources[0].amount: job a needs 0 of board-a: write 1 or more, or leave the demand out`},
		{"a misspelt resource", job(`bord-a`), `jobs[0].resources[0].name: job a needs the resource "bord-a", which is not in the plan (did you mean board-a?)`},
		{"two of one unit", job(`{name: b1, amount: 2}`), `jobs[0].resources[0].amount: job a needs 2 of b1, which has 1: lower the amount, or raise the capacity`},
		{"attributes that no unit has", job(`{name: board-b, attributes: {usb: 4}}`), `jobs[0].resources[0].attributes: job a needs 1 of board-b with usb=4, of which there are 0: its units have usb=2; usb=3, wlan=yes; usb=3`},
		{"attributes where there are none", job(`{name: board-a, attributes: {usb: 4}}`), `jobs[0].resources[0].attributes: job a needs 1 of board-a with usb=4, of which there are 0: no unit of board-a has attributes`},
		{"attributes of too few units", job(`{name: board-b, amount: 2, attributes: {wlan: yes}}`), `jobs[0].resources[0].attributes: job a needs 2 of board-b with wlan=yes, of which there is 1: its units have usb=2; usb=3, wlan=yes; usb=3`},
		{"the same unit twice", job(`b1, b1`), `jobs[0].resources[1]: job a needs 1 of b1 beside its other demands on board-b, which leave too few units that would do: merge the demands, or add units`},
		{"the only one twice", job(`reference, reference`), `jobs[0].resources[1]: job a needs 2 of reference in its 2 demands together, which has 1: lower the amounts, or raise the capacity`},
		{"the same attribute too often", job(`{name: board-b, attributes: {wlan: yes}}, b2`), `jobs[0].resources[1]: job a needs 1 of b2 beside its other demands on board-b, which leave too few units that would do: merge the demands, or add units`},
		{"demands that fit if units are given cleverly", job(`board-b, b1, {name: board-b, attributes: {wlan: yes}}`), ""},
		{"more than there are, together", job(`{name: board-a, amount: 2}, board-a`), `jobs[0].resources[1]: job a needs 3 of board-a in its 2 demands together, which has 2: lower the amounts, or raise the capacity`},
		{"no resources at all", `jobs: [{id: a, command: [x], resources: [z]}]`, `jobs[0].resources[0].name: job a needs the resource "z", and the plan has no resources: add it to them`},
	})
}

// A resource that there is not is refused when the plan is checked.
func TestOC6UnknownResource(t *testing.T) {
	checkAll(t, check.Options{}, []problem{{
		"type Z", `{resources: [{name: type-a, capacity: 2}, type-b], jobs: [{id: ok, command: [x], resources: [type-a]}, {id: a, command: [x], resources: [Z]}]}`,
		`jobs[1].resources[0].name: job a needs the resource "Z", which is not in the plan: there are type-a, type-b`,
	}})
}

// A demand that can never be met is refused with both numbers.
func TestEC8MoreThanThereIs(t *testing.T) {
	checkAll(t, check.Options{}, []problem{{
		"3 of 2", `{resources: [{name: board-a, capacity: 2}], jobs: [{id: a, command: [x], resources: [{name: board-a, amount: 3}]}]}`,
		`jobs[0].resources[0].amount: job a needs 3 of board-a, which has 2: lower the amount, or raise the capacity`,
	}})
}

func TestResources(t *testing.T) {
	of := func(resources string) string { return fmt.Sprintf(`resources: [%s]`, resources) }
	checkAll(t, check.Options{}, []problem{
		{"nothing wrong", of(`a, {name: b, units: [b.0, x]}, {name: c, units: [c]}`), ""},
		{"no name", of(`{capacity: 1}`), `resources[0].name: the id of resource number 1 is missing: give it one`},
		{"an odd name", of(`a b`), `resources[0].name: the id of resource number 1 is "a b", with " " in it: use letters, digits and . _ - @ + : =`},
		{"twice", of(`a, a`), `resources[1].name: resource a is there already, as number 1: give each its own id`},
		{"no capacity", of(`{name: a, capacity: 0}`), `resources[0].capacity: resource a has a capacity of 0, so that nobody could use it: write 1 or more`},
		{"a capacity beyond all measure", of(`{name: a, capacity: 4000000000}`), `resources[0].capacity: resource a has a capacity of 4000000000, more than 100000: write less`},
		{"more capacity than units", of(`{name: a, capacity: 3, units: [x, y]}`), `resources[0].capacity: resource a has a capacity of 3, and names 2 of its units: leave the capacity out, or name all`},
		{"an odd unit", of(`{name: a, units: [x/y]}`), `resources[0].units[0].name: the name of unit number 1 of resource a is "x/y", with "/" in it: use letters, digits and . _ - @ + : =`},
		{"a unit twice", of(`{name: a, units: [x, x]}`), `resources[0].units[1].name: resource a has two units called x: give each its own name`},
		{"a unit of two resources", of(`{name: a, units: [x]}, {name: b, units: [x]}`), `resources[1].units[0].name: the unit x of resource b is called as something else of resource a: give them different names`},
		{"a unit called as another resource", of(`a, {name: b, units: [a]}`), `resources[1].units[0].name: the unit a of resource b is called as something else of resource a: give them different names`},
		{"a resource called as a unit before", of(`{name: b, units: [a]}, {name: a, units: [x]}`), `resources[1].name: resource a is called as a unit of resource b is: give them different names`},
		{"a unit called as its resource, one of two", of(`{name: a, units: [a, x]}`), `resources[0].units[0].name: the unit a of resource a is called as something else of resource a: give them different names`},
		{"a cleaner that does nothing", of(`{name: a, cleaner: {timeout: 5s}}`), `resources[0].cleaner: the cleaner of resource a has nothing to do: give it a command or a call`},
		{"a cleaner with an empty command", of(`{name: a, cleaner: {command: []}}`), `resources[0].cleaner.command.argv: the command of the cleaner of resource a is empty: write what to run, as in [make, test]`},
		{"a cleaner that may take no time", of(`{name: a, cleaner: {command: [x], timeout: 0s}}`), `resources[0].cleaner.timeout: timeout of the cleaner of resource a is 0: write how long, or leave it out`},
	})
}

// Units have names, and must not fill the memory.
func TestUnitsOfAllResources(t *testing.T) {
	p := written(t, `resources: [{name: a, capacity: 100000}, {name: b, capacity: 100000}, {name: c, capacity: 4000}, d]`)
	want := []check.Problem{
		{Path: "resources[2].capacity", Text: "resource c is one more of resources that have more than 200000 units together: write less"},
		{Path: "resources[3].capacity", Text: "resource d is one more of resources that have more than 200000 units together: write less"},
	}
	if diff := cmp.Diff(want, check.Plan(p, check.Options{})); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestWork(t *testing.T) {
	o := check.Options{
		Executable: func(name string) error { return unless(name != "absent", "not found beside ansar or on PATH") },
		Command:    func(argv0, dir string) error { return unless(!strings.HasSuffix(argv0, "absent"), "not found in "+dir) },
		File:       func(name, dir string) error { return unless(name != "absent", "no such file in "+dir) },
		Object:     func(name string) bool { return name == "known" },
		Function:   func(name string) bool { return name == "known" },
		Role:       func(r *pb.Role) error { return unless(r.Name == "known", "there is none in "+r.Home) },
	}
	job := func(work string) string { return fmt.Sprintf(`jobs: [{id: ok, command: [x]}, {id: a, %s}]`, work) }
	checkAll(t, o, []problem{
		{"a command", job(`command: [x]`), ""},
		{"a call", job(`call: x`), ""},
		{"an object", job(`call: {object: known}`), ""},
		{"a function", job(`function: known`), ""},
		{"a role", job(`role: known`), ""},
		{"nothing", job(`description: x`), `jobs[1]: job a has nothing to do: give it a call, a command or a role`},
		{"an empty command", job(`command: []`), `jobs[1].command.argv: the command of job a is empty: write what to run, as in [make, test]`},
		{"an empty word", job(`command: [""]`), `jobs[1].command.argv[0]: the command of job a begins with an empty word: write what to run`},
		{"an empty line", job(`command: " "`), `jobs[1].command: the command of job a is an empty line: write what to run, as in make test`},
		{"an empty line before a stop", job(`command: [x], before_stop: {command: ""}`), `jobs[1].before_stop.command: the command of job a is an empty line: write what to run, as in make test`},
		{"a zero byte", job(`command: [x, "a\0b"]`), `jobs[1].command.argv[1]: the command of job a has a zero byte in it, which no argument can hold: leave it out`},
		{"two inputs", job(`command: {argv: [x], stdin: a, stdin_file: b}`), `jobs[1].command.stdin_file: the command of job a has both stdin and stdin_file: keep one`},
		{"a missing command", job(`command: {argv: [absent], dir: /tmp}`), `jobs[1].command.argv[0]: job a cannot run "absent": not found in /tmp`},
		{"a missing command that a job before it may make", `jobs: [{id: ok, command: [x]}, {id: a, command: [./absent], needs: [ok]}]`, ""},
		{"a missing command of PATH after another job", `jobs: [{id: ok, command: [x]}, {id: a, command: [absent], needs: [ok]}]`, `jobs[1].command.argv[0]: job a cannot run "absent": not found in `},
		{"a missing input", job(`command: {argv: [x], stdin_file: absent, dir: /tmp}`), `jobs[1].command.stdin_file: the command of job a cannot read "absent": no such file in /tmp: make it, or name another file`},
		{"a missing input that a job before it may make", `jobs: [{id: ok, command: [x]}, {id: a, command: {argv: [x], stdin_file: absent}, needs: [ok]}]`, ""},
		{"a missing input that the job may make before it is stopped", job(`command: [x], before_stop: {command: {argv: [x], stdin_file: absent}}`), ""},
		{"a missing input of a job that is skipped", job(`command: {argv: [x], stdin_file: absent}, skip: later`), ""},
		{"a missing input of a guard", "jobs: [{id: ok, command: [x]}]\nguards: [{id: g, command: {argv: [x], stdin_file: absent}}]", `guards[0].command.stdin_file: the command of guard g cannot read "absent": no such file in : make it, or name another file`},
		{"a call of nothing", job(`call: {input: {}}`), `jobs[1].call: the call of job a does not say what is called: give it an executable or an object`},
		{"a call of two", job(`call: {executable: x, object: known}`), `jobs[1].call.object: the call of job a names an executable, "x", and an object, "known": keep one`},
		{"a missing executable", job(`call: absent`), `jobs[1].call.executable: job a cannot call "absent": not found beside ansar or on PATH`},
		{"a missing object", job(`call: {object: absent}`), `jobs[1].call.object: job a calls the object "absent", which this program does not have: define it there, or call an executable`},
		{"an executable in this process", job(`isolation: in-process, call: x`), `jobs[1].isolation: job a is to call "x" in this process, which does not have it: use isolation process or pool`},
		{"an executable whose object is here", job(`isolation: in-process, call: known`), ""},
		{"a missing function", job(`function: absent`), `jobs[1].function: job a runs the function "absent", which the program has not given: register it, or use a call or a command`},
		{"a function without a name", job(`function: ""`), `jobs[1].function: job a runs a function without a name: name one that the program has given`},
		{"a missing role", job(`role: {name: absent, home: /h}`), `jobs[1].role: job a cannot run the role "absent": there is none in /h`},
		{"a role without a name", job(`role: {home: x}`), `jobs[1].role.name: job a runs a role without a name: say which`},
		{"a result of no need", job(`call: {executable: x, take: [{job: ok}]}`), `jobs[1].call.take[0].job: job a takes the result of ok, which is not among its needs: add {job: ok} to them`},
		{"a result of nobody", job(`call: {executable: x, take: [{to: y}]}`), `jobs[1].call.take[0].job: job a takes a result without saying of which job: name it`},
		{"a result of a need", job(`needs: [ok], call: {executable: x, take: [{job: ok, value: a.b, to: c}]}`), ""},
		{
			"a result of one that need not have ended", `jobs: [{id: ok, command: [x], artefacts: [f]}, {id: a, needs: [{job: ok, artefact: f}], call: {executable: x, take: [{job: ok}]}}]`,
			`jobs[1].call.take[0].job: job a takes the result of ok and waits for no more than an artefact of it: add {job: ok} to its needs`,
		},
		{"nothing before a stop", job(`command: [x], before_stop: {lead: 1s}`), `jobs[1].before_stop.command: job a is to do something before it is stopped and does not say what: give it a command`},
		{"a missing command before a stop", job(`command: [x], before_stop: {command: [absent]}`), `jobs[1].before_stop.command.argv[0]: job a cannot run "absent": not found in `},
		{"a variable with =", job(`command: [x], environment: {"A=": b}`), `jobs[1].environment: "A=" is no name of an environment variable: leave out = and what is empty`},
		{"a variable of a command", job(`command: {argv: [x], environment: {A: "\0"}}`), `jobs[1].command.environment.A: the value of A has a zero byte, which no environment can hold: leave it out`},
		{"a variable of the plan, once", `{environment: {"": x}, jobs: [{id: a, command: [x]}, {id: b, command: [x]}]}`, `environment: "" is no name of an environment variable: leave out = and what is empty`},
		{"a variable of the defaults", `{defaults: {environment: {"": x}}, jobs: [{id: a, command: [x]}]}`, `defaults.environment: "" is no name of an environment variable: leave out = and what is empty`},
	})
}

// What looks at files is asked once, and told of each job.
func TestAsksOnce(t *testing.T) {
	asked := map[string]int{}
	ask := func(name string) error { asked[name]++; return errors.New("absent") }
	p := written(t, `jobs: [{id: a, call: x}, {id: b, call: x}, {id: c, command: [y]}, {id: d, command: [y]}, {id: e, command: {argv: [y], dir: z}}]`)
	problems := check.Plan(p, check.Options{Executable: ask, Command: func(argv0, dir string) error { return ask(argv0 + " in " + dir) }})
	if diff := cmp.Diff(map[string]int{"x": 1, "y in ": 1, "y in z": 1}, asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	if len(problems) != 5 {
		t.Errorf("%d problems, want 5: %v", len(problems), problems)
	}
}

func unless(fine bool, problem string) error {
	if fine {
		return nil
	}
	return errors.New(problem)
}

// located is an error of an input that knows its place.
type located struct{ path, problem string }

func (l located) Error() string     { return l.path + ": " + l.problem }
func (l located) At() (_, _ string) { return l.path, l.problem }

func TestInputs(t *testing.T) {
	const p = `jobs: [{id: a, call: {executable: x, input: {cycles: many}, settings: {}}}]`
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"none", nil, ""},
		{"one", errors.New("is odd"), "jobs[0].call.input: the input of job a does not fit what it calls: is odd"},
		{"one with a place", located{"input.cycles", "expected a number"}, "jobs[0].call.input.cycles: the input of job a does not fit what it calls: expected a number"},
		{
			"two of them", errors.Join(located{"input.a", "odd"}, located{"", "bad"}),
			"jobs[0].call.input.a: the input of job a does not fit what it calls: odd\njobs[0].call.input: the input of job a does not fit what it calls: bad",
		},
	}
	t.Run("messages", func(t *testing.T) {
		p := &pb.Plan{Name: "p", Jobs: []*pb.Job{{Id: "a", Work: &pb.Job_Call{Call: &pb.Call{
			Executable: "x", InputMessage: &anypb.Any{TypeUrl: "odd"}, SettingsMessage: &anypb.Any{TypeUrl: "odd"},
		}}}}}
		var got []string
		for _, p := range check.Plan(p, check.Options{Input: func(call *pb.Call, field string) error { return errors.New(field + " is odd") }}) {
			got = append(got, p.Path+": "+p.Text)
		}
		want := []string{
			"jobs[0].call.input_message: the input of job a does not fit what it calls: input is odd",
			"jobs[0].call.settings_message: the settings of job a does not fit what it calls: settings is odd",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("problems (-want +got):\n%s", diff)
		}
	})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			problem{tt.name, p, tt.want}.check(t, check.Options{Input: func(call *pb.Call, field string) error {
				if field == "settings" {
					return nil
				}
				return tt.err
			}})
		})
	}
}
