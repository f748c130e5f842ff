package graph

import (
	"fmt"
	"strings"
)

// DuplicateError says that a vertex was there already.
type DuplicateError struct {
	ID string
}

func (e *DuplicateError) Error() string { return fmt.Sprintf("%q is there already", e.ID) }

// UnknownError says that a vertex needs one that there is not, or if Need is
// empty, that there is no vertex ID.
type UnknownError struct {
	ID   string
	Need string
}

func (e *UnknownError) Error() string {
	if e.Need == "" {
		return fmt.Sprintf("there is no %q", e.ID)
	}
	return fmt.Sprintf("%q needs %q, which does not exist", e.ID, e.Need)
}

// Edge is one need of a vertex.
type Edge struct {
	ID, Need string
}

// CycleError says that vertices need each other in a circle, so that none of
// them can be the first.
type CycleError struct {
	// Path is the shortest cycle among them; its last element is its first. Where
	// thousands of vertices lie on common cycles it is a short one, not always
	// the shortest.
	Path []string

	// Edges are all that lie on a cycle together with these. Without one of them
	// or another there is always a cycle left.
	Edges []Edge
}

// Error returns the cycle: a -> b -> a.
func (e *CycleError) Error() string {
	s := "cycle: " + strings.Join(e.Path, " -> ")
	if more := len(e.Edges) - (len(e.Path) - 1); more > 0 {
		s += fmt.Sprintf(" (and %d more edges in cycles with it)", more)
	}
	return s
}

func edgesOf(path []string) []Edge {
	var edges []Edge
	for i := 1; i < len(path); i++ {
		edges = append(edges, Edge{path[i-1], path[i]})
	}
	return edges
}

// NotBusyError says that a vertex was left that was not handed out, or was left
// before.
type NotBusyError struct {
	ID string
}

func (e *NotBusyError) Error() string {
	return fmt.Sprintf("leave %q: it is not being worked on", e.ID)
}
