package cli

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/property"
)

const folderLong = `Folder prints the absolute path of what the home keeps for a role in one of its
spaces: the folder of the role in model, tmp, logs and resource, the file of it in
settings, input, history and lock, and the program that plays it in bin. Folders of
the role itself are made if they are not there yet.`

func folderCommand(e *env) *cobra.Command {
	var space, role, homePath string
	cmd := &cobra.Command{
		Use:     "folder <space> <role> [home]",
		Short:   "print where a home keeps things of a role",
		Long:    folderLong,
		Example: `  cp word-map.json "$(ansar folder model server-0)"`,
		RunE: func(_ *cobra.Command, words []string) error {
			space, role, homePath := space, role, homePath
			if homePath == "" && e.homePath != "" {
				homePath = e.homePath
			}
			if err := fill(words, slot{"space", &space}, slot{"role", &role}, slot{"home", &homePath}); err != nil {
				return err
			}
			if homePath == "" {
				homePath = defaultHome
			}
			path, err := folderOf(space, role, homePath)
			if err != nil {
				return err
			}
			return e.print([]byte(path + "\n"))
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			switch len(args) {
			case 0:
				return spaceNames(), noFiles
			case 1:
				return completeRoles(e)(cmd, nil, word)
			}
			return completeFolders(cmd, args, word)
		},
	}
	word(cmd.Flags(), &space, "space", "the space")
	word(cmd.Flags(), &role, "role-name", "the role")
	word(cmd.Flags(), &homePath, "home-path", homeHelp)
	_ = cmd.RegisterFlagCompletionFunc("space", completeValues(spaceNames()...)) // the flag is there
	_ = cmd.RegisterFlagCompletionFunc("home-path", completeFolders)
	return cmd
}

func spaceNames() []string {
	var names []string
	for _, area := range home.Areas() {
		names = append(names, string(area))
	}
	return names
}

func folderOf(space, role, homePath string) (string, error) {
	switch {
	case space == "":
		return "", usagef("one of the standard <space> names is required: %s", strings.Join(spaceNames(), " "))
	case role == "":
		return "", usagef("a <role> is required")
	case !slices.Contains(spaceNames(), space):
		return "", usagef("unknown %s (%s, %s): there are %s", space, role, homePath, strings.Join(spaceNames(), " "))
	}
	h, err := home.Open(homePath)
	if err != nil {
		return "", err
	}
	r, err := h.Role(role)
	if err != nil {
		return "", err
	}
	area := home.Area(space)
	switch area {
	case home.Model, home.Tmp, home.Logs:
		path, err := h.Folder(area, role)
		if !errors.Is(err, fs.ErrPermission) && !errors.Is(err, syscall.EROFS) {
			return path, err
		}
	case home.Bin, home.Resource, home.Schema:
		s, err := property.Of(r)
		if area == home.Bin && err == nil && s.Plain() {
			return s.Command().Program, nil
		}
		return h.Path(area, r.Executable)
	}
	return h.Path(area, role)
}
