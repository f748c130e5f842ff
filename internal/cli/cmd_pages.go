package cli

import (
	"cmp"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/internal/cli/pages"
)

// pagesCommand is hidden: it is what make docs calls.
func pagesCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "pages [folder]",
		Short:  "write the manual into a folder",
		Hidden: true,
		RunE: func(_ *cobra.Command, words []string) error {
			var folder string
			if err := fill(words, slot{"folder", &folder}); err != nil {
				return err
			}
			return pages.Write(cmp.Or(folder, "docs"), manual())
		},
	}
}

// manual returns the files of the manual.
func manual() map[string][]byte {
	return pages.Manual(newRoot(&env{level: actor.LevelNone, logFormat: "text"}), exitCodes)
}
