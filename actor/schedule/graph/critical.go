package graph

import (
	"slices"
	"time"
)

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
