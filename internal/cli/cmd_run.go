package cli

import (
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/framework/homepb"
	"github.com/ansar-go/ansar/internal/group"
	"github.com/ansar-go/ansar/internal/property"
	"github.com/ansar-go/ansar/internal/settings"
)

const runLong = `Run runs roles, all at once, waits for the last of them, and prints what they
returned, in the order of their ends. Their logs go to standard error.

The first ctrl-C tells each role to stop; their results are printed as usual. The
second kills what is left.

What is not a flag of run is a setting for this one run, as --name=value: it is
given to every role that is found, and stored nowhere.

With --test-run the lines are about tests: of each role that returned a report,
how many of its tests passed and failed, and for each that failed the place in
the source, as editors and terminals follow it, and its text. --code-path says
below which folder the source is. With --test-analyzer the named program is run
after the roles, with all reports as its input, and what it returns is printed.
--junit writes the reports to a file as well.` + forceHelp + restarted + `

The exit status is 1 if a role ended in a fault, or if with --test-run or --junit
a test failed: see ansar help exit-codes.`

// runFlags are what run is told by flags.
type runFlags struct {
	searchFlags
	level      actor.Level
	forwarding string
	grace      time.Duration
	tests      testFlags
	json       bool
}

func runCommand(e *env) *cobra.Command {
	f := &runFlags{level: actor.LevelNone}
	cmd := &cobra.Command{
		Use:               "run [role...] [home]",
		Short:             "run roles until they have ended",
		Long:              runLong,
		Example:           "  ansar run\n  ansar run 'test-.*' --debug-level=CONSOLE\n  ansar run 'test-.*' --test-run --code-path=.",
		ValidArgsFunction: completeForwarding(e),
	}
	f.add(cmd)
	cmd.Flags().Var((*levelFlag)(&f.level), "debug-level", "how much of the roles' logs is printed: FAULT WARNING CONSOLE OBJECT TRACE DEBUG NONE")
	word(cmd.Flags(), &f.forwarding, "forwarding", "the role that reads standard input")
	addGrace(cmd.Flags(), &f.grace)
	f.tests.add(cmd)
	cmd.Flags().BoolVar(&f.json, "json", false, "what each role returned as one JSON object on a line, as soon as it ends")
	_ = cmd.RegisterFlagCompletionFunc("debug-level", completeWords(levelNames...)) // the flag is there
	return forwarding(cmd, func(c *commandLine) error {
		found, forwarded, err := e.find(c, &f.searchFlags)
		if err != nil {
			return err
		}
		if !cmd.Flags().Changed("debug-level") {
			f.level = e.level
		}
		return e.runRoles(c, f, found, forwarded)
	})
}

func (e *env) runRoles(c *commandLine, f *runFlags, found *found, forwarded []string) error {
	s, err := e.hold(found.home, found.given, found.roles)
	if err != nil {
		return err
	}
	defer s.release()
	found.roles = s.roles
	if err := e.checkRun(c, f, found, forwarded); err != nil {
		return err
	}
	if err := s.clear(f.grace); err != nil {
		return s.restore(err)
	}
	for _, role := range found.roles {
		if !property.Plain(role) {
			found.programs.refresh(role.Executable) // now: the run itself starts nothing but roles
		}
	}
	e.console("Running \"%v\" (%s)", found.search(), found.homePath)
	signals := e.heedSignals()
	if err := e.ctx.Err(); err != nil {
		return s.restore(err)
	}
	if f.level != actor.LevelNone {
		actor.LogTo(f.level, e.sink())
	}
	if f.json {
		found.lines = &runLines{e: e, found: found, told: map[string]bool{}}
	}
	result, err := group.Run(found.home, found.roles, &group.RunOptions{
		Args: forwarded, Grace: f.grace, Forwarding: f.forwarding, Stdin: e.stdin, Signals: signals,
		Reservation: s.reservation, Output: e.printer(f.level),
		Completed: func(ending group.Ending) {
			e.console("Completion for %q (%s)", ending.Role, ending.Value.MessageName())
			if found.lines != nil {
				found.lines.tell(ending)
			}
		},
		Leave: func(r *group.Result) {
			_, status := explain(e.command, e.reportRun(f, found, r))
			s.tellForsaken()
			os.Exit(status)
		},
	})
	if err != nil {
		return s.restore(&failure{err})
	}
	return s.restore(e.reportRun(f, found, result))
}

// checkRun refuses what cannot be run, before anything is stopped for it.
func (e *env) checkRun(c *commandLine, f *runFlags, found *found, forwarded []string) error {
	if err := c.check(found, forwarded); err != nil {
		return err
	}
	if f.forwarding != "" && !slices.Contains(roleNames(found.roles), f.forwarding) {
		return preconditionf("roles matching \"%v\" do not include %q", found.search(), f.forwarding)
	}
	for _, role := range found.roles {
		if role.Name == f.forwarding && property.Plain(role) {
			return preconditionf("role %q is played by a plain program: standard input cannot be forwarded to it", role.Name)
		}
	}
	if f.json && (f.tests.run || f.tests.analyzer != "") {
		return usagef("--json is about what roles returned, --test-run and --test-analyzer about what they tested: give one of them")
	}
	if err := f.tests.check(found.home); err != nil {
		return err
	}
	if err := group.AwaitBefore(e.ctx, found.home, found.roles, awaitLimit); err != nil {
		return &precondition{err}
	}
	return nil
}

// check checks settings for one run against what the program of each role has.
func (c *commandLine) check(found *found, forwarded []string) error {
	if len(found.roles) == 0 || len(forwarded) == 0 {
		return none(forwarded)
	}
	for _, role := range found.roles {
		program, err := found.programs.of(role)
		if err != nil {
			return err
		}
		if err := c.apply(forwarded, program, program.Settings()); err != nil {
			return found.blame(role, err)
		}
	}
	return nil
}

// sayLate names the roles that did not stop by themselves.
func (e *env) sayLate(result *group.Result) {
	for _, ending := range result.Completed {
		switch {
		case ending.Late && result.Killed:
			fmt.Fprintf(e.stderr, "ansar: role %q was killed\n", ending.Role)
		case ending.Late:
			fmt.Fprintf(e.stderr, "ansar: role %q did not stop in time and was killed\n", ending.Role)
		}
	}
}

// report prints what came of a run. Its error is the exit status.
func (e *env) report(found *found, result *group.Result) error {
	e.sayLate(result)
	var err error
	if found.lines != nil {
		err = found.lines.rest(result)
	} else {
		err = e.printRun(found, result)
	}
	switch {
	case result.Killed:
		return &silent{statusInterrupted}
	case err != nil:
		return err
	case result.Failed():
		return &silent{statusFailed}
	}
	return nil
}

// printRun prints what all roles returned.
func (e *env) printRun(found *found, result *group.Result) error {
	run := &homepb.Run{Home: found.homePath}
	if len(found.words) > 0 {
		run.Role = found.search().String()
	}
	for _, ending := range result.Completed {
		run.Completed = append(run.Completed, &homepb.RoleValue{Role: ending.Role, Value: ending.Value})
	}
	return e.print(settings.MarshalEnvelope(run, &settings.WriteOptions{
		Typed: true, Redact: true, Types: &homeTypes{programs: found.programs, roles: found.roles},
	}))
}
