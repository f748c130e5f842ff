package graph

import (
	"cmp"
	"iter"
	"slices"
)

// Graph is a set of vertices and of what each needs. Use [New].
type Graph struct {
	numbers map[string]int32
	ids     []string  // by number
	needs   [][]int32 // in the order given, each once
	users   [][]int32 // in the order in which they were added
	rank    []int32   // place among those added; missing: only mentioned
	added   []int32   // numbers in order

	tags   map[int32][]string
	values map[int32]any

	seen  []int32 // by number, the last list of needs that it was in
	lists int32
}

// missing is the rank of a vertex that others need and that was never added.
const missing = -1

// New returns a graph without vertices.
func New() *Graph { return &Graph{numbers: map[string]int32{}} }

// Len returns how many vertices were added.
func (g *Graph) Len() int { return len(g.added) }

// Has reports whether a vertex was added.
func (g *Graph) Has(id string) bool {
	_, ok := g.find(id)
	return ok
}

// IDs yields the vertices in the order in which they were added.
func (g *Graph) IDs() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, v := range g.added {
			if !yield(g.ids[v]) {
				return
			}
		}
	}
}

// Needs returns what a vertex needs, in the order given. It is nil for one that
// was not added.
func (g *Graph) Needs(id string) []string {
	if v, ok := g.find(id); ok {
		return g.names(g.needs[v])
	}
	return nil
}

// Users returns the vertices that need this one, in the order in which they were
// added. The vertex itself need not have been added.
func (g *Graph) Users(id string) []string {
	if v, ok := g.numbers[id]; ok {
		return g.names(g.users[v])
	}
	return nil
}

// Add adds a vertex that needs others. Without an error all of them are there
// already, and the graph can be ordered if it could before. With an error, which
// is a *[DuplicateError], a *[UnknownError] or a *[CycleError], it is as before.
func (g *Graph) Add(id string, needs ...string) error {
	if g.Has(id) {
		return &DuplicateError{ID: id}
	}
	if err := g.allow(id, needs); err != nil {
		return err
	}
	g.Put(id, needs...)
	return nil
}

// Update replaces what a vertex needs. The rules of [Graph.Add] hold; a vertex
// that was not added is a *[UnknownError].
func (g *Graph) Update(id string, needs ...string) error {
	if !g.Has(id) {
		return &UnknownError{ID: id}
	}
	if err := g.allow(id, needs); err != nil {
		return err
	}
	g.Put(id, needs...)
	return nil
}

// allow says why a vertex may not need these.
func (g *Graph) allow(id string, needs []string) error {
	v, mentioned := g.numbers[id]
	for _, need := range needs {
		if need == id {
			return &CycleError{Path: []string{id, id}, Edges: []Edge{{id, id}}}
		}
		if !g.Has(need) {
			return &UnknownError{ID: id, Need: need}
		}
	}
	if !mentioned || len(g.users[v]) == 0 {
		return nil // nobody needs it: it closes no cycle
	}
	var best []string
	for _, need := range needs {
		if path := g.ShortestPath(need, id); path != nil && (best == nil || len(path) < len(best)) {
			best = path
		}
	}
	if best == nil {
		return nil
	}
	best = slices.Concat([]string{id}, best)
	return &CycleError{Path: best, Edges: edgesOf(best)}
}

// Put adds a vertex, or replaces what it needs, whatever that is: a vertex that
// does not exist yet, itself, a cycle. What is given twice counts once.
func (g *Graph) Put(id string, needs ...string) {
	v := g.mention(id)
	if g.rank[v] == missing {
		g.rank[v] = int32(len(g.added))
		g.added = append(g.added, v)
	}
	for _, old := range g.needs[v] {
		at, _ := g.userAt(old, v)
		g.users[old] = slices.Delete(g.users[old], at, at+1)
	}
	g.lists++
	list := make([]int32, 0, len(needs))
	for _, need := range needs {
		n := g.mention(need)
		if g.seen[n] == g.lists {
			continue
		}
		g.seen[n] = g.lists
		list = append(list, n)
		at, _ := g.userAt(n, v)
		g.users[n] = slices.Insert(g.users[n], at, v)
	}
	g.needs[v] = list
}

// userAt returns where v stands or would stand among the users of n.
func (g *Graph) userAt(n, v int32) (int, bool) {
	users := g.users[n]
	if len(users) == 0 || g.rank[users[len(users)-1]] < g.rank[v] {
		return len(users), false
	}
	return slices.BinarySearchFunc(users, g.rank[v], func(u, rank int32) int { return cmp.Compare(g.rank[u], rank) })
}

// mention returns the number of an id, a new one if it has none.
func (g *Graph) mention(id string) int32 {
	if v, ok := g.numbers[id]; ok {
		return v
	}
	v := int32(len(g.ids))
	g.numbers[id] = v
	g.ids = append(g.ids, id)
	g.needs = append(g.needs, nil)
	g.users = append(g.users, nil)
	g.rank = append(g.rank, missing)
	g.seen = append(g.seen, 0)
	return v
}

// find returns the number of a vertex that was added.
func (g *Graph) find(id string) (int32, bool) {
	v, ok := g.numbers[id]
	return v, ok && g.rank[v] != missing
}

func (g *Graph) names(numbers []int32) []string {
	names := make([]string, len(numbers))
	for i, v := range numbers {
		names[i] = g.ids[v]
	}
	return names
}

// Merge adds what another graph has: vertices behind those that are there, and
// to each vertex of both what the other one needs, its tags, and its value if
// this has none. Cycles that come of it are found by [Graph.Check].
func (g *Graph) Merge(other *Graph) {
	for _, v := range other.added {
		id := other.ids[v]
		g.Put(id, slices.Concat(g.Needs(id), other.Needs(id))...)
		g.Tag(id, other.Tags(id)...)
		if g.Value(id) == nil {
			g.SetValue(id, other.Value(id))
		}
	}
}
