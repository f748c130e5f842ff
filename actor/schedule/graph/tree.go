package graph

import (
	"bufio"
	"io"
	"strings"
)

// Tree writes the graph as an indented text: each vertex above what it needs,
// first those that nobody needs. What was written before is not written again,
// which is said behind it, as is a need that does not exist, and one that closes
// a cycle.
//
//	test
//	├─ build
//	│  └─ tools
//	└─ tools (above)
func (g *Graph) Tree(w io.Writer, l *Look) error {
	t := tree{g: g, look: l, out: bufio.NewWriter(w), state: make([]byte, len(g.ids))}
	for _, v := range g.added {
		if len(g.users[v]) == 0 {
			t.root(v)
		}
	}
	for _, v := range g.added { // those in cycles
		if t.state[v] == 0 {
			t.root(v)
		}
	}
	return t.out.Flush()
}

// What is known of a vertex while a tree is written.
const (
	open = 1 + iota // its needs are being written
	done
)

type tree struct {
	g     *Graph
	look  *Look
	out   *bufio.Writer
	state []byte
	above []branch
	lead  strings.Builder
}

// branch is a vertex whose needs are being written.
type branch struct {
	v    int32
	next int
	bar  bool // others follow at its own level
}

func (t *tree) root(v int32) {
	t.line("", v)
	t.above = append(t.above, branch{v: v})
	for len(t.above) > 0 {
		top := &t.above[len(t.above)-1]
		needs := t.g.needs[top.v]
		if top.next == len(needs) {
			t.state[top.v] = done
			t.above = t.above[:len(t.above)-1]
			continue
		}
		n := needs[top.next]
		top.next++
		last := top.next == len(needs)
		if t.line(t.prefix(last), n) {
			t.above = append(t.above, branch{v: n, bar: !last})
		}
	}
}

// deepest is how many levels are drawn. Deeper ones are indented as these, so
// that a long chain does not take quadratic space.
const deepest = 60

func (t *tree) prefix(last bool) string {
	t.lead.Reset()
	for _, b := range t.above[1:min(len(t.above), deepest)] {
		if b.bar {
			t.lead.WriteString("│  ")
		} else {
			t.lead.WriteString("   ")
		}
	}
	if last {
		t.lead.WriteString("└─ ")
	} else {
		t.lead.WriteString("├─ ")
	}
	return t.lead.String()
}

// line writes one vertex, and reports whether what it needs is to follow.
func (t *tree) line(prefix string, v int32) bool {
	t.out.WriteString(prefix)
	t.out.WriteString(strings.ReplaceAll(t.look.label(t.g.ids[v]), "\n", " "))
	follows := false
	switch {
	case t.g.rank[v] == missing:
		t.out.WriteString(" (does not exist)")
	case t.state[v] == open:
		t.out.WriteString(" (cycle)")
	case t.state[v] == done && len(t.g.needs[v]) > 0:
		t.out.WriteString(" (above)")
	case t.state[v] == 0:
		t.state[v] = open
		follows = true
	}
	t.out.WriteByte('\n')
	return follows
}
