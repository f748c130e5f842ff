package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/property"
)

const editLong = `Edit has a property of a role edited: by the editor that ANSAR_EDITOR, VISUAL or
EDITOR names, else by vi. A property that is not set begins with all its members,
and those that are null or left out stay as they are by default.

What cannot be the value changes nothing. On a terminal, the editor is opened again,
with the reason on top.` + propertiesHelp + forceHelp + restarted

func editCommand(e *env) *cobra.Command {
	f := &propertyFlags{}
	var grace time.Duration
	cmd := &cobra.Command{
		Use:     "edit <property> <role> [home]",
		Short:   "edit a property of a role",
		Long:    editLong,
		Example: "  ansar edit restart client-0\n  EDITOR=nano ansar edit command cache",
		RunE: func(_ *cobra.Command, words []string) error {
			g, err := f.resolve(e, words)
			if err != nil {
				return err
			}
			return e.edit(g, f, grace)
		},
		ValidArgsFunction: completeProperty(e, f, property.Names(true)),
	}
	f.add(cmd, property.Names(true))
	addGrace(cmd.Flags(), &grace)
	return cmd
}

func (e *env) edit(g *given, f *propertyFlags, grace time.Duration) error {
	if property.ReadOnly(f.name) {
		return usagef("property %q cannot be changed", f.name)
	}
	if err := property.Known(f.name); err != nil {
		return usagef("%v", err)
	}
	h, role, err := f.single(g)
	if err != nil {
		return err
	}
	d := &draft{env: e, home: h, role: role, name: f.name, before: role.Properties[f.name]}
	if err := d.begin(); err != nil {
		return err
	}
	value, err := d.edit()
	if err == nil && value == nil {
		_, err = fmt.Fprintln(e.stderr, "ansar: property not modified")
		d.forget()
		return err
	}
	if err == nil {
		err = e.exclusively(h, g, []home.Role{role}, grace, func(*held) error { return d.store(value) })
	}
	if err != nil {
		return d.kept(err)
	}
	d.forget()
	return nil
}
