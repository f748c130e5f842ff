package cli

import (
	"errors"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/internal/settings"
)

const rootLong = `ansar describes a group of programs once, in a folder that is called a home, and
runs them by name.

A program in a home plays a role. Roles are added with a program each, have
settings and input of their own, and are found by regular expressions.`

// newRoot returns the command with all its sub-commands. Flags that ansar has of
// its own stand before the sub-command.
func newRoot(e *env) *cobra.Command {
	root := &cobra.Command{
		Use:              "ansar [ansar-flags] <command> [flags] [words]",
		Short:            "describe a group of programs and run it by name",
		Long:             rootLong,
		SilenceErrors:    true,
		SilenceUsage:     true,
		TraverseChildren: true,

		DisableFlagsInUseLine: true,
		CompletionOptions:     cobra.CompletionOptions{DisableDefaultCmd: true},
		Args:                  cobra.ArbitraryArgs,
		ValidArgsFunction:     cobra.NoFileCompletions,
	}
	fs := root.Flags()
	fs.BoolVarP(&e.force, "force", "f", false, "stop running roles that stand in the way")
	fs.Var((*levelFlag)(&e.level), "debug-level", "how much ansar logs to standard error: FAULT WARNING CONSOLE OBJECT TRACE DEBUG NONE")
	word(fs, &e.homePath, "home-path", homeHelp)
	fs.Var((*formatFlag)(&e.logFormat), "log-format", "how it logs: text or json")
	told := fs.Bool("version", false, "print the version of ansar")
	fs.SortFlags = false
	root.SetGlobalNormalizationFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		return pflag.NormalizedName(strings.ReplaceAll(name, "_", "-"))
	})
	_ = root.RegisterFlagCompletionFunc("debug-level", completeWords(levelNames...)) // the flag is there
	_ = root.RegisterFlagCompletionFunc("log-format", completeWords("text", "json"))
	_ = root.RegisterFlagCompletionFunc("home-path", completeFolders)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		e.command = commandName(cmd)
		return misplaced(root, cmd, settings.Usage(cmd.Flags(), err))
	})
	root.PersistentPreRun = func(cmd *cobra.Command, _ []string) { e.command = commandName(cmd) }
	root.AddCommand(commands(e)...)
	root.AddCommand(topics()...)
	root.RunE = func(_ *cobra.Command, args []string) error {
		if *told && len(args) == 0 {
			return e.print([]byte("ansar " + programVersion() + "\n"))
		}
		if len(args) == 0 {
			return usagef("a command is required: see ansar help")
		}
		return unknownCommand(root, args[0])
	}
	root.SetHelpCommand(helpCommand(root))
	return root
}

// version is set by the linker, in builds of a checkout.
var version string

// programVersion is that, or the version of the module that ansar was built of.
func programVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(unknown version)"
}

func commandName(cmd *cobra.Command) string {
	if !cmd.HasParent() || cmd.Name() == "help" {
		return ""
	}
	_, below, _ := strings.Cut(cmd.CommandPath(), " ")
	return below
}

func unknownCommand(root *cobra.Command, word string) error {
	var known []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			known = append(known, c.Name())
		}
	}
	if near, ok := settings.Nearest(word, known); ok {
		return usagef("unknown command %q (did you mean %s?)", word, near)
	}
	return usagef("unknown command %q: see ansar help", word)
}

// misplaced says where a flag belongs that ansar has, and the command does not.
func misplaced(root, cmd *cobra.Command, err error) error {
	var unknown *settings.UsageError
	if cmd == root || !errors.As(err, &unknown) || unknown.Name != "" {
		return err
	}
	found := err
	root.Flags().VisitAll(func(f *pflag.Flag) {
		long := strings.HasPrefix(unknown.Problem+" ", "unknown flag --"+f.Name+" ")
		if long || f.Shorthand != "" && unknown.Problem == "unknown flag -"+f.Shorthand {
			found = usagef("--%s stands before the command: ansar --%s %s", f.Name, f.Name, cmd.Name())
		}
	})
	return found
}

// levelFlag is --debug-level.
type levelFlag actor.Level

func (l *levelFlag) Set(s string) error {
	level, err := actor.ParseLevel(s)
	if err != nil {
		return &settings.UsageError{Name: "--debug-level", Problem: err.Error()}
	}
	*l = levelFlag(level)
	return nil
}
func (l *levelFlag) String() string { return actor.Level(*l).String() }
func (l *levelFlag) Type() string   { return "level" }

// levelNames are the values of --debug-level.
var levelNames = []string{"FAULT", "WARNING", "CONSOLE", "OBJECT", "TRACE", "DEBUG", "NONE"}

// formatFlag is --log-format.
type formatFlag string

func (f *formatFlag) Set(s string) error {
	if s != "text" && s != "json" {
		return &settings.UsageError{Name: "--log-format", Problem: `"` + s + `" is not one of text, json`}
	}
	*f = formatFlag(s)
	return nil
}
func (f *formatFlag) String() string { return string(*f) }
func (f *formatFlag) Type() string   { return "format" }
