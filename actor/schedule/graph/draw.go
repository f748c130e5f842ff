package graph

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Look adjusts how a graph is drawn. A nil *Look means the defaults.
type Look struct {
	// Title is what the drawing is called. Empty: it has no title.
	Title string

	// Label is what stands for a vertex; it may have several lines.
	// Nil: its id.
	Label func(id string) string

	// Colour is what a vertex is filled with, such as #c8e6c9. Nil, or an empty
	// one: none.
	Colour func(id string) string

	// Edge is what stands at an edge. Nil, or empty: nothing.
	Edge func(id, need string) string
}

func (l *Look) label(id string) string {
	if l == nil || l.Label == nil {
		return id
	}
	return l.Label(id)
}

func (l *Look) colour(id string) string {
	if l == nil || l.Colour == nil {
		return ""
	}
	return l.Colour(id)
}

func (l *Look) edge(id, need string) string {
	if l == nil || l.Edge == nil {
		return ""
	}
	return l.Edge(id, need)
}

func (l *Look) title() string {
	if l == nil {
		return ""
	}
	return l.Title
}

// shown calls f for each vertex and, with mentioned set, for those that are only
// needed, each with its number.
func (g *Graph) shown(f func(v int32, mentioned bool)) {
	for _, v := range g.added {
		f(v, false)
	}
	for v := range g.ids {
		if g.rank[v] == missing && len(g.users[v]) > 0 {
			f(int32(v), true)
		}
	}
}

// DOT writes the graph for Graphviz. Edges lead from what is needed to what
// needs it; vertices that do not exist are dashed. Cycles are drawn as they are.
func (g *Graph) DOT(w io.Writer, l *Look) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "digraph %s {\n\trankdir=LR;\n\tnode [shape=box, style=\"rounded,filled\", fillcolor=white];\n", dot(l.title()))
	g.shown(func(v int32, mentioned bool) {
		id := g.ids[v]
		fmt.Fprintf(out, "\t%s [label=%s", dot(id), dot(l.label(id)))
		if mentioned {
			out.WriteString(", style=dashed")
		} else if c := l.colour(id); c != "" {
			fmt.Fprintf(out, ", fillcolor=%s", dot(c))
		}
		out.WriteString("];\n")
	})
	for _, v := range g.added {
		for _, n := range g.needs[v] {
			fmt.Fprintf(out, "\t%s -> %s", dot(g.ids[n]), dot(g.ids[v]))
			if text := l.edge(g.ids[v], g.ids[n]); text != "" {
				fmt.Fprintf(out, " [label=%s]", dot(text))
			}
			out.WriteString(";\n")
		}
	}
	out.WriteString("}\n")
	return out.Flush()
}

// dot quotes a text.
func dot(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r", "", "\n", `\n`).Replace(s) + `"`
}

// Mermaid writes the graph as a flowchart, with edges as [Graph.DOT] has them.
func (g *Graph) Mermaid(w io.Writer, l *Look) error {
	out := bufio.NewWriter(w)
	if title := l.title(); title != "" {
		quoted, _ := json.Marshal(title) // a string never fails
		fmt.Fprintf(out, "---\ntitle: %s\n---\n", quoted)
	}
	out.WriteString("flowchart LR\n")
	g.shown(func(v int32, mentioned bool) {
		id := g.ids[v]
		fmt.Fprintf(out, "    n%d[\"%s\"]\n", v, mermaid(l.label(id)))
		if mentioned {
			fmt.Fprintf(out, "    style n%d stroke-dasharray: 4\n", v)
		} else if c := l.colour(id); c != "" {
			fmt.Fprintf(out, "    style n%d fill:%s\n", v, strings.NewReplacer(",", "", ";", "", "\n", "").Replace(c))
		}
	})
	for _, v := range g.added {
		for _, n := range g.needs[v] {
			if text := l.edge(g.ids[v], g.ids[n]); text != "" {
				fmt.Fprintf(out, "    n%d -->|\"%s\"| n%d\n", n, mermaid(text), v)
			} else {
				fmt.Fprintf(out, "    n%d --> n%d\n", n, v)
			}
		}
	}
	return out.Flush()
}

// mermaid writes a text inside of double quotes.
func mermaid(s string) string {
	return strings.NewReplacer("#", "#35;", `"`, "#quot;", "&", "#38;", "<", "#lt;", ">", "#gt;", "`", "#96;", "\r", "", "\n", "<br/>").Replace(s)
}

// Vertex is a vertex as [Graph.JSON] writes it.
type Vertex struct {
	ID    string   `json:"id"`
	Needs []string `json:"needs,omitempty"`
	Tags  []string `json:"tags,omitempty"`
}

// JSON writes {"vertices": [{"id": ..., "needs": [...], "tags": [...]}]}, one
// [Vertex] a line, in the order in which they were added.
func (g *Graph) JSON(w io.Writer) error {
	out := bufio.NewWriter(w)
	out.WriteString(`{"vertices": [`)
	for i, v := range g.added {
		line, err := json.Marshal(Vertex{g.ids[v], g.names(g.needs[v]), g.tags[v]})
		if err != nil {
			return fmt.Errorf("write graph: %w", err)
		}
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteByte('\n')
		out.Write(line)
	}
	out.WriteString("\n]}\n")
	return out.Flush()
}
