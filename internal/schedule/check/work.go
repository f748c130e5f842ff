package check

import (
	"fmt"
	"slices"
	"strings"

	pb "github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

func (c *checker) work(a *at, job *pb.Job) {
	switch w := job.Work.(type) {
	case *pb.Job_Command:
		c.command(a, "command", w.Command)
	case *pb.Job_Call:
		c.call(a, "call", w.Call)
		c.here(a, job, w.Call)
		c.takes(a, job, w.Call)
	case *pb.Job_Role:
		c.role(a, w.Role)
	case *pb.Job_Function:
		switch {
		case w.Function == "":
			c.add(a, "function", "%s runs a function without a name: name one that the program has given", a.name)
		case c.o.Function != nil && !c.o.Function(w.Function):
			c.add(a, "function", "%s runs the function %q, which the program has not given: register it, or use a call or a command", a.name, w.Function)
		}
	default:
		c.add(a, "", "%s has nothing to do: give it a call, a command or a role", a.name)
	}
	if b := job.BeforeStop; b != nil {
		if b.Command == nil {
			c.add(a, "before_stop.command", "%s is to do something before it is stopped and does not say what: give it a command", a.name)
			return
		}
		c.command(a, "before_stop.command", b.Command)
	}
}

func (c *checker) command(a *at, below string, command *pb.Command) {
	argv := command.GetArgv()
	switch {
	case len(argv) == 0:
		c.add(a, below+".argv", "the command of %s is empty: write what to run, as in [make, test]", a.name)
		return
	case argv[0] == "":
		c.add(a, below+".argv[0]", "the command of %s begins with an empty word: write what to run", a.name)
		return
	case len(argv) == 3 && argv[0] == "sh" && argv[1] == "-c" && strings.TrimSpace(argv[2]) == "":
		c.add(a, below, "the command of %s is an empty line: write what to run, as in make test", a.name)
		return
	}
	for k, word := range argv {
		if strings.Contains(word, "\x00") {
			c.add(a, fmt.Sprintf("%s.argv[%d]", below, k), "the command of %s has a zero byte in it, which no argument can hold: leave it out", a.name)
		}
	}
	if command.Stdin != "" && command.StdinFile != "" {
		c.add(a, below+".stdin_file", "the command of %s has both stdin and stdin_file: keep one", a.name)
	}
	c.environment(a.path+"."+below+".environment", a.job, command.Environment, nil)
	c.files(a, below, command)
}

// files asks for what the command runs and reads, unless a job that it needs may make it.
func (c *checker) files(a *at, below string, command *pb.Command) {
	made := c.hasNeeds(a.job)
	if argv0 := command.Argv[0]; c.startable != nil && !(made && strings.Contains(argv0, "/")) {
		if err := c.startable(place{argv0, command.Dir}); err != nil {
			c.add(a, below+".argv[0]", "%s cannot run %q: %v", a.name, argv0, err)
		}
	}
	if command.StdinFile == "" || c.readable == nil || made || c.isSkipped(a.job) || below == "before_stop.command" { // the job itself may make that one
		return
	}
	if err := c.readable(place{command.StdinFile, command.Dir}); err != nil {
		c.add(a, below+".stdin_file", "the command of %s cannot read %q: %v: make it, or name another file", a.name, command.StdinFile, err)
	}
}

// hasNeeds reports whether the job comes after another.
func (c *checker) hasNeeds(id string) bool {
	i, ok := c.jobs[id]
	return ok && id != "" && len(c.full.Jobs[i].GetNeeds()) > 0
}

// isSkipped reports whether the job is never run.
func (c *checker) isSkipped(id string) bool {
	i, ok := c.jobs[id]
	return ok && id != "" && c.full.Jobs[i].GetSkip() != ""
}

func (c *checker) call(a *at, below string, call *pb.Call) {
	executable, object := call.GetExecutable(), call.GetObject()
	switch {
	case executable == "" && object == "":
		c.add(a, below, "the call of %s does not say what is called: give it an executable or an object", a.name)
		return
	case executable != "" && object != "":
		c.add(a, below+".object", "the call of %s names an executable, %q, and an object, %q: keep one", a.name, executable, object)
		return
	case executable != "" && c.executable != nil:
		if err := c.executable(executable); err != nil {
			c.add(a, below+".executable", "%s cannot call %q: %v", a.name, executable, err)
			return // so nothing can be known of its input
		}
	case object != "" && c.o.Object != nil && !c.o.Object(object):
		c.add(a, below+".object", "%s calls the object %q, which this program does not have: define it there, or call an executable", a.name, object)
		return
	}
	if c.o.Input == nil {
		return
	}
	switch {
	case call.InputMessage != nil:
		c.input(a, below+".input_message", "input", c.o.Input(call, "input"))
	case call.Input != nil:
		c.input(a, below+".input", "input", c.o.Input(call, "input"))
	}
	switch {
	case call.SettingsMessage != nil:
		c.input(a, below+".settings_message", "settings", c.o.Input(call, "settings"))
	case call.Settings != nil:
		c.input(a, below+".settings", "settings", c.o.Input(call, "settings"))
	}
}

// input adds the problems that an error stands for, of what is given at where.
func (c *checker) input(a *at, where, field string, err error) {
	if err == nil {
		return
	}
	errs := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		errs = joined.Unwrap()
	}
	for _, err := range errs {
		place, problem := where, err.Error()
		if known, ok := err.(interface{ At() (path, problem string) }); ok {
			var path string
			path, problem = known.At()
			place += strings.TrimPrefix(path, field)
		}
		c.add(a, place, "the %s of %s does not fit what it calls: %s", field, a.name, problem)
	}
}

// here checks that what is to run in this process can.
func (c *checker) here(a *at, job *pb.Job, call *pb.Call) {
	if job.GetIsolation() != pb.Isolation_ISOLATION_IN_PROCESS || call.GetExecutable() == "" || c.o.Object == nil || c.o.Object(call.GetExecutable()) {
		return
	}
	c.add(a, "isolation", "%s is to call %q in this process, which does not have it: use isolation process or pool", a.name, call.GetExecutable())
}

func (c *checker) takes(a *at, job *pb.Job, call *pb.Call) {
	for k, take := range call.GetTake() {
		below := fmt.Sprintf("call.take[%d].job", k)
		from := take.GetJob()
		if from == "" {
			c.add(a, below, "%s takes a result without saying of which job: name it", a.name)
			continue
		}
		ended := func(n *pb.Need) bool { return n.GetJob() == from && n.GetAfter() != pb.After_AFTER_ARTEFACT }
		switch {
		case slices.ContainsFunc(job.Needs, ended):
		case slices.ContainsFunc(job.Needs, func(n *pb.Need) bool { return n.GetJob() == from }):
			c.add(a, below, "%s takes the result of %s and waits for no more than an artefact of it: add {job: %s} to its needs", a.name, word(from), from)
		default:
			c.add(a, below, "%s takes the result of %s, which is not among its needs: add {job: %s} to them", a.name, word(from), from)
		}
	}
}

func (c *checker) role(a *at, role *pb.Role) {
	if role.GetName() == "" {
		c.add(a, "role.name", "%s runs a role without a name: say which", a.name)
		return
	}
	if c.o.Role == nil {
		return
	}
	if err := c.o.Role(role); err != nil {
		c.add(a, "role", "%s cannot run the role %q: %v", a.name, role.Name, err)
	}
}
