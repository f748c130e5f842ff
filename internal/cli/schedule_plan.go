package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/check"
	"github.com/ansar-go/ansar/internal/schedule/planfile"
)

// scheduled is a plan that was read, and what it calls.
type scheduled struct {
	file    *planfile.File
	plan    *schedulepb.Plan // with its defaults in the jobs
	callees *callees
}

// readPlan reads the plan in a file, with its defaults in the jobs.
func (e *env) readPlan(words []string) (*scheduled, error) {
	var name string
	if err := fill(words, slot{"plan", &name}); err != nil {
		return nil, err
	}
	if name == "" {
		return nil, usagef("the file of a plan is required, such as plan.yaml")
	}
	file, err := e.planFile(name)
	if err != nil {
		return nil, err
	}
	return &scheduled{file: file, plan: check.Complete(file.Plan), callees: newCallees(e, file.Dir)}, nil
}

// planFile reads the text of a plan, which may be a pipe that nobody writes to.
func (e *env) planFile(name string) (*planfile.File, error) {
	type read struct {
		file *planfile.File
		err  error
	}
	done := make(chan read, 1)
	go func() { // ends with the program at the latest: such a read cannot be called off
		file, err := planfile.Read(name)
		done <- read{file, err}
	}()
	select {
	case <-e.ctx.Done():
		return nil, e.ctx.Err()
	case r := <-done:
		if r.err != nil {
			return nil, e.refusePlan(name, r.err)
		}
		return r.file, nil
	}
}

// refusePlan prints what is wrong with the text of a plan. Its error is what is left
// to say.
func (e *env) refusePlan(name string, err error) error {
	var wrong planfile.Errors
	if errors.As(err, &wrong) {
		var lines []string
		for _, one := range wrong {
			lines = append(lines, one.Error())
		}
		return e.refuse(name, lines)
	}
	if path := new(fs.PathError); errors.As(err, &path) {
		err = path.Err
	}
	return usagef("plan %q cannot be read: %v", name, err)
}

// refuse prints problems of a plan. Its error is what is left to say.
func (e *env) refuse(name string, problems []string) error {
	for _, problem := range problems {
		fmt.Fprintln(e.stderr, problem)
	}
	count := fmt.Sprintf("%d problems", len(problems))
	if len(problems) == 1 {
		count = "a problem"
	}
	return usagef("plan %q has %s: nothing was started", name, count)
}

// check looks for everything that keeps the plan from working, and prints it.
func (e *env) checkPlan(s *scheduled, slots int) error {
	o := check.Options{
		Slots:      slots,
		Executable: s.callees.executable,
		Object:     func(string) bool { return false },
		Function:   func(string) bool { return false },
		Role:       s.callees.role,
		File:       s.callees.file,
		Input: func(call *schedulepb.Call, field string) error {
			_, err := s.callees.input(call, field)
			return err
		},
	}
	found := check.Plan(s.plan, o)
	found = append(found, s.checkCommands()...)
	if err := e.ctx.Err(); err != nil {
		return err
	}
	if len(found) == 0 {
		return nil
	}
	return e.refuse(s.file.Path, s.lines(found))
}

// lines are problems with their places in the file, in its order.
func (s *scheduled) lines(found []check.Problem) []string {
	slices.SortStableFunc(found, func(a, b check.Problem) int { return s.file.Where(a.Path) - s.file.Where(b.Path) })
	var lines []string
	for _, p := range found {
		line := &planfile.Error{File: s.file.Path, Line: s.file.Where(p.Path), Path: p.Path, Problem: p.Text}
		if s.file.Path == "-" {
			line.File = "standard input"
		}
		lines = append(lines, line.Error())
	}
	return slices.Compact(lines)
}

// piece is a command somewhere in a plan.
type piece struct {
	path    string
	job     string // empty: of no job
	command *schedulepb.Command

	// free says that it cannot be known yet which program it is: a job before may make
	// it, or it is looked for by an environment of its own.
	free bool
}

// pieces lists all commands.
func (s *scheduled) pieces() []piece {
	var all []piece
	ownPath := has(s.plan.GetEnvironment(), "PATH")
	for i, r := range s.plan.GetResources() {
		path := fmt.Sprintf("resources[%d].cleaner", i)
		all = append(all, piece{path: path, command: r.GetCleaner().GetCommand(), free: ownPath})
	}
	for i, g := range s.plan.GetGuards() {
		all = append(all, piece{path: fmt.Sprintf("guards[%d]", i), command: g.GetCommand(), free: ownPath})
	}
	for i, j := range s.plan.GetJobs() {
		path := fmt.Sprintf("jobs[%d]", i)
		command := j.GetCommand()
		own := ownPath || has(j.GetEnvironment(), "PATH") || has(command.GetEnvironment(), "PATH")
		made := len(j.GetNeeds()) > 0 && (command.GetDir() != "" || slices.ContainsFunc(command.GetArgv()[:min(len(command.GetArgv()), 1)], isPath))
		all = append(all, piece{path: path, job: j.GetId(), command: command, free: own || made || j.GetSkip() != ""})
		all = append(all, piece{path: path + ".before_stop", job: j.GetId(), command: j.GetBeforeStop().GetCommand(), free: own || made})
	}
	return all
}

// who is what the piece belongs to, for errors.
func (p *piece) who() string {
	if p.job == "" {
		return p.path
	}
	return "job " + p.job
}

func has(vars map[string]string, name string) bool { _, ok := vars[name]; return ok }

func isPath(name string) bool { return strings.Contains(name, "/") }

// checkCommands looks for the programs of commands.
func (s *scheduled) checkCommands() []check.Problem {
	var found []check.Problem
	there := map[[2]string]bool{} // commands by program and folder: most jobs have the same
	for _, p := range s.pieces() {
		c := p.command
		if p.free || len(c.GetArgv()) == 0 || c.GetArgv()[0] == "" {
			continue
		}
		dir := s.callees.workingFolder(c.GetDir())
		if there[[2]string{c.GetArgv()[0], dir}] {
			continue
		}
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			found = append(found, check.Problem{Path: p.path + ".command.dir", Job: p.job, Text: fmt.Sprintf("%s runs in the folder %q, which is not there: make it, or name another", p.who(), dir)})
			continue
		}
		if err := s.callees.command(c.GetArgv()[0], dir); err != nil {
			found = append(found, check.Problem{Path: p.path + ".command.argv[0]", Job: p.job, Text: fmt.Sprintf("%s cannot run %q: %v", p.who(), c.GetArgv()[0], err)})
			continue
		}
		there[[2]string{c.GetArgv()[0], dir}] = true
	}
	return found
}
