package graph_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/actor/schedule/graph"
)

// text is a graph as put reads it.
func text(g *graph.Graph) string {
	var lines []string
	for id := range g.IDs() {
		lines = append(lines, strings.TrimSpace(id+": "+strings.Join(g.Needs(id), " ")))
	}
	return strings.Join(lines, "\n")
}

func TestReverseTurnsEdges(t *testing.T) {
	g := put("c: a b\na:\nb: a")
	g.Tag("b", "tag")
	r, err := g.Reverse()
	check(t, err)
	if diff := cmp.Diff("c:\na: c b\nb: c", text(r)); diff != "" {
		t.Errorf("reversed (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"tag"}, r.Tags("b")); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
}

func TestClosureIsAllThatIsNeeded(t *testing.T) {
	g := put("a:\nb: a\nc: b missing\nd: a")
	for of, want := range map[string]string{"c": "[a b c]", "d": "[a d]", "a": "[a]", "nobody": "[]", "missing": "[]"} {
		if got := fmt.Sprint(g.Closure(of)); got != want {
			t.Errorf("closure of %s is %s, want %s", of, got, want)
		}
	}
	if got := fmt.Sprint(g.Closure("d", "b")); got != "[a b d]" {
		t.Errorf("closure of d and b is %s, want [a b d]", got)
	}
}

func TestShortestPath(t *testing.T) {
	g := put("a:\nb: a\nc: b\nd: c b\nx: missing\nmissing2:")
	for ends, want := range map[string]string{
		"d a": "[d b a]", "a d": "[]", "a a": "[a]", "d nobody": "[]", "nobody a": "[]", "x missing": "[]", "c a": "[c b a]",
	} {
		from, to, _ := strings.Cut(ends, " ")
		if got := fmt.Sprint(g.ShortestPath(from, to)); got != want {
			t.Errorf("path %s is %s, want %s", ends, got, want)
		}
	}
}

func TestNearestStopsAtTags(t *testing.T) {
	g := put("top: mid side\nmid: base\nside:\nbase: root\nroot:")
	g.Tag("side", "board")
	g.Tag("base", "board")
	g.Tag("root", "board")
	tests := []struct {
		limit int
		want  []graph.Near
	}{
		{0, []graph.Near{{"side", 1}, {"base", 2}}},
		{1, []graph.Near{{"side", 1}}},
		{2, []graph.Near{{"side", 1}, {"base", 2}}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, g.Nearest("top", "board", tt.limit)); diff != "" {
			t.Errorf("within %d (-want +got):\n%s", tt.limit, diff)
		}
	}
	if got := g.Nearest("nobody", "board", 0); got != nil {
		t.Errorf("nearest of nobody is %v, want none", got)
	}
}

func TestPruneConnectsOverWhatIsDropped(t *testing.T) {
	tests := []struct{ name, graph, drop, want string }{
		{"nothing dropped", "a:\nb: a", "", "a:\nb: a"},
		{"one in the middle", "a:\nb: a\nc: b", "b", "a:\nc: a"},
		{"two in a row", "a:\nb: a\nc: b\nd: c", "b c", "a:\nd: a"},
		{"each need once", "a:\nb: a\nc: a\nd: b c", "b c", "a:\nd: a"},
		{"a first one", "a:\nb: a", "a", "b:"},
		{"all of them", "a:\nb: a", "a b", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := put(tt.graph)
			p, err := g.Prune(func(id string) bool { return !strings.Contains(tt.drop, id) })
			check(t, err)
			if diff := cmp.Diff(tt.want, text(p)); diff != "" {
				t.Errorf("pruned (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCriticalPath(t *testing.T) {
	g := put("a:\nb: a\nc: a\nd: b c\ne:")
	weights := map[string]time.Duration{"a": 1, "b": 5, "c": 2, "d": 1, "e": 6}
	lengths, path, err := g.Critical(func(id string) time.Duration { return weights[id] })
	check(t, err)
	if diff := cmp.Diff(map[string]time.Duration{"a": 7, "b": 6, "c": 3, "d": 1, "e": 6}, lengths); diff != "" {
		t.Errorf("lengths (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"a", "b", "d"}, path); diff != "" {
		t.Errorf("path (-want +got):\n%s", diff)
	}
	if lengths, path, err := graph.New().Critical(nil); len(lengths) != 0 || path != nil || err != nil {
		t.Errorf("of nothing: %v, %v, %v", lengths, path, err)
	}
}

func TestDrawings(t *testing.T) {
	g := put("build:\ntest: build gone\nodd \"one\": test")
	g.Tag("test", "slow")
	look := &graph.Look{
		Title:  `the "plan"`,
		Label:  func(id string) string { return id + "\nok" },
		Colour: func(id string) string { return map[string]string{"build": "#c8e6c9"}[id] },
		Edge:   func(id, need string) string { return map[string]string{"test": "fw-a"}[id] },
	}
	tests := []struct {
		name string
		draw func(*strings.Builder) error
		want string
	}{
		{"DOT", func(w *strings.Builder) error { return g.DOT(w, look) }, `digraph "the \"plan\"" {
	rankdir=LR;
	node [shape=box, style="rounded,filled", fillcolor=white];
	"build" [label="build\nok", fillcolor="#c8e6c9"];
	"test" [label="test\nok"];
	"odd \"one\"" [label="odd \"one\"\nok"];
	"gone" [label="gone\nok", style=dashed];
	"build" -> "test" [label="fw-a"];
	"gone" -> "test" [label="fw-a"];
	"test" -> "odd \"one\"";
}
`},
		{"Mermaid", func(w *strings.Builder) error { return g.Mermaid(w, look) }, `---
title: "the \"plan\""
---
flowchart LR
    n0["build<br/>ok"]
    style n0 fill:#c8e6c9
    n1["test<br/>ok"]
    n3["odd #quot;one#quot;<br/>ok"]
    n2["gone<br/>ok"]
    style n2 stroke-dasharray: 4
    n0 -->|"fw-a"| n1
    n2 -->|"fw-a"| n1
    n1 --> n3
`},
		{"JSON", func(w *strings.Builder) error { return g.JSON(w) }, `{"vertices": [
{"id":"build"},
{"id":"test","needs":["build","gone"],"tags":["slow"]},
{"id":"odd \"one\"","needs":["test"]}
]}
`},
		{"tree", func(w *strings.Builder) error { return put("c: a b\na: x\nb: a\nx:").Tree(w, nil) }, `c
├─ a
│  └─ x
└─ b
   └─ a (above)
`},
		{"tree of what does not exist", func(w *strings.Builder) error { return g.Tree(w, nil) }, `odd "one"
└─ test
   ├─ build
   └─ gone (does not exist)
`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var w strings.Builder
			check(t, tt.draw(&w))
			if diff := cmp.Diff(tt.want, w.String()); diff != "" {
				t.Errorf("drawing (-want +got):\n%s", diff)
			}
		})
	}
}
