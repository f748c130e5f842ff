package cli

import (
	"cmp"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/internal/home"
)

const destroyLong = `Destroy removes a home with all that it keeps, in redirected areas, too. Folders
that it shares, bin and resource, stay.` + forceHelp

func destroyCommand(e *env) *cobra.Command {
	var homePath string
	var grace time.Duration
	cmd := &cobra.Command{
		Use:   "destroy [home]",
		Short: "remove a home",
		Long:  destroyLong,
		RunE: func(_ *cobra.Command, words []string) error {
			homePath = cmp.Or(homePath, e.homePath)
			if err := fill(words, slot{"home", &homePath}); err != nil {
				return err
			}
			g := &given{homePath: cmp.Or(homePath, defaultHome)}
			h, roles, err := g.open()
			switch {
			case errors.Is(err, home.ErrNotHome): // parts of one can be destroyed as well
			case err != nil:
				return err
			default:
				s, err := e.hold(h, g, roles)
				if err != nil {
					return err
				}
				defer s.release()
				if err := s.clear(grace); err != nil {
					return err
				}
			}
			e.console("Destroying %q", g.homePath)
			return home.Destroy(g.homePath)
		},
		ValidArgsFunction: completeFolders,
	}
	word(cmd.Flags(), &homePath, "home-path", homeHelp)
	_ = cmd.RegisterFlagCompletionFunc("home-path", completeFolders) // the flag is there
	addGrace(cmd.Flags(), &grace)
	return cmd
}
