package settings

import (
	"cmp"
	"fmt"
	"slices"
)

// Unknown holds what a text had no field for: fields that a program no longer
// has, or never had. The zero value and nil hold nothing.
type Unknown struct {
	file   string
	data   []byte
	inside map[string][]unknown // by the path of the object that they stand in
	beside []unknown            // beside "value" in the envelope
}

// unknown is one such member.
type unknown struct {
	member
	path string // as an error shows it
	near string // hint at the field that was perhaps meant
}

// Warnings returns one line for each member that was kept aside, with the
// place and path of it, in the order of the text.
func (u *Unknown) Warnings() []string {
	if u == nil {
		return nil
	}
	found := slices.Clone(u.beside)
	for _, members := range u.inside {
		found = append(found, members...)
	}
	slices.SortFunc(found, func(a, b unknown) int { return cmp.Compare(a.at, b.at) })
	var lines []string
	for _, f := range found {
		line, column := place(u.data, f.at)
		lines = append(lines, fmt.Sprintf("%s%s: no such field, kept and ignored%s",
			where(u.file, line, column), f.path, f.near))
	}
	return lines
}

// keep adds a member that stood in the object at a path.
func (u *Unknown) keep(p *path, f unknown) {
	if u.inside == nil {
		u.inside = map[string][]unknown{}
	}
	u.inside[p.String()] = append(u.inside[p.String()], f)
}

// at returns the members that stood in the object at a path.
func (u *Unknown) at(p *path) []unknown {
	if u == nil || len(u.inside) == 0 {
		return nil
	}
	return u.inside[p.String()]
}

// outside returns the members that stood beside "value".
func (u *Unknown) outside() []unknown {
	if u == nil {
		return nil
	}
	return u.beside
}
