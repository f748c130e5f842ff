package cli

import (
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ansar-go/ansar/internal/group"
	"github.com/ansar-go/ansar/internal/settings"
)

const startLong = `Start starts roles in the background and returns when each of them is ready or has
failed. They need nobody then: they outlive the shell, the terminal and ansar,
and keep logs and a history of their own, for ansar log and ansar history.

All start at once, but for those that come after others by the property after:
they wait until those are ready. What a selected role comes after, and is not
selected itself, must be running. Roles that fail to start, and those that are not
ready within the timeout, are named; the slow go on, and so do all others. After a
ctrl-C nothing more is started; what has started goes on.

What is not a flag of start is a setting for this one run, as --name=value: it is
given to every role that is found, and stored nowhere.

None of the roles may be running. With ansar --force those that do are stopped
first: SIGINT, after the grace SIGTERM, 2 seconds later SIGKILL.`

// beginFlags are the flags of commands that start roles.
type beginFlags struct {
	search  searchFlags
	until   group.Milestone
	timeout time.Duration
	grace   time.Duration
}

func (f *beginFlags) add(cmd *cobra.Command) {
	f.search.add(cmd)
	fs := cmd.Flags()
	f.until = group.UntilReady
	fs.Var(&milestoneFlag{"wait", &f.until, group.UntilStarted}, "wait", "what is waited for: ready or started")
	_ = cmd.RegisterFlagCompletionFunc("wait", completeWords("ready", "started")) // the flag is there
	f.timeout = 10 * time.Second
	fs.Var(&spanFlag{"timeout", &f.timeout}, "timeout", "how long each role may take")
	addGrace(fs, &f.grace)
}

func startCommand(e *env) *cobra.Command {
	f := &beginFlags{}
	cmd := &cobra.Command{
		Use:               "start [role...] [home]",
		Short:             "start roles in the background",
		Long:              startLong,
		Example:           "  ansar start\n  ansar start 'test-.*' --invert-search\n  ansar --force start server-0 --timeout=1m",
		ValidArgsFunction: completeForwarding(e),
	}
	f.add(cmd)
	return forwarding(cmd, func(c *commandLine) error {
		return e.begin(c, f, func(s *held) error { return s.clear(f.grace) })
	})
}

// begin starts the roles that a command line means, once prepare has seen to it
// that none of them runs.
func (e *env) begin(c *commandLine, f *beginFlags, prepare func(*held) error) error {
	found, forwarded, err := e.find(c, &f.search)
	if err != nil {
		return err
	}
	s, err := e.hold(found.home, found.given, found.roles)
	if err != nil {
		return err
	}
	defer s.release()
	found.roles = s.roles
	if err := c.check(found, forwarded); err != nil {
		return err
	}
	if err := group.CheckOrder(s.home, s.roles); err != nil {
		return &precondition{err}
	}
	if err := prepare(s); err != nil {
		return err
	}
	e.console("Starting \"%v\" (%s)", found.search(), found.homePath)
	options := &group.StartOptions{
		Args: forwarded, By: e.by(), Until: f.until, Timeout: f.timeout, Reservation: s.reservation,
	}
	if len(forwarded) == 0 {
		options.RoleArgs = s.cleared.Args
	}
	begun, err := group.Start(e.ctx, s.home, s.roles, options)
	if err != nil {
		return &precondition{err}
	}
	if e.ctx.Err() == nil {
		return e.tellBegun(begun)
	}
	_ = e.tellBegun(begun) // the status is that of the interrupt
	return e.ctx.Err()
}

// milestoneFlag is a flag for something in the life of a role: ready, or one
// other.
type milestoneFlag struct {
	name  string
	until *group.Milestone
	other group.Milestone
}

func (f *milestoneFlag) Set(s string) error {
	switch m := group.Milestone(s); m {
	case group.UntilReady, f.other:
		*f.until = m
		return nil
	}
	return &settings.UsageError{Name: "--" + f.name, Problem: `"` + s + `" is not one of ready, ` + string(f.other)}
}
func (f *milestoneFlag) String() string { return string(*f.until) }
func (f *milestoneFlag) Type() string   { return "milestone" }

var _ pflag.Value = &milestoneFlag{}
