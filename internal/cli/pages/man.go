package pages

import (
	"fmt"
	"strings"
)

// section is that of the manual where the page belongs: commands, or topics.
func (p *page) section() int {
	if p.topic {
		return 7
	}
	return 1
}

// man writes the page in the language of man(7).
func man(p, top *page, exitCodes string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, ".\\\" Written by make docs: the text is that of the command's help.\n")
	fmt.Fprintf(&b, ".TH %s %d \"\" \"%s\" \"%s manual\"\n", roffWord(strings.ToUpper(p.name)), p.section(), top.name, top.name)
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", roff(p.name), roff(p.short))
	if p.usage != "" {
		fmt.Fprintf(&b, ".SH SYNOPSIS\n.nf\n\\fB%s\\fR\n.fi\n", roff(p.usage))
	}
	if len(p.aliases) > 0 {
		fmt.Fprintf(&b, ".PP\nAlso: \\fB%s\\fR\n", roff(strings.Join(p.aliases, ", ")))
	}
	if p.long != "" {
		b.WriteString(".SH DESCRIPTION\n")
		manText(&b, p.long)
	}
	if len(p.flags) > 0 {
		b.WriteString(".SH OPTIONS\n")
		for _, f := range p.flags {
			fmt.Fprintf(&b, ".TP\n\\fB%s\\fR\n%s\n", roff(f.typed()), roffLine(f.text()))
		}
	}
	commands, topics := p.split()
	for _, part := range []struct {
		title string
		pages []*page
	}{{"COMMANDS", commands}, {"TOPICS", topics}} {
		if len(part.pages) > 0 {
			fmt.Fprintf(&b, ".SH %s\n", part.title)
			for _, c := range part.pages {
				fmt.Fprintf(&b, ".TP\n\\fB%s\\fR(%d)\n%s\n", roff(c.name), c.section(), roffLine(c.short))
			}
		}
	}
	if p.example != "" {
		b.WriteString(".SH EXAMPLES\n")
		manText(&b, indent(p.example))
	}
	if !p.topic {
		b.WriteString(".SH EXIT STATUS\n")
		manText(&b, exitCodes)
	}
	if p != top {
		fmt.Fprintf(&b, ".SH SEE ALSO\n\\fB%s\\fR(1)\n", roff(top.name))
	}
	return []byte(b.String())
}

// manText writes plain text.
func manText(b *strings.Builder, text string) {
	for i, block := range blocks(text) {
		if block.kept {
			b.WriteString(".PP\n.RS 4\n.nf\n")
		} else if i > 0 {
			b.WriteString(".PP\n")
		}
		for _, line := range block.lines {
			fmt.Fprintln(b, roffLine(line))
		}
		if block.kept {
			b.WriteString(".fi\n.RE\n")
		}
	}
}

// roff keeps roff from reading something into text within a line. A hyphen is
// a minus, so that what is copied from the page can be typed.
func roff(text string) string {
	return strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "^", `\(ha`, "~", `\(ti`, "`", `\(ga`).Replace(text)
}

// roffLine does so for a whole line: a point in front would be a request.
func roffLine(line string) string {
	line = roff(line)
	if strings.HasPrefix(line, ".") {
		return `\&` + line
	}
	return line
}

// roffWord is a word for a request.
func roffWord(text string) string { return strings.ReplaceAll(text, " ", "-") }
