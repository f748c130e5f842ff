package cli

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/internal/group"
)

const stopLong = `Stop stops roles that run in the background, and returns when the last of their
processes is gone. All are told at once, but for those that others come after, by
the property after: they go last.

A component gets SIGINT, a plain program the signal of its property command; what
is left after the grace gets SIGTERM, and 2 seconds later SIGKILL, with its process
group and session. Roles that took more than to be told are named.

All of the roles must be running, or nothing is stopped. With ansar --force those
that do are.`

func stopCommand(e *env) *cobra.Command {
	var search searchFlags
	var grace time.Duration
	cmd := &cobra.Command{
		Use:     "stop [role...] [home]",
		Short:   "stop roles",
		Long:    stopLong,
		Example: "  ansar stop server-0\n  ansar --force stop",
		RunE: func(_ *cobra.Command, words []string) error {
			g, err := search.resolve(e, words)
			if err != nil {
				return err
			}
			h, roles, err := g.open()
			if err != nil {
				return err
			}
			s, err := e.hold(h, g, roles)
			if err != nil {
				return err
			}
			defer s.release()
			return s.stopAll(grace)
		},
		ValidArgsFunction: completeRoles(e),
	}
	search.add(cmd)
	addGrace(cmd.Flags(), &grace)
	return cmd
}

// stopAll stops the roles, all of which must be running unless --force says
// otherwise.
func (s *held) stopAll(grace time.Duration) error {
	members, err := group.Running(s.home, s.roles)
	if err != nil {
		return err
	}
	if idle := group.Idle(s.roles, members); len(idle) > 0 && !s.e.force {
		return &precondition{&group.IdleError{Search: s.given.search().String(), Roles: idle}}
	}
	s.e.console("Stopping \"%v\" (%s)", s.given.search(), s.given.homePath)
	hard, err := group.Stop(s.e.ctx, s.home, s.roles, members, &group.StopOptions{Grace: grace, By: s.e.by()})
	s.e.tellHard(hard)
	if err != nil && s.e.ctx.Err() == nil {
		return &failure{err}
	}
	return err
}
