package cli

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/internal/home"
)

const createLong = `Create makes a home: a folder, .ansar-home unless another is named, that roles can
be added to. It can be read by its owner alone.

An area of the home can be kept elsewhere, below a folder that exists. bin and
resource are that folder itself, which homes may share; every other gets a folder
of its own in it.`

func createCommand(e *env) *cobra.Command {
	var homePath string
	redirects := map[home.Area]*string{}
	cmd := &cobra.Command{
		Use:     "create [home]",
		Short:   "make a home",
		Long:    createLong,
		Example: "  ansar create --redirect-bin=dist\n  ansar add noop\n  ansar run",
		RunE: func(cmd *cobra.Command, words []string) error {
			homePath = cmp.Or(homePath, e.homePath)
			if err := fill(words, slot{"home", &homePath}); err != nil {
				return err
			}
			homePath = cmp.Or(homePath, defaultHome)
			given := map[home.Area]string{}
			for area, path := range redirects {
				if cmd.Flags().Changed("redirect-" + string(area)) {
					given[area] = *path
				}
			}
			e.console("Creating %q (%s)", homePath, redirected(given))
			_, err := home.Create(homePath, given)
			return err
		},
		ValidArgsFunction: completeFolders,
	}
	word(cmd.Flags(), &homePath, "home-path", homeHelp)
	for _, area := range home.Areas() {
		if area.Redirectable() {
			redirects[area] = cmd.Flags().String("redirect-"+string(area), "", fmt.Sprintf("keep area %s in this folder", area))
			_ = cmd.RegisterFlagCompletionFunc("redirect-"+string(area), completeFolders) // the flag is there
		}
	}
	_ = cmd.RegisterFlagCompletionFunc("home-path", completeFolders)
	return cmd
}

func redirected(given map[home.Area]string) string {
	if len(given) == 0 {
		return "with redirects - none"
	}
	names := make([]string, 0, len(given))
	for _, area := range slices.Sorted(maps.Keys(given)) {
		names = append(names, string(area))
	}
	return "with redirects " + strings.Join(names, ", ")
}
