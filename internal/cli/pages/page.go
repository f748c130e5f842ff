package pages

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// page is what the manual says of one command or topic.
type page struct {
	name    string   // of the file: ansar-add
	title   string   // as it is typed: ansar add
	parent  string   // title of the command above, empty for the first
	topic   bool     // something to read about, and no command
	short   string   // one line
	long    string   // plain text
	usage   string   // how it is called; empty for a topic
	aliases []string // other names
	example string   // plain text, empty if there is none
	flags   []flag
	below   []*page // commands and topics, by name
}

// flag is an option of a command.
type flag struct {
	short, long string // without dashes; short may be empty
	value       string // name of its value, empty for a switch
	help        string
	standard    string // the value if it is not given, empty if that says nothing
}

// tree reads the commands at and below root. What is hidden stays so.
func tree(root *cobra.Command, parent string) *page {
	root.InitDefaultHelpFlag()
	p := &page{
		name: strings.ReplaceAll(root.CommandPath(), " ", "-"), title: root.CommandPath(), parent: parent,
		topic: root.IsAdditionalHelpTopicCommand(), short: root.Short, long: root.Long,
		aliases: root.Aliases, example: strings.TrimRight(strings.Trim(root.Example, "\n"), " "),
	}
	if !p.topic {
		p.usage = root.UseLine()
		root.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden && f.Name != "help" {
				p.flags = append(p.flags, newFlag(f))
			}
		})
	}
	for _, cmd := range root.Commands() {
		if cmd.IsAvailableCommand() || cmd.IsAdditionalHelpTopicCommand() || cmd.Name() == "help" {
			p.below = append(p.below, tree(cmd, p.title))
		}
	}
	slices.SortFunc(p.below, func(a, b *page) int { return strings.Compare(a.name, b.name) })
	return p
}

func newFlag(f *pflag.Flag) flag {
	value, help := pflag.UnquoteUsage(f)
	if f.NoOptDefVal != "" && f.Value.Type() == "bool" {
		value = ""
	}
	standard := f.DefValue
	if slices.Contains([]string{"", "false", "0", "0s", "[]", "<nil>"}, standard) {
		standard = ""
	}
	return flag{f.Shorthand, f.Name, value, help, standard}
}

// all lists the page and those below it, itself first.
func (p *page) all() []*page {
	list := []*page{p}
	for _, b := range p.below {
		list = append(list, b.all()...)
	}
	return list
}

// split parts what is below into commands and topics.
func (p *page) split() (commands, topics []*page) {
	for _, b := range p.below {
		if b.topic {
			topics = append(topics, b)
		} else {
			commands = append(commands, b)
		}
	}
	return commands, topics
}

// block is a paragraph, or lines that are kept as they stand.
type block struct {
	kept  bool
	lines []string
}

// blocks reads plain text. Kept lines that only blank lines part are one block.
func blocks(text string) []block {
	var list []block
	gap := false
	for line := range strings.SplitSeq(strings.Trim(text, "\n"), "\n") {
		if strings.TrimSpace(line) == "" {
			gap = true
			continue
		}
		kept := strings.HasPrefix(line, " ")
		last := len(list) - 1
		switch {
		case last < 0, list[last].kept != kept, gap && !kept:
			list = append(list, block{kept: kept})
			last++
		case gap:
			list[last].lines = append(list[last].lines, "")
		}
		gap = false
		list[last].lines = append(list[last].lines, line)
	}
	for _, b := range list {
		if b.kept {
			outdent(b.lines)
		}
	}
	return list
}

// outdent takes away the blanks that all lines begin with.
func outdent(lines []string) {
	least := -1
	for _, line := range lines {
		if n := len(line) - len(strings.TrimLeft(line, " ")); line != "" && (least < 0 || n < least) {
			least = n
		}
	}
	for i, line := range lines {
		if line != "" {
			lines[i] = strings.TrimRight(line[least:], " ")
		}
	}
}
