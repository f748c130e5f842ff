package cli

import (
	"cmp"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/internal/home"
)

// Completion never runs a program: it is asked for at every key, and works by
// what the home keeps. Whatever is wrong, it completes nothing.

const noFiles = cobra.ShellCompDirectiveNoFileComp

const completionLong = `Completion prints a script that has a shell complete ansar: commands, flags, roles,
executables and their settings. To have it at each start of the shell:

  bash    ansar completion bash > ~/.local/share/bash-completion/completions/ansar
  zsh     ansar completion zsh > "${fpath[1]}/_ansar"
  fish    ansar completion fish > ~/.config/fish/completions/ansar.fish

For bash, the package bash-completion has to be installed: its functions are used.`

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
				return fishScript(cmd.Root(), e.stdout)
			}
			return usagef("no completion for %q: there are bash, zsh and fish", words[0])
		},
	}
}

// fishScript writes the script of cobra, which takes --name= for an option of
// string split where no space shall follow it.
func fishScript(root *cobra.Command, w io.Writer) error {
	var script strings.Builder
	if err := root.GenFishCompletion(&script, true); err != nil {
		return err
	}
	_, err := io.WriteString(w, strings.ReplaceAll(script.String(), `string split --max 1 \t `, `string split --max 1 -- \t `))
	return err
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

// executables lists what can be executed in the bin of the home, but for ansar.
func (e *env) executables(c *commandLine) []string {
	h, err := home.Open(c.homePath(e))
	if err != nil {
		return nil
	}
	entries, _ := os.ReadDir(h.Dir(home.Bin)) // what cannot be read completes nothing
	var names []string
	for _, entry := range entries {
		if _, err := h.Lookup(entry.Name()); err == nil && entry.Name() != c.root.Name() {
			names = append(names, entry.Name())
		}
	}
	return names
}

// played lists the executables that roles of the home are played by.
func (e *env) played(c *commandLine) []string {
	h, err := home.Open(c.homePath(e))
	if err != nil {
		return nil
	}
	roles, _ := h.Search(nil) // what cannot be read completes nothing
	return executablesOf(roles)
}

func executablesOf(roles []home.Role) []string {
	var names []string
	for _, role := range roles {
		names = append(names, role.Executable)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// completeValues completes the value of a flag, whatever words there are.
func completeValues(values ...string) completer {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) { return values, noFiles }
}
