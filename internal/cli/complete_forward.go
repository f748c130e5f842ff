package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ansar-go/ansar/internal/home"
)

// partial is the line of a forwarding command that is being typed. Such commands
// parse flags themselves, so that they complete them, too.
//
// The value of --name=value is completed without --name=: scripts of shells put
// that before it.
type partial struct {
	*commandLine
	env    *env
	before *pieces // what stands before the word
	kind   *partialKind
}

// partialKind is what differs between commands.
type partialKind struct {
	words       func(*partial) ([]string, cobra.ShellCompDirective)
	executables func(*partial) []string // those that settings are of
	values      map[string]func(*partial) []string
}

// completeAdd completes an executable, and then its settings.
func completeAdd(e *env) completer {
	return completePartial(e, &partialKind{
		words: func(p *partial) ([]string, cobra.ShellCompDirective) {
			switch {
			case p.own.Changed("command"):
				return p.plainWords()
			case p.added() == "":
				return e.executables(p.commandLine), noFiles
			case len(p.before.words) == 2:
				return nil, cobra.ShellCompDirectiveFilterDirs
			}
			return nil, noFiles
		},
		executables: func(p *partial) []string {
			if p.own.Changed("command") {
				return nil
			}
			return []string{p.added()}
		},
		values: map[string]func(*partial) []string{
			"executable": func(p *partial) []string { return e.executables(p.commandLine) },
		},
	})
}

// added returns the executable of add, empty if none is there yet.
func (p *partial) added() string {
	executable, _ := p.own.GetString("executable")
	if executable == "" && len(p.before.words) > 0 {
		executable = p.before.words[0]
	}
	return executable
}

// plainWords completes a role of a plain program, which has no name yet, a home, and
// arguments of the program.
func (p *partial) plainWords() ([]string, cobra.ShellCompDirective) {
	switch {
	case slices.Contains(p.args, "--"):
		return nil, cobra.ShellCompDirectiveDefault
	case len(p.before.words) == 1:
		return nil, cobra.ShellCompDirectiveFilterDirs
	}
	return nil, noFiles
}

// completeForwarding completes roles, and settings of the roles found so far.
func completeForwarding(e *env) completer {
	return completePartial(e, &partialKind{
		words: func(p *partial) ([]string, cobra.ShellCompDirective) {
			return e.roles(p.commandLine, p.before.words, "")
		},
		executables: func(p *partial) []string { return executablesOf(p.found()) },
		values: map[string]func(*partial) []string{
			"executable": func(p *partial) []string { return e.played(p.commandLine) },
			"forwarding": func(p *partial) []string { return roleNames(p.found()) },
			"role-name": func(p *partial) []string {
				names, _ := e.roles(p.commandLine, nil, "")
				return names
			},
		},
	})
}

// found returns the roles that are meant by what is there already.
func (p *partial) found() []home.Role {
	s := &searchFlags{}
	s.roleName, _ = p.own.GetString("role-name")
	s.homePath, _ = p.own.GetString("home-path")
	s.executable, _ = p.own.GetString("executable")
	s.invert, _ = p.own.GetBool("invert-search")
	g, err := s.resolve(p.env, p.before.words)
	if err != nil {
		return nil
	}
	_, roles, err := g.open()
	if err != nil {
		return nil
	}
	return roles
}

func completePartial(e *env, kind *partialKind) completer {
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		p := &partial{&commandLine{own: cmd.Flags(), root: cmd.Root(), cmd: cmd, args: args}, e, nil, kind}
		onlyWords := slices.Contains(args, "--")
		open := "" // the flag whose value the word may be
		if n := len(args); n > 0 && !onlyWords && !strings.HasPrefix(word, "-") {
			last := args[n-1]
			if strings.HasPrefix(last, "--") && !strings.Contains(last, "=") {
				open, p.args = last[2:], args[:n-1]
			}
		}
		p.before = p.split(func(string) bool { return true })
		if p.parseOwn(p.before.own) != nil {
			return nil, noFiles
		}
		if open != "" {
			if list, directive, ok := p.values(open, word, false); ok {
				return list, directive
			}
		}
		if onlyWords || !strings.HasPrefix(word, "-") {
			return kind.words(p)
		}
		name, typed, whole := strings.Cut(strings.TrimLeft(word, "-"), "=")
		if !whole {
			return p.names(word)
		}
		list, directive, _ := p.values(name, typed, true)
		return list, directive
	}
}

// values completes the value of a flag or setting, behind = if that is whole. It
// is not ok if none can stand there.
func (p *partial) values(name, typed string, whole bool) (list []string, directive cobra.ShellCompDirective, ok bool) {
	if f := p.own.Lookup(name); f != nil {
		if f.NoOptDefVal != "" {
			return truths, noFiles, whole
		}
		list, directive = p.ownValues(f)
		return list, directive, true
	}
	if name == "set" {
		list, directive = p.set(typed, whole)
		return list, directive, true
	}
	list, takes := p.settingValues(name)
	return list, noFiles, whole || takes
}

// ownValues completes the value of a flag of the command.
func (p *partial) ownValues(f *pflag.Flag) ([]string, cobra.ShellCompDirective) {
	if complete, ok := p.cmd.GetFlagCompletionFunc(f.Name); ok {
		return complete(p.cmd, nil, "")
	}
	if list := p.kind.values[f.Name]; list != nil {
		return list(p), noFiles
	}
	switch f.Name {
	case "home-path", "dir":
		return nil, cobra.ShellCompDirectiveFilterDirs
	case "settings-file", "input-file", "env-file", "command":
		return nil, cobra.ShellCompDirectiveDefault
	}
	return nil, noFiles
}
