package settings

import (
	"strconv"
	"strings"
)

// path leads from the outermost message to one of its values. A nil path is
// the message itself.
type path struct {
	up   *path
	step string // a field's name with a dot before it, [2] or ["key"]
}

func (p *path) field(name string) *path { return &path{p, "." + name} }
func (p *path) index(i int) *path       { return &path{p, "[" + strconv.Itoa(i) + "]"} }
func (p *path) key(k string) *path      { return &path{p, "[" + strconv.Quote(k) + "]"} }

// String returns the path as an error shows it: limits.sizes[2].
func (p *path) String() string {
	var b strings.Builder
	p.write(&b)
	return strings.TrimPrefix(b.String(), ".")
}

func (p *path) write(b *strings.Builder) {
	if p == nil {
		return
	}
	p.up.write(b)
	b.WriteString(p.step)
}
