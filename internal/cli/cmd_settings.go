package cli

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/property"
	"github.com/ansar-go/ansar/internal/settings"
)

const settingsLong = `Settings prints the settings of a role. Secret ones read "***".

With --set-file, the settings of each role that is found become those of the file,
after it was checked against what the executable has declared. What the file does
not name is as the executable has it built in, but for secrets, which stay.

The settings of a role that was added with --command are its secret variables:
{"value": {"NAME": "VALUE"}}. One that reads "***" stays as it is.` + forceHelp + restarted

const inputLong = `Input prints the input of a role.

With --set-file, the input of each role that is found becomes that of the file,
after it was checked against what the executable has declared.` + forceHelp + restarted

func settingsCommand(e *env) *cobra.Command {
	return partCommand(e, settingsPart, "print or replace the settings of roles", settingsLong)
}

func inputCommand(e *env) *cobra.Command {
	return partCommand(e, inputPart, "print or replace the input of roles", inputLong)
}

func partCommand(e *env, p part, short, long string) *cobra.Command {
	var search searchFlags
	var name string
	var grace time.Duration
	cmd := &cobra.Command{
		Use:   p.name + " [role...] [home]",
		Short: short,
		Long:  long,
		RunE: func(cmd *cobra.Command, words []string) error {
			file := p.name + "-file"
			if cmd.Flags().Changed("set-file") && cmd.Flags().Changed(file) {
				return eitherOr("--set-file", "--"+file)
			}
			g, err := search.resolve(e, words)
			if err != nil {
				return err
			}
			f := &found{given: g}
			if f.home, f.roles, err = g.open(); err != nil {
				return err
			}
			f.programs = newPrograms(e.ctx, f.home)
			if cmd.Flags().Changed("set-file") || cmd.Flags().Changed(file) {
				return e.replace(p, f, name, grace)
			}
			return e.show(p, f)
		},
		ValidArgsFunction: completeRoles(e),
	}
	search.add(cmd)
	word(cmd.Flags(), &name, "set-file", `the new `+p.name+`, as {"value": ...} (- is standard input)`)
	word(cmd.Flags(), &name, p.name+"-file", "the same")
	_ = cmd.Flags().MarkHidden(p.name + "-file") // the flag is there
	addGrace(cmd.Flags(), &grace)
	return cmd
}

// show prints the one that was found.
func (e *env) show(p part, f *found) error {
	switch len(f.roles) {
	case 1:
	case 0:
		return preconditionf("the home has no roles")
	default:
		return preconditionf("multiple %s (%d matches)", plural(p.name), len(f.roles))
	}
	role := f.roles[0]
	if p.area == home.Settings && property.Plain(role) {
		return e.showSecrets(f, role)
	}
	program, err := f.programs.of(role)
	if err != nil {
		return err
	}
	s, err := p.read(f.home, program, role.Name)
	if err != nil {
		return err
	}
	if s.message == nil {
		return preconditionf("%q has no %s", role.Executable, p.name)
	}
	for _, warning := range s.unknown.Warnings() {
		fmt.Fprintf(e.stderr, "ansar: %s\n", warning)
	}
	return e.print(s.text(program, true))
}

func plural(name string) string {
	if name == "input" {
		return "inputs"
	}
	return name
}

// replace gives the content of a file to all that were found.
func (e *env) replace(p part, f *found, name string, grace time.Duration) error {
	file, err := e.file(name)
	if err != nil {
		return err
	}
	s, err := e.hold(f.home, f.given, f.roles)
	if err != nil {
		return err
	}
	defer s.release()
	f.roles = s.roles
	changes, err := p.replacements(f, file)
	if err != nil {
		return err
	}
	return s.without(grace, func() error { return store(f.home, changes) })
}

// replacements are what the roles would have by a file.
func (p part) replacements(f *found, file file) ([]change, error) {
	changes := make([]change, 0, len(f.roles))
	for _, role := range f.roles {
		if p.area == home.Settings && property.Plain(role) {
			text, err := newSecrets(f.home, role.Name, file)
			if err != nil {
				return nil, err
			}
			changes = append(changes, change{p.area, role.Name, text})
			continue
		}
		program, err := f.programs.of(role)
		if err != nil {
			return nil, err
		}
		before, err := p.read(f.home, program, role.Name)
		if damaged := new(settings.ReadError); errors.As(err, &damaged) {
			before = &stored{} // a new file is how it is repaired
		} else if err != nil {
			return nil, err
		}
		s, err := p.fromFile(file, before, program)
		if err != nil {
			return nil, err
		}
		changes = append(changes, change{p.area, role.Name, s.text(program, false)})
	}
	return changes, nil
}
