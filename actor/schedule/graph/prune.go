package graph

// Prune returns the graph of the vertices that keep wants. What a dropped vertex
// needs is needed instead by those that needed it, so that the order of the rest
// stays; the number of edges may grow by that. A graph that cannot be ordered is
// refused with the error of [Graph.Check].
func (g *Graph) Prune(keep func(id string) bool) (*Graph, error) {
	order, err := g.Order()
	if err != nil {
		return nil, err
	}
	instead := make([][]int32, len(g.ids)) // of a vertex: itself, or what it needs
	needs := make([][]int32, len(g.ids))
	last := make([]int32, len(g.ids)) // the vertex in whose list it is, plus 1
	kept := make([]bool, len(g.ids))
	for _, id := range order {
		v := g.numbers[id]
		for _, n := range g.needs[v] {
			for _, m := range instead[n] {
				if last[m] != v+1 {
					last[m] = v + 1
					needs[v] = append(needs[v], m)
				}
			}
		}
		instead[v] = needs[v]
		if kept[v] = keep(id); kept[v] {
			instead[v] = []int32{v}
		}
	}
	p := New()
	for _, v := range g.added {
		if kept[v] {
			p.Put(g.ids[v], g.names(needs[v])...)
			g.copyTo(p, v)
		}
	}
	return p, nil
}
