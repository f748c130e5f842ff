package settings

import (
	"cmp"
	"fmt"
	"slices"
)

// Unknown holds what a text had no field for: fields that a program no longer
// has, or never had. The zero value and nil hold nothing.
type Unknown struct {
	file  string
	found []unknown
}

// unknown is one such member.
type unknown struct {
	parent       string // path of the object that it stands in
	outer        bool   // it stands beside "value" in the envelope
	name         string
	value        node
	line, column int
	path         string // as an error shows it
	near         string
}

// Warnings returns one line for each member that was kept aside, with the
// place and path of it, in the order of the text.
func (u *Unknown) Warnings() []string {
	if u == nil {
		return nil
	}
	found := slices.Clone(u.found)
	slices.SortStableFunc(found, func(a, b unknown) int {
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column))
	})
	var lines []string
	for _, f := range found {
		lines = append(lines, fmt.Sprintf("%s%s: no such field, kept and ignored%s",
			where(u.file, f.line, f.column), f.path, f.near))
	}
	return lines
}

// at returns the members that stood in the object at a path.
func (u *Unknown) at(p *path) []unknown {
	if u == nil || len(u.found) == 0 {
		return nil
	}
	parent := p.String()
	var out []unknown
	for _, f := range u.found {
		if !f.outer && f.parent == parent {
			out = append(out, f)
		}
	}
	return out
}

// outside returns the members that stood beside "value".
func (u *Unknown) outside() []unknown {
	if u == nil {
		return nil
	}
	var out []unknown
	for _, f := range u.found {
		if f.outer {
			out = append(out, f)
		}
	}
	return out
}
