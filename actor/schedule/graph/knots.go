package graph

import "slices"

// knots returns the groups of vertices that need each other, and the vertices
// that need themselves, in the order of their first vertices: the strongly
// connected components, by Tarjan's algorithm without recursion.
func (g *Graph) knots() [][]int32 {
	t := tarjan{g: g, index: make([]int32, len(g.ids)), low: make([]int32, len(g.ids)), on: make([]bool, len(g.ids))}
	for _, v := range g.added {
		if t.index[v] == 0 {
			t.visit(v)
		}
	}
	byRank := func(a, b int32) int { return int(g.rank[a] - g.rank[b]) }
	for _, group := range t.groups {
		slices.SortFunc(group, byRank)
	}
	slices.SortFunc(t.groups, func(a, b []int32) int { return byRank(a[0], b[0]) })
	return t.groups
}

type tarjan struct {
	g      *Graph
	index  []int32 // when it was met, from 1; 0: not yet
	low    []int32
	on     []bool // in stack
	stack  []int32
	calls  []frame
	clock  int32
	groups [][]int32
}

// frame is a vertex that is being visited, and which need is next.
type frame struct {
	v    int32
	next int
}

func (t *tarjan) enter(v int32) {
	t.clock++
	t.index[v], t.low[v], t.on[v] = t.clock, t.clock, true
	t.stack = append(t.stack, v)
	t.calls = append(t.calls, frame{v: v})
}

func (t *tarjan) visit(v int32) {
	t.enter(v)
	for len(t.calls) > 0 {
		f := &t.calls[len(t.calls)-1]
		needs := t.g.needs[f.v]
		if f.next < len(needs) {
			n := needs[f.next]
			f.next++
			if t.index[n] == 0 {
				t.enter(n)
			} else if t.on[n] {
				t.low[f.v] = min(t.low[f.v], t.index[n])
			}
			continue
		}
		v := f.v
		t.calls = t.calls[:len(t.calls)-1]
		if len(t.calls) > 0 {
			above := t.calls[len(t.calls)-1].v
			t.low[above] = min(t.low[above], t.low[v])
		}
		if t.low[v] == t.index[v] {
			t.leave(v)
		}
	}
}

// leave takes a whole group from the stack, and keeps it if it has a cycle.
func (t *tarjan) leave(v int32) {
	at := len(t.stack) - 1
	for t.stack[at] != v {
		at--
	}
	group := t.stack[at:]
	for _, u := range group {
		t.on[u] = false
	}
	if len(group) > 1 || slices.Contains(t.g.needs[v], v) {
		t.groups = append(t.groups, slices.Clone(group))
	}
	t.stack = t.stack[:at]
}
