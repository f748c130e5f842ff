package graph

import "slices"

// Tag gives a vertex more tags. One that was not added gets none.
func (g *Graph) Tag(id string, tags ...string) {
	v, ok := g.find(id)
	if !ok || len(tags) == 0 {
		return
	}
	if g.tags == nil {
		g.tags = map[int32][]string{}
	}
	for _, tag := range tags {
		if !slices.Contains(g.tags[v], tag) {
			g.tags[v] = append(g.tags[v], tag)
		}
	}
}

// Tags returns the tags of a vertex in the order given.
func (g *Graph) Tags(id string) []string {
	v, ok := g.find(id)
	if !ok {
		return nil
	}
	return slices.Clone(g.tags[v])
}

// SetValue gives a vertex a value, for the caller's own use. Nil takes it away.
func (g *Graph) SetValue(id string, value any) {
	v, ok := g.find(id)
	switch {
	case !ok:
		return
	case value == nil:
		delete(g.values, v)
		return
	case g.values == nil:
		g.values = map[int32]any{}
	}
	g.values[v] = value
}

// Value returns the value of a vertex, or nil.
func (g *Graph) Value(id string) any {
	if v, ok := g.find(id); ok {
		return g.values[v]
	}
	return nil
}

// copyTo gives a vertex of another graph the tags and value that it has here.
func (g *Graph) copyTo(to *Graph, v int32) {
	to.Tag(g.ids[v], g.tags[v]...)
	to.SetValue(g.ids[v], g.values[v])
}
