package framework

import (
	"strings"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"github.com/ansar-go/ansar/internal/settings"
)

// help is the page that --help prints.
func (p *program) help() string {
	about := p.describe()
	var b strings.Builder
	b.WriteString("usage: " + p.name + " [--name=value ...] [word ...]\n\n")
	b.WriteString(settings.Help(p.message(), &settings.HelpOptions{Program: p.name}))
	if about.Input != nil {
		b.WriteString("\n")
		b.WriteString(settings.Help(about.Input, &settings.HelpOptions{Program: p.name, Input: true}))
	}
	b.WriteString("\nflags of every program:\n")
	fs := new(options).flags()
	fs.String("set", "", "give a `name=value` to the setting of that name")
	b.WriteString(flagsHelp(fs))
	if about.Output != nil {
		b.WriteString("\nreturns: " + string(about.Output.FullName()) + "\n")
	}
	b.WriteString("\nexit status: 0 done, 1 it ended in a fault, 2 wrong usage, 130 interrupted\n")
	return b.String()
}

// flagsHelp describes flags in two columns.
func flagsHelp(fs *pflag.FlagSet) string {
	var heads, texts []string
	column := 0
	fs.VisitAll(func(f *pflag.Flag) {
		kind, text := pflag.UnquoteUsage(f)
		head := "    --" + f.Name
		if kind != "" {
			head += "=<" + kind + ">"
		}
		heads, texts = append(heads, head), append(texts, text)
		column = max(column, utf8.RuneCountInString(head)+2)
	})
	var b strings.Builder
	for i, head := range heads {
		b.WriteString(head + strings.Repeat(" ", column-utf8.RuneCountInString(head)))
		b.WriteString(strings.ReplaceAll(texts[i], "\n", "\n"+strings.Repeat(" ", column)) + "\n")
	}
	return b.String()
}
