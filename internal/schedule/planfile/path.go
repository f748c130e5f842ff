package planfile

import "strconv"

// path is where a value stands. Nil is the whole.
type path struct {
	parent *path
	name   string // of a field; empty: an item
	item   int
}

func (p *path) field(name string) *path { return &path{parent: p, name: name} }

func (p *path) index(i int) *path { return &path{parent: p, item: i} }

func (p *path) String() string {
	if p == nil {
		return ""
	}
	before := p.parent.String()
	switch {
	case p.name == "":
		return before + "[" + strconv.Itoa(p.item) + "]"
	case before == "":
		return p.name
	default:
		return before + "." + p.name
	}
}
