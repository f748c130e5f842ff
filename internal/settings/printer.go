package settings

import (
	"fmt"
	"unicode/utf8"
)

// printer lays JSON out: four blanks a level, or no white space at all.
type printer struct {
	out     []byte
	compact bool
	depth   int
	fresh   bool // nothing was written since the last begin
}

// begin opens an object or a list, end closes it.
func (p *printer) begin(open byte) {
	p.out = append(p.out, open)
	p.depth++
	p.fresh = true
}

func (p *printer) end(shut byte) {
	p.depth--
	if !p.fresh {
		p.line()
	}
	p.out = append(p.out, shut)
	p.fresh = false
}

// item goes before each item of a list.
func (p *printer) item() {
	if !p.fresh {
		p.out = append(p.out, ',')
	}
	p.fresh = false
	p.line()
}

// member goes before each value of an object.
func (p *printer) member(name string) {
	p.item()
	p.text(name)
	p.out = append(p.out, ':')
	if !p.compact {
		p.out = append(p.out, ' ')
	}
}

func (p *printer) line() {
	if p.compact {
		return
	}
	p.out = append(p.out, '\n')
	for range p.depth {
		p.out = append(p.out, "    "...)
	}
}

// raw writes a value that is JSON already.
func (p *printer) raw(s string) { p.out = append(p.out, s...) }

// text writes a string. Control characters are written as escapes, also those
// above 0x7e, so that a terminal shows the text and does not obey it.
func (p *printer) text(s string) {
	p.out = append(p.out, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			p.out = append(p.out, '\\', byte(r))
		case r == '\n':
			p.out = append(p.out, `\n`...)
		case r == '\r':
			p.out = append(p.out, `\r`...)
		case r == '\t':
			p.out = append(p.out, `\t`...)
		case r < ' ' || 0x7f <= r && r <= 0x9f:
			p.out = fmt.Appendf(p.out, `\u%04x`, r)
		default:
			p.out = utf8.AppendRune(p.out, r)
		}
	}
	p.out = append(p.out, '"')
}

// node writes a value as it was read.
func (p *printer) node(n *node) {
	switch n.kind {
	case null:
		p.raw("null")
	case text:
		p.text(n.text)
	case list:
		p.begin('[')
		for i := range n.items {
			p.item()
			p.node(&n.items[i])
		}
		p.end(']')
	case object:
		p.begin('{')
		for i := range n.members {
			p.member(n.members[i].name)
			p.node(&n.members[i].value)
		}
		p.end('}')
	default:
		p.raw(n.text)
	}
}
