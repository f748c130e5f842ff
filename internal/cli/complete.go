package cli

import (
	"cmp"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/settings/schema"
)

// Completion never runs a program: it is asked for at every key, and works by
// what the home keeps. Whatever is wrong, it completes nothing.

const noFiles = cobra.ShellCompDirectiveNoFileComp

const completionLong = `Completion prints a script that has a shell complete ansar: commands, flags, roles,
executables and their settings. To have it at each start of the shell:

  bash    ansar completion bash > ~/.local/share/bash-completion/completions/ansar
  zsh     ansar completion zsh > "${fpath[1]}/_ansar"
  fish    ansar completion fish > ~/.config/fish/completions/ansar.fish`

func completionCommand(e *env) *cobra.Command {
	return &cobra.Command{
		Use:               "completion bash|zsh|fish",
		Short:             "print a script for the completion of a shell",
		Long:              completionLong,
		ValidArgsFunction: completeWords("bash", "zsh", "fish"),
		RunE: func(cmd *cobra.Command, words []string) error {
			if len(words) != 1 {
				return usagef("the name of one shell is required: bash, zsh or fish")
			}
			switch words[0] {
			case "bash":
				return cmd.Root().GenBashCompletionV2(e.stdout, true)
			case "zsh":
				return cmd.Root().GenZshCompletion(e.stdout)
			case "fish":
				return cmd.Root().GenFishCompletion(e.stdout, true)
			}
			return usagef("no completion for %q: there are bash, zsh and fish", words[0])
		},
	}
}

// completer completes a word, after the arguments before it.
type completer = func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective)

func completeWords(words ...string) completer {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, noFiles
		}
		return words, noFiles
	}
}

func completeFolders(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// completeRoles completes the names of roles that are not there yet.
func completeRoles(e *env) completer {
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		return e.roles(&commandLine{own: cmd.Flags(), root: cmd.Root(), cmd: cmd}, args, word)
	}
}

func (e *env) roles(c *commandLine, words []string, _ string) ([]string, cobra.ShellCompDirective) {
	h, err := home.Open(c.homePath(e))
	if err != nil {
		return nil, noFiles
	}
	executable, _ := c.own.GetString("executable") // empty where there is no such flag
	found, err := h.Search(&home.Search{Executable: executable})
	if err != nil {
		return nil, noFiles
	}
	var names []string
	for _, role := range found {
		if !slices.Contains(words, role.Name) {
			names = append(names, role.Name+"\t"+role.Executable)
		}
	}
	return names, noFiles
}

// homePath returns the home by its flags, or the default.
func (c *commandLine) homePath(e *env) string {
	path, _ := c.own.GetString("home-path")
	return cmp.Or(path, e.homePath, defaultHome)
}

// completeAdd completes an executable, and then its settings.
func completeAdd(e *env) completer {
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		c := &commandLine{own: cmd.Flags(), root: cmd.Root(), cmd: cmd, args: args}
		p, ok := c.before()
		if !ok {
			return nil, noFiles
		}
		executable, _ := c.own.GetString("executable")
		if executable == "" && len(p.words) > 0 {
			executable = p.words[0]
		}
		if strings.HasPrefix(word, "-") {
			return c.flags(e, []string{executable}, word)
		}
		switch {
		case executable == "":
			return e.executables(c), noFiles
		case len(p.words) == 2:
			return nil, cobra.ShellCompDirectiveFilterDirs
		}
		return nil, noFiles
	}
}

// completeForwarding completes roles, and settings of the roles found so far.
func completeForwarding(e *env) completer {
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		c := &commandLine{own: cmd.Flags(), root: cmd.Root(), cmd: cmd, args: args}
		p, ok := c.before()
		if !ok {
			return nil, noFiles
		}
		if !strings.HasPrefix(word, "-") {
			return e.roles(c, p.words, word)
		}
		s := &searchFlags{}
		s.roleName, _ = c.own.GetString("role-name")
		s.homePath, _ = c.own.GetString("home-path")
		s.executable, _ = c.own.GetString("executable")
		s.invert, _ = c.own.GetBool("invert-search")
		g, err := s.resolve(e, p.words)
		if err != nil {
			return nil, noFiles
		}
		_, roles, err := g.open()
		if err != nil {
			return nil, noFiles
		}
		var executables []string
		for _, role := range roles {
			executables = append(executables, role.Executable)
		}
		return c.flags(e, executables, word)
	}
}

// before parses what stands before the word.
func (c *commandLine) before() (*pieces, bool) {
	p := c.split(func(string) bool { return true })
	return p, c.parseOwn(p.own) == nil
}

// executables lists what can be executed in the bin of the home.
func (e *env) executables(c *commandLine) []string {
	h, err := home.Open(c.homePath(e))
	if err != nil {
		return nil
	}
	entries, _ := os.ReadDir(h.Dir(home.Bin)) // what cannot be read completes nothing
	var names []string
	for _, entry := range entries {
		if _, err := h.Lookup(entry.Name()); err == nil {
			names = append(names, entry.Name())
		}
	}
	return names
}

// flags completes --name= of the settings of some executables, and their values
// where there are only some. The command's own flags are completed elsewhere,
// their values here.
func (c *commandLine) flags(e *env, executables []string, word string) ([]string, cobra.ShellCompDirective) {
	name, _, value := strings.Cut(strings.TrimLeft(word, "-"), "=")
	if own := c.own.Lookup(name); value && own != nil {
		return c.ownValues(own, name)
	}
	h, err := home.Open(c.homePath(e))
	if err != nil {
		return nil, noFiles
	}
	slices.Sort(executables)
	var list []string
	for _, executable := range slices.Compact(executables) {
		p, err := newPrograms(e.ctx, h).kept(executable)
		if err != nil || p.Settings() == nil {
			continue
		}
		settingsFlags(p, p.Settings(), c.own).VisitAll(func(f *pflag.Flag) {
			switch {
			case c.own.Lookup(f.Name) != nil || f.Hidden:
			case value && f.Name == name:
				for _, v := range values(p, f.Name) {
					list = append(list, "--"+name+"="+v)
				}
			case value:
			case f.NoOptDefVal != "":
				list = append(list, "--"+f.Name+"\t"+f.Usage)
			default:
				list = append(list, "--"+f.Name+"=\t"+f.Usage)
			}
		})
	}
	slices.Sort(list)
	return slices.Compact(list), noFiles | cobra.ShellCompDirectiveNoSpace
}

// ownValues completes --name=value of a flag of the command.
func (c *commandLine) ownValues(f *pflag.Flag, typed string) ([]string, cobra.ShellCompDirective) {
	complete, ok := c.cmd.GetFlagCompletionFunc(f.Name)
	if !ok {
		return nil, cobra.ShellCompDirectiveDefault
	}
	words, directive := complete(c.cmd, nil, "")
	list := make([]string, 0, len(words))
	for _, w := range words {
		list = append(list, "--"+typed+"="+w)
	}
	return list, directive
}

// values lists what a setting can be, where that is one of a few names.
func values(p *schema.Program, flag string) []string {
	md := p.Settings().ProtoReflect().Descriptor()
	var fd protoreflect.FieldDescriptor
	for part := range strings.SplitSeq(flag, ".") {
		if md == nil {
			return nil
		}
		if fd = md.Fields().ByName(protoreflect.Name(strings.ReplaceAll(part, "-", "_"))); fd == nil {
			return nil
		}
		md = fd.Message()
	}
	switch fd.Kind() {
	case protoreflect.BoolKind:
		return []string{"false", "true"}
	case protoreflect.EnumKind:
		var names []string
		for i := range fd.Enum().Values().Len() {
			names = append(names, string(fd.Enum().Values().Get(i).Name()))
		}
		return names
	}
	return nil
}
