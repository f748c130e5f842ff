package graph

import (
	"errors"
	"slices"
)

// Check says all that is wrong: in the order of the vertices a *[UnknownError]
// for each need that does not exist, then a *[CycleError] for each group of
// vertices that need each other. They are joined; use [errors.As] or Unwrap.
func (g *Graph) Check() error {
	var wrong []error
	for _, v := range g.added {
		for _, n := range g.needs[v] {
			if g.rank[n] == missing {
				wrong = append(wrong, &UnknownError{ID: g.ids[v], Need: g.ids[n]})
			}
		}
	}
	s := search{g: g, effort: shortestEffort, inside: make([]bool, len(g.ids)), from: make([]int32, len(g.ids))}
	for _, group := range g.knots() {
		wrong = append(wrong, s.describe(group))
	}
	return errors.Join(wrong...)
}

// shortestEffort is how many edges are looked at in search of shortest cycles.
// It is enough for all cycles through some thousand vertices.
const shortestEffort = 10_000_000

// describe describes one group of vertices that need each other, given in order.
func (s *search) describe(group []int32) *CycleError {
	for _, v := range group {
		s.inside[v] = true
	}
	e := &CycleError{}
	var best []int32
	for _, v := range group {
		for _, n := range s.g.needs[v] {
			if s.inside[n] {
				e.Edges = append(e.Edges, Edge{s.g.ids[v], s.g.ids[n]})
			}
		}
		if best == nil || len(best) > 1 && s.effort > 0 {
			if found := s.cycle(v, len(best)); found != nil {
				best = found
			}
		}
	}
	for _, v := range group {
		s.inside[v] = false
	}
	e.Path = append(s.g.names(best), s.g.ids[best[0]])
	return e
}

// search looks for the shortest way from a vertex back to itself.
type search struct {
	g      *Graph
	effort int     // how many edges may still be looked at
	inside []bool  // the group
	from   []int32 // number of the vertex before plus 1; 0: not seen
	queue  []int32
}

// cycle returns the shortest one through v without its end, if it is shorter
// than limit; 0 is no limit.
func (s *search) cycle(v int32, limit int) []int32 {
	s.queue = append(s.queue[:0], v)
	defer func() {
		for _, u := range s.queue {
			s.from[u] = 0
		}
		s.from[v] = 0
	}()
	level, end := 1, 1 // vertices before end are fewer than level steps away
	for i := 0; i < len(s.queue); i++ {
		if i == end {
			level, end = level+1, len(s.queue)
		}
		if limit > 0 && level >= limit {
			return nil
		}
		u := s.queue[i]
		for _, n := range s.g.needs[u] {
			s.effort--
			switch {
			case n == v:
				return s.back(v, u)
			case s.inside[n] && s.from[n] == 0:
				s.from[n] = u + 1
				s.queue = append(s.queue, n)
			}
		}
	}
	return nil
}

// back returns the way from v to u.
func (s *search) back(v, u int32) []int32 {
	path := []int32{u}
	for u != v {
		u = s.from[u] - 1
		path = append(path, u)
	}
	slices.Reverse(path)
	return path
}
