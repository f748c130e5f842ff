package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/property"
	"github.com/ansar-go/ansar/internal/settings"
)

const getLong = `Get prints a property of a role.` + propertiesHelp

// propertiesHelp tells commands about properties apart.
const propertiesHelp = `

The properties are

  retry       pauses after which an attempt is repeated that was not possible yet
  storage     bytes of log that are kept, 64MiB if not set
  restart     whether a role that crashes in the background is started again
  after       roles that must be ready before this one is started
  readiness   how a program that was added with --command shows that it is ready
  command     that program, its arguments and environment
  executable  what plays the role; never changes
  created     when the role was added; never changes

and ansar help properties has the members of each.`

func getCommand(e *env) *cobra.Command {
	f := &propertyFlags{}
	cmd := &cobra.Command{
		Use:     "get <property> <role> [home]",
		Short:   "print a property of a role",
		Long:    getLong,
		Example: "  ansar get retry client-0\n  ansar get command cache",
		RunE: func(_ *cobra.Command, words []string) error {
			g, err := f.resolve(e, words)
			if err != nil {
				return err
			}
			h, role, err := f.single(g)
			if err != nil {
				return err
			}
			text, err := propertyText(h, f.name, role)
			if err != nil {
				return err
			}
			return e.print(text)
		},
		ValidArgsFunction: completeProperty(e, f, property.Names(false)),
	}
	f.add(cmd, property.Names(false))
	return cmd
}

// propertyText returns what get prints.
func propertyText(h *home.Home, name string, role home.Role) ([]byte, error) {
	if property.Known(name) != nil {
		return nil, &failure{fmt.Errorf("%q (%s) does not exist: there are %s", name, role.Name, listed(property.Names(false)))}
	}
	raw, err := h.Property(name, role.Name)
	if errors.Is(err, home.ErrNotSet) {
		return nil, &failure{err}
	}
	if err != nil {
		return nil, err
	}
	if property.ReadOnly(name) {
		var text string
		_ = json.Unmarshal(raw, &text) // both are texts
		return settings.MarshalEnvelope(wrapperspb.String(text), nil), nil
	}
	v, err := property.ParseBare(name, raw)
	if err != nil {
		return nil, &failure{fmt.Errorf("role %q: property %q: %w", role.Name, name, err)}
	}
	return v.Text(), nil
}

// propertyFlags are the flags of a command about one property: a name, and roles.
type propertyFlags struct {
	searchFlags
	name string
}

func (f *propertyFlags) add(cmd *cobra.Command, names []string) {
	word(cmd.Flags(), &f.name, "property", "the property")
	f.searchFlags.add(cmd)
	_ = cmd.RegisterFlagCompletionFunc("property", completeValues(names...)) // the flag is there
}

// resolve takes the property from the words, and the roles from what is left.
func (f *propertyFlags) resolve(e *env, words []string) (*given, error) {
	if f.name == "" {
		if len(words) == 0 {
			return nil, usagef("a <property> is required: %s", listed(property.Names(false)))
		}
		f.name, words = words[0], words[1:]
	}
	g, err := f.searchFlags.resolve(e, words)
	if err == nil && len(g.words) == 0 && g.executable == "" && !g.invert {
		err = usagef("a <role> is required")
	}
	return g, err
}

// single returns the one role that was found.
func (f *propertyFlags) single(g *given) (*home.Home, home.Role, error) {
	h, roles, err := g.open()
	switch {
	case err != nil:
		return nil, home.Role{}, err
	case len(roles) == 0:
		return nil, home.Role{}, preconditionf("the home has no roles")
	case len(roles) > 1:
		return nil, home.Role{}, preconditionf("multiple roles (%d matches): name one", len(roles))
	}
	return h, roles[0], nil
}

// completeProperty completes a property, and then roles.
func completeProperty(e *env, f *propertyFlags, names []string) completer {
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 0 && f.name == "" {
			return slices.Clone(names), noFiles
		}
		if f.name == "" {
			args = args[1:]
		}
		return completeRoles(e)(cmd, args, word)
	}
}

func listed(names []string) string { return strings.Join(names, " ") }
