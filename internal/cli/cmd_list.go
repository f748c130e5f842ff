package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/property"
)

const listLong = `List prints the names of roles, one a line.

With -l, each line has the executable and the size of the role's log: folders,
files and bytes. The last line has the totals.

With --json, each role is one JSON object, on one line.`

func listCommand(e *env) *cobra.Command {
	var search searchFlags
	var long, asJSON bool
	cmd := &cobra.Command{
		Use:   "list [role...] [home]",
		Short: "print the roles of a home",
		Long:  listLong,
		RunE: func(_ *cobra.Command, words []string) error {
			g, err := search.resolve(e, words)
			if err != nil {
				return err
			}
			h, roles, err := g.open()
			if err != nil {
				return err
			}
			if asJSON {
				return e.listJSON(h, roles)
			}
			if long {
				return e.listLong(h, roles)
			}
			var text strings.Builder
			for _, role := range roles {
				fmt.Fprintln(&text, role.Name)
			}
			return e.print([]byte(text.String()))
		},
		ValidArgsFunction: completeRoles(e),
	}
	search.add(cmd)
	cmd.Flags().BoolVarP(&long, "long-listing", "l", false, "executables and sizes of logs, too")
	cmd.Flags().BoolVar(&asJSON, "json", false, "as JSON, one object a line")
	return cmd
}

func (e *env) listLong(h *home.Home, roles []home.Role) error {
	var text strings.Builder
	var total home.Size
	for _, role := range roles {
		size, err := h.LogSize(role.Name)
		if err != nil {
			return err
		}
		total = total.Add(size)
		fmt.Fprintf(&text, "%-24s %s %v\n", role.Name, role.Executable, size)
	}
	fmt.Fprintf(&text, "%-24s %v\n", "totals", total)
	return e.print([]byte(text.String()))
}

// listJSON prints no properties: they may have what is nobody's business.
func (e *env) listJSON(h *home.Home, roles []home.Role) error {
	type logs struct {
		Folders int   `json:"folders"`
		Files   int   `json:"files"`
		Bytes   int64 `json:"bytes"`
	}
	type listed struct {
		Role       string    `json:"role"`
		Executable string    `json:"executable"`
		Plain      bool      `json:"plain"` // none of the framework
		Created    time.Time `json:"created"`
		Logs       logs      `json:"logs"`
	}
	list := make([]listed, 0, len(roles))
	for _, role := range roles {
		size, err := h.LogSize(role.Name)
		if err != nil {
			return err
		}
		list = append(list, listed{role.Name, role.Executable, property.Plain(role), role.Created, logs(size)})
	}
	return printLines(e, list)
}
