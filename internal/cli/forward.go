package cli

import (
	"errors"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/internal/settings"
	"github.com/ansar-go/ansar/internal/settings/schema"
)

// commandLine is the command line of a command that takes settings of programs
// beside its own flags. Which words it has depends on the programs: only they
// know whether --fast snooze is a switch and a word, or a flag and its value. Which
// programs are meant depends on the words.
type commandLine struct {
	own  *pflag.FlagSet // flags of the command
	root *cobra.Command
	cmd  *cobra.Command
	args []string
}

// pieces are what a command line is made of.
type pieces struct {
	own       []string // flags of the command, with their values
	forwarded []string // settings, as --name=value or --name
	words     []string
	rest      []string // those of the words that stand behind --
	open      bool     // whether the words depend on takes
}

var negativeNumber = regexp.MustCompile(`^-(\d|\.\d|[Ii]nf)`)

// split takes the line to pieces. takes says whether the setting of that name has
// a value, if that stands behind it and not in it.
func (c *commandLine) split(takes func(name string) bool) *pieces {
	p := &pieces{}
	for i := 0; i < len(c.args); i++ {
		arg := c.args[i]
		hasNext := i+1 < len(c.args)
		switch {
		case arg == "--":
			p.rest = c.args[i+1:]
			p.words = append(p.words, p.rest...)
			return p
		case !strings.HasPrefix(arg, "-") || arg == "-":
			p.words = append(p.words, arg)
		case !strings.HasPrefix(arg, "--"):
			p.own = append(p.own, arg)
			if f := c.own.ShorthandLookup(arg[len(arg)-1:]); f != nil && f.NoOptDefVal == "" && hasNext && len(arg) == 2 {
				i++
				p.own = append(p.own, c.args[i])
			}
		default:
			name, _, whole := strings.Cut(arg[2:], "=")
			f := c.own.Lookup(name)
			switch {
			case f != nil && !whole && f.NoOptDefVal == "" && hasNext:
				i++
				p.own = append(p.own, arg, c.args[i])
			case f != nil:
				p.own = append(p.own, arg)
			case !whole && hasNext && isValue(c.args[i+1]):
				p.open = true
				if takes(name) {
					i++
					arg += "=" + c.args[i]
				}
				p.forwarded = append(p.forwarded, arg)
			default:
				p.forwarded = append(p.forwarded, arg)
			}
		}
	}
	return p
}

func isValue(arg string) bool { return !strings.HasPrefix(arg, "-") || negativeNumber.MatchString(arg) }

// parse parses the flags of the command, and has resolve find the programs that
// the words mean, until both agree. resolve is called at least once, and last with
// the words that count. It returns the settings.
//
// If help was asked for, the error is [pflag.ErrHelp].
func (c *commandLine) parse(resolve func(words []string, forwarding bool) ([]*schema.Program, error)) ([]string, error) {
	p := c.split(func(string) bool { return true })
	if err := c.parseOwn(p.own); err != nil {
		return nil, err
	}
	programs, err := resolve(p.words, len(p.forwarded) > 0)
	if err != nil && p.open {
		p = c.split(func(string) bool { return false })
		var again error
		if programs, again = resolve(p.words, len(p.forwarded) > 0); again == nil {
			err = nil
		}
	}
	if err != nil {
		return nil, err
	}
	if p.open {
		p = c.split(func(name string) bool { return takesValue(programs, name) })
		if _, err := resolve(p.words, true); err != nil {
			return nil, err
		}
	}
	return p.forwarded, nil
}

func (c *commandLine) parseOwn(args []string) error {
	if err := settings.Parse(c.own, args); err != nil {
		return misplaced(c.root, c.cmd, err)
	}
	if help := c.own.Lookup("help"); help != nil && help.Changed {
		return pflag.ErrHelp
	}
	return nil
}

// takesValue reports whether a setting needs a value. One that no program has
// does: the error about it comes later.
func takesValue(programs []*schema.Program, name string) bool {
	for _, p := range programs {
		m := p.Settings()
		if m == nil {
			continue
		}
		if f := settingsFlags(p, m, nil).Lookup(name); f != nil {
			return f.NoOptDefVal == ""
		}
	}
	return true
}

// settingsFlags returns the flags of the settings of a program, which fill m,
// besides those of the command.
func settingsFlags(p *schema.Program, m proto.Message, own *pflag.FlagSet) *pflag.FlagSet {
	fs := pflag.NewFlagSet("settings", pflag.ContinueOnError)
	fs.AddFlagSet(own)
	if m != nil {
		// A name that the command uses itself is not forwarded: --set has it.
		_ = settings.AddFlags(fs, m.ProtoReflect(), &settings.FlagOptions{Program: p.Name, Types: p.Types})
	}
	return fs
}

// apply gives the settings to a message of a program. A nil message has none.
func (c *commandLine) apply(forwarded []string, p *schema.Program, m proto.Message) error {
	if len(forwarded) == 0 {
		return nil
	}
	err := settings.Parse(settingsFlags(p, m, c.own), forwarded)
	if errors.Is(err, pflag.ErrHelp) { // a setting called help is not ours
		return usagef("unknown flag --help")
	}
	if err == nil {
		err = givenTwice(forwarded)
	}
	return misplaced(c.root, c.cmd, err)
}

// givenTwice refuses a setting that is given as --name=value, and as --set
// name=value, too. The line is known to be right otherwise.
func givenTwice(forwarded []string) error {
	plain := func(name string) string { return strings.ReplaceAll(name, "_", "-") }
	named := map[string]bool{}
	for _, arg := range forwarded {
		name, _, _ := strings.Cut(strings.TrimPrefix(arg, "--"), "=")
		named[plain(name)] = true
	}
	for _, arg := range forwarded {
		value, set := strings.CutPrefix(arg, "--set=")
		name, _, _ := strings.Cut(value, "=")
		if set && named[plain(name)] {
			return eitherOr("--"+plain(name), "--set "+plain(name))
		}
	}
	return nil
}

// none refuses settings where there is no program to have them.
func none(forwarded []string) error {
	if len(forwarded) == 0 {
		return nil
	}
	return preconditionf("there is no role to give %s to", forwarded[0])
}

// forwarding makes cmd a command that takes settings of programs.
func forwarding(cmd *cobra.Command, perform func(c *commandLine) error) *cobra.Command {
	cmd.DisableFlagParsing = true
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		err := perform(&commandLine{own: cmd.Flags(), root: cmd.Root(), cmd: cmd, args: args})
		if errors.Is(err, pflag.ErrHelp) {
			return cmd.Help()
		}
		return err
	}
	return cmd
}
