package settings

import (
	"strings"
	"unicode/utf8"
)

// maxDepth is how deep objects and lists may be nested in each other.
const maxDepth = 1000

// parser reads JSON text into nodes.
type parser struct {
	data  []byte
	at    int
	depth int
}

// parse reads data, which is one JSON value and white space around it.
func parse(data []byte) (*node, *fault) {
	p := &parser{data: data}
	n, err := p.value()
	if err != nil {
		return nil, err
	}
	p.space()
	if p.at < len(data) {
		return nil, faultf(p.at, nil, "unexpected %s after the end of the value", p.found())
	}
	return &n, nil
}

func (p *parser) space() {
	for p.at < len(p.data) {
		switch p.data[p.at] {
		case ' ', '\t', '\r', '\n':
			p.at++
		default:
			return
		}
	}
}

// peek skips white space and returns the next byte, 0 at the end.
func (p *parser) peek() byte {
	p.space()
	if p.at >= len(p.data) {
		return 0
	}
	return p.data[p.at]
}

// found names what stands at the offset, for an error.
func (p *parser) found() string {
	if p.at >= len(p.data) {
		return "end of text"
	}
	r, size := utf8.DecodeRune(p.data[p.at:])
	if r == utf8.RuneError && size == 1 {
		return "byte that is not UTF-8"
	}
	return quote(string(r))
}

func (p *parser) value() (node, *fault) {
	c := p.peek()
	n := node{at: p.at}
	var err *fault
	switch {
	case c == '{':
		n.kind = object
		err = p.object(&n)
	case c == '[':
		n.kind = list
		err = p.list(&n)
	case c == '"':
		n.kind = text
		n.text, err = p.text()
	case c == '-' || '0' <= c && c <= '9':
		n.kind = number
		n.text, err = p.number()
	default:
		err = p.word(&n)
	}
	return n, err
}

// word reads true, false or null.
func (p *parser) word(n *node) *fault {
	start := p.at
	for p.at < len(p.data) && 'a' <= p.data[p.at] && p.data[p.at] <= 'z' {
		p.at++
	}
	n.text = string(p.data[start:p.at])
	switch n.text {
	case "true", "false":
		n.kind = boolean
	case "null":
		n.kind = null
	case "":
		return faultf(start, nil, "expected a value, found %s", p.found())
	default:
		return faultf(start, nil, "expected a value, found %s (strings need quotes)", quote(n.text))
	}
	return nil
}

func (p *parser) enter() *fault {
	p.depth++
	if p.depth > maxDepth {
		return faultf(p.at, nil, "nested deeper than %d levels", maxDepth)
	}
	p.at++
	return nil
}

func (p *parser) object(n *node) *fault {
	if err := p.enter(); err != nil {
		return err
	}
	seen := map[string]bool{}
	for first := true; ; first = false {
		done, err := p.next('}', first, "member of the object")
		if err != nil || done {
			return err
		}
		if p.peek() != '"' {
			return faultf(p.at, nil, "expected a name in quotes, found %s", p.found())
		}
		m := member{at: p.at}
		if m.name, err = p.text(); err != nil {
			return err
		}
		if seen[m.name] {
			return faultf(m.at, nil, "%s is given twice in one object", quote(m.name))
		}
		seen[m.name] = true
		if p.peek() != ':' {
			return faultf(p.at, nil, `expected ":" after the name %s, found %s`, quote(m.name), p.found())
		}
		p.at++
		if m.value, err = p.value(); err != nil {
			return err
		}
		n.members = append(n.members, m)
	}
}

func (p *parser) list(n *node) *fault {
	if err := p.enter(); err != nil {
		return err
	}
	for first := true; ; first = false {
		done, err := p.next(']', first, "item of the list")
		if err != nil || done {
			return err
		}
		item, err := p.value()
		if err != nil {
			return err
		}
		n.items = append(n.items, item)
	}
}

// next moves to the next item of what end closes, and says whether there is
// none.
func (p *parser) next(end byte, first bool, what string) (done bool, _ *fault) {
	c := p.peek()
	switch {
	case c == end:
		p.at++
		p.depth--
		return true, nil
	case first:
		return false, nil
	case c != ',':
		return false, faultf(p.at, nil, `expected "," or "%c" after a %s, found %s`, end, what, p.found())
	}
	p.at++
	if p.peek() == end {
		return false, faultf(p.at, nil, `expected another %s after ",", found "%c"`, what, end)
	}
	return false, nil
}

// number reads a number and returns it as written.
func (p *parser) number() (string, *fault) {
	start := p.at
	for p.at < len(p.data) && strings.IndexByte("+-.eE0123456789", p.data[p.at]) >= 0 {
		p.at++
	}
	s := string(p.data[start:p.at])
	if !strictNumber(s) {
		return "", faultf(start, nil, "%s is not a number that JSON allows", clip(s))
	}
	return s, nil
}
