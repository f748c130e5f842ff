package graph

import (
	"slices"
	"time"
)

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
	var todo []int32
	meet := func(v int32) {
		if g.rank[v] != missing && !seen[v] {
			seen[v] = true
			todo = append(todo, v)
		}
	}
	for _, id := range ids {
		if v, ok := g.find(id); ok {
			meet(v)
		}
	}
	for len(todo) > 0 {
		v := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
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

// Critical returns for each vertex how long it takes from its begin to the end of
// the last one that needs it, directly or not, if each takes as long as weight
// says and nothing else waits; and the path that the length of the whole is due
// to, in the order in which it is worked on. The error is that of [Graph.Check].
func (g *Graph) Critical(weight func(id string) time.Duration) (lengths map[string]time.Duration, path []string, err error) {
	order, err := g.Order()
	if err != nil {
		return nil, nil, err
	}
	length := make([]time.Duration, len(g.ids))
	next := make([]int32, len(g.ids))
	lengths = make(map[string]time.Duration, len(order))
	for _, id := range slices.Backward(order) {
		v := g.numbers[id]
		next[v] = missing
		for _, u := range g.users[v] {
			if next[v] == missing || length[u] > length[next[v]] {
				next[v] = u
			}
		}
		length[v] = max(weight(id), 0)
		if next[v] != missing {
			length[v] += length[next[v]]
		}
		lengths[id] = length[v]
	}
	first := int32(missing)
	for _, v := range g.added {
		if first == missing || length[v] > length[first] {
			first = v
		}
	}
	for v := first; v != missing; v = next[v] {
		path = append(path, g.ids[v])
	}
	return lengths, path, nil
}
