package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/internal/group"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/settings"
)

const waitLong = `Wait waits until each of the roles is ready, or with --for=ended, until none of
them runs any more. A role that is not running is not going to be ready: that is
an error at once, unless its last run came to a good end by itself. One that is to
be started again after a crash has not ended.`

func waitCommand(e *env) *cobra.Command {
	var search searchFlags
	var timeout time.Duration
	until := group.UntilReady
	cmd := &cobra.Command{
		Use:     "wait [role...] [home]",
		Short:   "wait until roles are ready, or have ended",
		Long:    waitLong,
		Example: "  ansar wait server-0 --timeout=30s\n  ansar wait 'job-.*' --for=ended",
		RunE: func(_ *cobra.Command, words []string) error {
			g, err := search.resolve(e, words)
			if err != nil {
				return err
			}
			h, roles, err := g.open()
			if err != nil {
				return err
			}
			group.Adopt(h, roles)
			return e.wait(h, roles, until, timeout)
		},
		ValidArgsFunction: completeRoles(e),
	}
	search.add(cmd)
	fs := cmd.Flags()
	fs.Var(&milestoneFlag{"for", &until, group.UntilEnded}, "for", "what is waited for: ready or ended")
	_ = cmd.RegisterFlagCompletionFunc("for", completeWords("ready", "ended")) // the flag is there
	fs.Var(&spanFlag{"timeout", &timeout}, "timeout", "how long to wait, instead of for ever")
	fs.Lookup("timeout").DefValue = ""
	return cmd
}

func (e *env) wait(h *home.Home, roles []home.Role, until group.Milestone, timeout time.Duration) error {
	ctx, cancel := e.ctx, context.CancelFunc(func() {})
	if timeout > 0 {
		ctx, cancel = context.WithTimeout(ctx, timeout)
	}
	defer cancel()
	err := group.Wait(ctx, h, roles, until)
	idle := new(group.NotRunningError)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		left, err := outstanding(h, roles, until)
		if len(left) == 0 || err != nil {
			return err
		}
		return &failure{fmt.Errorf("not %s within %s - %s", until, settings.FormatSpan(timeout), strings.Join(left, ", "))}
	case errors.As(err, &idle):
		return &precondition{err}
	}
	return err
}

// outstanding are the roles that have not come so far.
func outstanding(h *home.Home, roles []home.Role, until group.Milestone) (left []string, err error) {
	list, err := group.Look(h, roles)
	for _, s := range list {
		missing := s.Runs()
		if until == group.UntilReady { // one that was ready, and waits for its restart, is not
			missing = s.State != group.StateReady && (s.Runs() || s.Ready.IsZero())
		}
		if missing {
			left = append(left, s.Role)
		}
	}
	return left, err
}
