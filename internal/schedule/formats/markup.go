package formats

import (
	"bufio"
	"fmt"
	"html"
	"net/url"
	"path"
	"path/filepath"
	"strings"
)

// markup is text of the program itself: constants, and nothing that comes from a report.
type markup string

// page writes HTML. What comes from a report gets in by text, attr and link only, which
// escape it. Errors are those of its buffer, which keeps the first one.
type page struct{ w *bufio.Writer }

func (p *page) raw(parts ...markup) {
	for _, m := range parts {
		_, _ = p.w.WriteString(string(m))
	}
}

// text writes lines of text. What no page shows is written as \x1b and the like, and so are
// characters that would turn the direction of the text around them.
func (p *page) text(text string) {
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			_ = p.w.WriteByte('\n')
		}
		_, _ = p.w.WriteString(html.EscapeString(visible(strings.ReplaceAll(line, "\t", "    "))))
	}
}

// in writes an element that has nothing but text.
func (p *page) in(open markup, text string, close markup) {
	p.raw(open)
	p.text(text)
	p.raw(close)
}

// attr writes an attribute, which stands within a tag.
func (p *page) attr(name markup, value string) {
	p.raw(" ", name, `="`)
	_, _ = p.w.WriteString(html.EscapeString(strings.ToValidUTF8(value, "\uFFFD")))
	p.raw(`"`)
}

// number writes a number, which needs no escapes.
func (p *page) number(format string, n any) { fmt.Fprintf(p.w, format, n) }

// file writes a link to a file of the run's folder; of one that is elsewhere only the words.
func (p *page) file(name, words string) {
	if !filepath.IsLocal(name) {
		p.text(words)
		return
	}
	target := url.URL{Path: path.Clean(filepath.ToSlash(name))}
	p.raw("<a")
	p.attr("href", "./"+target.EscapedPath())
	p.in(">", words, "</a>")
}
