package cli

import (
	"time"

	"github.com/spf13/cobra"
)

const deleteLong = `Delete removes roles, and all that the home keeps for them: settings, input, logs,
history, model and tmp.` + forceHelp

func deleteCommand(e *env) *cobra.Command {
	var search searchFlags
	var grace time.Duration
	cmd := &cobra.Command{
		Use:   "delete [role...] [home]",
		Short: "remove roles",
		Long:  deleteLong,
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
			if err := s.clear(grace); err != nil {
				return err
			}
			e.console("Deleting \"%v\" (%s)", g.search(), g.homePath)
			return h.Delete(roleNames(s.roles)...)
		},
		ValidArgsFunction: completeRoles(e),
	}
	search.add(cmd)
	addGrace(cmd.Flags(), &grace)
	return cmd
}
