package cli

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/property"
	"github.com/ansar-go/ansar/internal/settings"
)

const setLong = `Set changes a property of roles, of all of them or of none. The value is that of
--value, of a file, or of standard input, which are as ansar get prints it. Some
values may be written short: --value=64MiB for storage, --value=on-crash for restart,
--value=socket for readiness, and the name of a role for after.` + propertiesHelp + forceHelp + restarted

// setFlags say what the new value is.
type setFlags struct {
	propertyFlags
	file, value string
	notSet      bool
	grace       time.Duration
}

func setCommand(e *env) *cobra.Command {
	f := &setFlags{}
	cmd := &cobra.Command{
		Use:   "set <property> <role...> [home]",
		Short: "change a property of roles",
		Long:  setLong,
		Example: "  ansar set retry client-0 --property-file=client-retry\n" +
			"  ansar set restart 'client-.*' --value=on-crash\n" +
			`  ansar set after client-0 --value='["server-0", "cache"]'` + "\n" +
			"  ansar set retry client-0 --not-set",
		RunE: func(cmd *cobra.Command, words []string) error {
			if err := f.check(cmd); err != nil {
				return err
			}
			g, err := f.resolve(e, words)
			if err != nil {
				return err
			}
			return e.set(g, f)
		},
		ValidArgsFunction: completeProperty(e, &f.propertyFlags, property.Names(true)),
	}
	f.add(cmd, property.Names(true))
	fs := cmd.Flags()
	word(fs, &f.file, "property-file", `the new value, as {"value": ...} (- is standard input)`)
	word(fs, &f.file, "encoding-file", "the same")
	_ = fs.MarkHidden("encoding-file") // the flag is there
	fs.StringVar(&f.value, "value", "", "the new value, as JSON or short")
	fs.BoolVar(&f.notSet, "not-set", false, "remove the value")
	addGrace(fs, &f.grace)
	return cmd
}

// check refuses more than one value.
func (f *setFlags) check(cmd *cobra.Command) error {
	var given []string
	for _, name := range []string{"property-file", "encoding-file", "value", "not-set"} {
		if cmd.Flags().Changed(name) {
			given = append(given, "--"+name)
		}
	}
	switch {
	case len(given) > 1:
		return eitherOr(given[0], given[1])
	case len(given) == 0:
		f.file = "-"
	case given[0] == "--not-set" && !f.notSet:
		return usagef("--not-set=false gives no value: give one")
	}
	return nil
}

func (e *env) set(g *given, f *setFlags) error {
	if property.ReadOnly(f.name) {
		return usagef("property %q cannot be changed", f.name)
	}
	if err := property.Known(f.name); err != nil {
		return usagef("%v", err)
	}
	h, roles, err := g.open()
	if err != nil {
		return err
	}
	value, err := e.newValue(f)
	if err != nil {
		return err
	}
	s, err := e.hold(h, g, roles)
	if err != nil {
		return err
	}
	defer s.release()
	roles = s.roles
	if err := fits(h, f.name, value, roles); err != nil {
		return err
	}
	return s.without(f.grace, func() error {
		e.console("Setting %q of \"%v\" (%s)", f.name, g.search(), g.homePath)
		if value == nil {
			return h.SetProperty(f.name, nil, roleNames(roles)...)
		}
		return h.SetProperty(f.name, value.JSON(), roleNames(roles)...)
	})
}

// newValue returns the value that was given, nil for none.
func (e *env) newValue(f *setFlags) (*property.Value, error) {
	switch {
	case f.notSet:
		return nil, nil
	case f.file == "":
		v, err := bareValue(f.name, f.value)
		if err != nil {
			return nil, &settings.UsageError{Name: "--value", Problem: err.Error()}
		}
		return v, nil
	}
	file, err := e.file(f.file)
	if err != nil {
		return nil, err
	}
	return property.Parse(f.name, file.name, file.data)
}

// bareValue reads the value of --value: JSON, with or without the {"value": ...}
// around it, or a text that stands for itself.
func bareValue(name, text string) (*property.Value, error) {
	data := []byte(text)
	if !json.Valid(data) && !strings.ContainsAny(text, `{}[]"`) {
		data, _ = json.Marshal(text) // a text can always be written
	}
	var envelope map[string]json.RawMessage
	if json.Unmarshal(data, &envelope) == nil && len(envelope) == 1 && envelope["value"] != nil {
		data = envelope["value"]
	}
	return property.ParseBare(name, data)
}

// fits refuses a value that one of the roles cannot have.
func fits(h *home.Home, name string, value *property.Value, roles []home.Role) error {
	for _, role := range roles {
		if value == nil && name == "command" && property.Plain(role) {
			return preconditionf("role %q cannot be without its command: delete it instead", role.Name)
		}
		if value == nil {
			continue
		}
		if err := value.CheckFor(role); err != nil {
			return &precondition{err}
		}
	}
	if value == nil {
		return nil
	}
	all, err := h.Roles()
	if err != nil {
		return err
	}
	if err := value.CheckOrder(all, roleNames(roles)); err != nil {
		return &precondition{err}
	}
	return nil
}
