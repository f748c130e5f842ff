package graph

import "slices"

// Reverse returns the graph with all edges turned around, its vertices in the
// same order. A graph that cannot be ordered is refused with the error of
// [Graph.Check].
func (g *Graph) Reverse() (*Graph, error) {
	if _, err := g.Order(); err != nil {
		return nil, err
	}
	r := New()
	for _, v := range g.added {
		r.mention(g.ids[v])
	}
	for _, v := range g.added {
		r.Put(g.ids[v], g.names(g.users[v])...)
		g.copyTo(r, v)
	}
	return r, nil
}

// Closure returns these vertices and all that they need, directly or not, in the
// order in which they were added. It returns on cycles, too; vertices that do not
// exist are left out.
func (g *Graph) Closure(ids ...string) []string {
	seen := make([]bool, len(g.ids))
	var pending []int32
	meet := func(v int32) {
		if g.rank[v] != missing && !seen[v] {
			seen[v] = true
			pending = append(pending, v)
		}
	}
	for _, id := range ids {
		if v, ok := g.find(id); ok {
			meet(v)
		}
	}
	for len(pending) > 0 {
		v := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		for _, n := range g.needs[v] {
			meet(n)
		}
	}
	var closure []string
	for _, v := range g.added {
		if seen[v] {
			closure = append(closure, g.ids[v])
		}
	}
	return closure
}

// ShortestPath returns a shortest way by which a vertex needs another one, both
// included, or nil if it does not. From a vertex to itself it is that vertex.
func (g *Graph) ShortestPath(from, to string) []string {
	start, ok := g.find(from)
	end, there := g.find(to)
	if !ok || !there {
		return nil
	}
	before := map[int32]int32{start: start}
	queue := []int32{start}
	for len(queue) > 0 && queue[0] != end {
		v := queue[0]
		queue = queue[1:]
		for _, n := range g.needs[v] {
			if _, seen := before[n]; !seen && g.rank[n] != missing {
				before[n] = v
				queue = append(queue, n)
			}
		}
	}
	if len(queue) == 0 {
		return nil
	}
	path := []int32{end}
	for v := end; v != start; {
		v = before[v]
		path = append(path, v)
	}
	slices.Reverse(path)
	return g.names(path)
}

// Near is a vertex and how many edges it is away.
type Near struct {
	ID       string
	Distance int
}

// Nearest returns the vertices with this tag that a vertex needs, directly or
// over others that do not have it, the nearest first. Those more than limit edges
// away do not count; 0 is no limit.
func (g *Graph) Nearest(id, tag string, limit int) []Near {
	start, ok := g.find(id)
	if !ok {
		return nil
	}
	var found []Near
	seen := map[int32]bool{start: true}
	level := []int32{start}
	for distance := 1; len(level) > 0 && (limit <= 0 || distance <= limit); distance++ {
		var next []int32
		for _, v := range level {
			for _, n := range g.needs[v] {
				if seen[n] || g.rank[n] == missing {
					continue
				}
				seen[n] = true
				if slices.Contains(g.tags[n], tag) {
					found = append(found, Near{g.ids[n], distance})
				} else {
					next = append(next, n)
				}
			}
		}
		level = next
	}
	return found
}
