package cli

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/settings/schema"
)

const updateLong = `Update changes settings of roles: those that are given, as --name=value, and no
other. They are checked for all roles before the first is changed.` + forceHelp + restarted

func updateCommand(e *env) *cobra.Command {
	var search searchFlags
	var files fileFlags
	var grace time.Duration
	cmd := &cobra.Command{
		Use:               "update [role...] [home]",
		Short:             "change settings of roles",
		Long:              updateLong,
		Example:           "  ansar update snooze-0 --seconds=5.0",
		ValidArgsFunction: completeForwarding(e),
	}
	search.add(cmd)
	files.add(cmd.Flags())
	addGrace(cmd.Flags(), &grace)
	return forwarding(cmd, func(c *commandLine) error {
		f, forwarded, err := e.find(c, &search)
		if err != nil {
			return err
		}
		if len(forwarded) == 0 && files == (fileFlags{}) {
			return usagef("at least one setting is required, as --name=value")
		}
		if len(f.roles) == 0 {
			return none(forwarded)
		}
		s, err := e.hold(f.home, f.given, f.roles)
		if err != nil {
			return err
		}
		defer s.release()
		f.roles = s.roles
		changes, err := e.changes(c, f, files, forwarded)
		if err != nil {
			return err
		}
		return s.without(grace, func() error {
			e.console("Updating \"%v\" (%s)", f.search(), f.homePath)
			return store(f.home, changes)
		})
	})
}

// fileFlags are files that settings and input are read from.
type fileFlags struct{ settings, input string }

func (f *fileFlags) add(fs *pflag.FlagSet) {
	word(fs, &f.settings, "settings-file", "settings, before those given by flags (- is standard input)")
	word(fs, &f.input, "input-file", "input (- is standard input)")
}

// files reads those that were given.
func (e *env) files(f fileFlags) (map[home.Area]file, error) {
	files := map[home.Area]file{}
	for area, name := range map[home.Area]string{home.Settings: f.settings, home.Input: f.input} {
		file, err := e.file(name)
		if err != nil {
			return nil, err
		}
		files[area] = file
	}
	return files, nil
}

// found is what a command line means.
type found struct {
	*given
	home     *home.Home
	roles    []home.Role
	programs *programs
	lines    *runLines // nil: run prints all at its end
}

// blame says which role the error of a setting is about, where they have different programs.
func (f *found) blame(role home.Role, err error) error {
	different := func(r home.Role) bool { return r.Executable != role.Executable }
	if err == nil || !slices.ContainsFunc(f.roles, different) {
		return err
	}
	return usagef("role %s (%s): %v", role.Name, role.Executable, err)
}

// find finds the roles that a command line means. Their programs are asked for
// only if it has settings.
func (e *env) find(c *commandLine, search *searchFlags) (*found, []string, error) {
	f := &found{}
	forwarded, err := c.parse(func(words []string, forwarding bool) (known []*schema.Program, err error) {
		if f.given, err = search.resolve(e, words); err != nil {
			return nil, err
		}
		if f.home, f.roles, err = f.open(); err != nil {
			return nil, err
		}
		f.programs = newPrograms(e.ctx, f.home)
		if !forwarding {
			return nil, nil
		}
		for _, role := range f.roles {
			program, err := f.programs.of(role)
			if err != nil {
				return nil, err
			}
			known = append(known, program)
		}
		return known, nil
	})
	return f, forwarded, err
}

// change is a file of a role that is to be replaced.
type change struct {
	area home.Area
	role string
	text []byte
}

// changes returns what update would do.
func (e *env) changes(c *commandLine, f *found, flags fileFlags, forwarded []string) ([]change, error) {
	files, err := e.files(flags)
	if err != nil {
		return nil, err
	}
	var list []change
	for _, role := range f.roles {
		program, err := f.programs.of(role)
		if err != nil {
			return nil, err
		}
		for _, p := range parts {
			file, forwarding := files[p.area], p.forwarded && len(forwarded) > 0
			if file.name == "" && !forwarding {
				continue
			}
			s, err := p.read(f.home, program, role.Name)
			if err == nil && file.name != "" {
				s, err = p.fromFile(file, s, program)
			}
			if err == nil && forwarding {
				err = f.blame(role, c.apply(forwarded, program, s.message))
			}
			if err != nil {
				return nil, err
			}
			list = append(list, change{p.area, role.Name, s.text(program, false)})
		}
	}
	return list, nil
}

// store replaces files: all of them or, as far as that can be, none. The error
// says what could not be put back.
func store(h *home.Home, changes []change) error {
	var before []change
	for _, c := range changes {
		old, absent := h.Load(c.area, c.role)
		if absent == nil {
			before = append(before, change{c.area, c.role, old})
		}
		if err := h.Store(c.area, c.role, c.text); err != nil {
			err = fmt.Errorf("cannot store %s for %q (%s) - %w", c.area, c.role, h.Root(), err)
			if left := putBack(h, before); left != nil {
				err = fmt.Errorf("%w; changed before that, and not put back - %s", err, strings.Join(left, ", "))
			}
			return &failure{err}
		}
	}
	return nil
}

// putBack gives files the content that they had. It returns the names of those
// that it could not.
func putBack(h *home.Home, before []change) (left []string) {
	for _, b := range before {
		now, err := h.Load(b.area, b.role)
		if err == nil && bytes.Equal(now, b.text) {
			continue // it never changed
		}
		if h.Store(b.area, b.role, b.text) != nil {
			left = append(left, fmt.Sprintf("%s of %q", b.area, b.role))
		}
	}
	return left
}

func roleNames(roles []home.Role) []string {
	names := make([]string, 0, len(roles))
	for _, r := range roles {
		names = append(names, r.Name)
	}
	return names
}
