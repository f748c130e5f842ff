package formats

import (
	"bufio"
	"fmt"
	"strings"
	"unicode/utf8"
)

// xmlWriter writes elements one below the other. Errors are those of its buffer, which
// keeps the first one.
type xmlWriter struct{ w *bufio.Writer }

func (x *xmlWriter) raw(text string) { _, _ = x.w.WriteString(text) }

// open begins an element with others in it. Attributes are names and values in turn.
func (x *xmlWriter) open(depth int, element string, attributes ...string) {
	x.start(depth, element, attributes...)
	x.raw("\n")
}

// start begins an element with text in it.
func (x *xmlWriter) start(depth int, element string, attributes ...string) {
	x.tag(depth, element, attributes)
	x.raw(">")
}

func (x *xmlWriter) empty(depth int, element string, attributes ...string) {
	x.tag(depth, element, attributes)
	x.raw("/>\n")
}

func (x *xmlWriter) tag(depth int, element string, attributes []string) {
	x.raw(strings.Repeat("  ", depth) + "<" + element)
	for i := 0; i+1 < len(attributes); i += 2 {
		x.raw(" " + attributes[i] + `="`)
		x.raw(escapeXML(attributes[i+1], true))
		x.raw(`"`)
	}
}

func (x *xmlWriter) close(depth int, element string) {
	x.raw(strings.Repeat("  ", depth) + "</" + element + ">\n")
}

// end ends an element that start has begun.
func (x *xmlWriter) end(element string) { x.raw("</" + element + ">\n") }

func (x *xmlWriter) text(text string) { x.raw(escapeXML(text, false)) }

// escapeXML returns the text as it may stand in XML 1.0, which has no way to write most
// control characters: those, and bytes that are no UTF-8, become \x1b and the like.
func escapeXML(text string, attribute bool) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size <= 1:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>': // for the sake of ]]>
			b.WriteString("&gt;")
		case r == '"' && attribute:
			b.WriteString("&quot;")
		case (r == '\n' || r == '\t') && attribute:
			fmt.Fprintf(&b, "&#%d;", r) // or it would be read as a space
		case r == '\r':
			b.WriteString("&#13;") // or it would be read as a line feed
		case r < ' ' && r != '\n' && r != '\t', r >= 0x7f && r < 0xa0, r == 0xfffe, r == 0xffff:
			if r <= 0xff {
				fmt.Fprintf(&b, `\x%02x`, r)
			} else {
				fmt.Fprintf(&b, `\u%04x`, r)
			}
		default:
			b.WriteRune(r)
		}
		i += size
	}
	return b.String()
}
