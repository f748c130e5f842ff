package pages

import (
	"fmt"
	"strings"
)

// origin is the last line of a page.
const origin = "*This page is what `%s` prints, written by `make docs`.*\n"

// markdown writes the page as Markdown.
func markdown(p *page) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s.\n\n", p.title, capital(plain(p.short)))
	if p.usage != "" {
		fmt.Fprintf(&b, "```\n%s\n```\n\n", p.usage)
	}
	if len(p.aliases) > 0 {
		fmt.Fprintf(&b, "Also: `%s`.\n\n", strings.Join(p.aliases, "`, `"))
	}
	markdownText(&b, p.long)
	if p.example != "" {
		b.WriteString("## Examples\n\n")
		markdownText(&b, indent(p.example))
	}
	if len(p.flags) > 0 {
		b.WriteString("## Flags\n\n| flag | what it does |\n| --- | --- |\n")
		for _, f := range p.flags {
			fmt.Fprintf(&b, "| `%s` | %s |\n", strings.ReplaceAll(f.typed(), "|", `\|`), strings.ReplaceAll(plain(f.text()), "|", `\|`))
		}
		b.WriteString("\n")
	}
	commands, topics := p.split()
	list(&b, "Commands", commands)
	list(&b, "Topics", topics)
	program, rest, _ := strings.Cut(p.title, " ")
	help := strings.TrimSpace(program + " help " + rest)
	fmt.Fprintf(&b, origin, help)
	return []byte(b.String())
}

func list(b *strings.Builder, title string, pages []*page) {
	if len(pages) == 0 {
		return
	}
	fmt.Fprintf(b, "## %s\n\n| | |\n| --- | --- |\n", title)
	for _, p := range pages {
		fmt.Fprintf(b, "| [%s](%s.md) | %s |\n", p.title, p.name, strings.ReplaceAll(plain(p.short), "|", `\|`))
	}
	b.WriteString("\n")
}

// markdownText writes plain text.
func markdownText(b *strings.Builder, text string) {
	for _, block := range blocks(text) {
		lines := strings.Join(block.lines, "\n")
		if block.kept {
			fmt.Fprintf(b, "```\n%s\n```\n\n", lines)
			continue
		}
		fmt.Fprintf(b, "%s\n\n", plain(lines))
	}
}

// plain keeps Markdown from reading something into text.
func plain(text string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "<", `\<`, "`", "\\`", "[", `\[`).Replace(text)
}

// typed is how the flag is typed: -l, --long=value.
func (f flag) typed() string {
	text := "--" + f.long
	if f.value != "" {
		text += "=" + f.value
	}
	if f.short != "" {
		text = "-" + f.short + ", " + text
	}
	return text
}

// text is what the flag does, and what it is without being given.
func (f flag) text() string {
	if f.standard == "" {
		return f.help
	}
	return fmt.Sprintf("%s (%s if not given)", f.help, f.standard)
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(text, "\n", "\n  ")
}

func capital(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
