package graph_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/actor/schedule/graph"
)

// put makes a graph of lines such as "a: b c", whatever is wrong with it.
func put(text string) *graph.Graph {
	g := graph.New()
	for line := range strings.Lines(text) {
		id, needs, _ := strings.Cut(strings.TrimSpace(line), ":")
		if id != "" {
			g.Put(id, strings.Fields(needs)...)
		}
	}
	return g
}

func order(t *testing.T, g *graph.Graph) []string {
	t.Helper()
	got, err := g.Order()
	if err != nil {
		t.Fatalf("order: %v", err)
	}
	return got
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func ec1(t *testing.T) *graph.Graph {
	g := graph.New()
	check(t, g.Add("b"))
	check(t, g.Add("a", "b"))
	check(t, g.Add("c"))
	check(t, g.Update("b", "c"))
	return g
}

// Vertices come in the order of their needs, and what cannot be is refused.
func TestEC1OrderAndRefusals(t *testing.T) {
	g := ec1(t)
	want := []string{"c", "b", "a"}
	if diff := cmp.Diff(want, order(t, g)); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	tests := []struct {
		name string
		do   func() error
		want error
	}{
		{"a duplicate", func() error { return g.Add("a") }, &graph.DuplicateError{ID: "a"}},
		{"a need that does not exist", func() error { return g.Add("d", "b", "x") }, &graph.UnknownError{ID: "d", Need: "x"}},
		{"an update of what does not exist", func() error { return g.Update("x", "a") }, &graph.UnknownError{ID: "x"}},
		{"an update to a need that does not exist", func() error { return g.Update("a", "x") }, &graph.UnknownError{ID: "a", Need: "x"}},
		{
			"an update that closes a cycle", func() error { return g.Update("c", "a") },
			&graph.CycleError{Path: []string{"c", "a", "b", "c"}, Edges: []graph.Edge{{"c", "a"}, {"a", "b"}, {"b", "c"}}},
		},
		{
			"the shorter of two cycles", func() error { return g.Update("c", "a", "b") },
			&graph.CycleError{Path: []string{"c", "b", "c"}, Edges: []graph.Edge{{"c", "b"}, {"b", "c"}}},
		},
		{"a vertex that needs itself", func() error { return g.Add("e", "e") }, &graph.CycleError{Path: []string{"e", "e"}, Edges: []graph.Edge{{"e", "e"}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.do()); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(want, order(t, g)); diff != "" {
				t.Errorf("order afterwards (-want +got):\n%s", diff)
			}
		})
	}
}

// A cycle that was forced is named as its shortest form; what needs no order
// works all the same.
func TestEC2ForcedCycle(t *testing.T) {
	g := graph.New()
	g.Put("a", "b")
	g.Put("b", "a")
	g.Put("c", "b")
	for name, err := range map[string]error{
		"check":   g.Check(),
		"order":   func() error { _, err := g.Order(); return err }(),
		"walk":    func() error { _, err := g.Walk(); return err }(),
		"reverse": func() error { _, err := g.Reverse(); return err }(),
		"prune":   func() error { _, err := g.Prune(func(string) bool { return true }); return err }(),
	} {
		cycle := new(graph.CycleError)
		if !errors.As(err, &cycle) || !strings.Contains(err.Error(), "a -> b -> a") {
			t.Errorf("%s: got %v, want a cycle a -> b -> a", name, err)
		}
	}
	if got, want := g.Closure("c"), []string{"a", "b", "c"}; !slices.Equal(got, want) {
		t.Errorf("closure of c is %v, want %v", got, want)
	}
	var tree, dot strings.Builder
	check(t, g.Tree(&tree, nil))
	check(t, g.DOT(&dot, nil))
	wantTree := "c\n└─ b\n   └─ a\n      └─ b (cycle)\n"
	if diff := cmp.Diff(wantTree, tree.String()); diff != "" {
		t.Errorf("tree (-want +got):\n%s", diff)
	}
	if !strings.Contains(dot.String(), `"a" -> "b"`) || !strings.Contains(dot.String(), `"b" -> "a"`) {
		t.Errorf("no cycle in\n%s", dot.String())
	}
}

func TestCheckTellsAll(t *testing.T) {
	tests := []struct{ name, graph, want string }{
		{"nothing wrong", "a:\nb: a", ""},
		{"each need that does not exist", "a: x y\nb: a x", "\"a\" needs \"x\", which does not exist\n\"a\" needs \"y\", which does not exist\n\"b\" needs \"x\", which does not exist"},
		{"itself", "a: a", "cycle: a -> a"},
		{"the shortest of a group, and how many edges more", "a: b\nb: c\nc: a d\nd: c", "cycle: c -> d -> c (and 3 more edges in cycles with it)"},
		{"the first of equal ones", "x: y\ny: x\na: b\nb: a", "cycle: x -> y -> x\ncycle: a -> b -> a"},
		{"groups on their own, with what hangs on them left out", "e: a\na: b\nb: a\nc: c b\nd: c", "cycle: a -> b -> a\ncycle: c -> c"},
		{"a long one", "a: b\nb: c\nc: d\nd: a", "cycle: a -> b -> c -> d -> a"},
		{"one through what was mentioned first", "b: a\na: b", "cycle: b -> a -> b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if err := put(tt.graph).Check(); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOrderIsThatOfAdding(t *testing.T) {
	tests := []struct{ name, graph, want string }{
		{"as added where nothing is needed", "c:\na:\nb:", "c a b"},
		{"needs first", "a: b\nb:\nc:", "b c a"},
		{"those that become ready together, as added", "z: a\ny: a\na:\nx: a", "a z y x"},
		{"what is given twice counts once", "a: b b\nb:", "b a"},
		{"a later need replaces the earlier ones", "a: b\nb:\nc: b\na: c", "b c a"},
		{"the place is that of the first time", "a:\nb:\na:", "a b"},
		{"users in order, though one got its need later", "r:\na:\nb: r\na: r", "r a b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(order(t, put(tt.graph)), " "); got != tt.want {
				t.Errorf("order is %s, want %s", got, tt.want)
			}
		})
	}
}

func TestWalkHandsOutWhatIsReady(t *testing.T) {
	w, err := put("top: left right\nleft: bottom\nright: bottom\nbottom:").Walk()
	check(t, err)
	next := func(wantID string, wantState graph.State) {
		t.Helper()
		if id, state := w.Next(); id != wantID || state != wantState {
			t.Errorf("next is %q in state %d, want %q in state %d", id, state, wantID, wantState)
		}
	}
	leave := func(id string, want error) {
		t.Helper()
		if diff := cmp.Diff(want, w.Leave(id)); diff != "" {
			t.Errorf("leave %s (-want +got):\n%s", id, diff)
		}
	}
	next("bottom", graph.Ready)
	next("", graph.Waiting)
	leave("left", &graph.NotBusyError{ID: "left"})
	leave("nobody", &graph.NotBusyError{ID: "nobody"})
	leave("bottom", nil)
	leave("bottom", &graph.NotBusyError{ID: "bottom"})
	next("left", graph.Ready)
	next("right", graph.Ready)
	next("", graph.Waiting)
	if w.Busy() != 2 {
		t.Errorf("%d are busy, want 2", w.Busy())
	}
	leave("right", nil)
	next("", graph.Waiting)
	leave("left", nil)
	next("top", graph.Ready)
	next("", graph.Waiting)
	leave("top", nil)
	next("", graph.Finished)
	next("", graph.Finished)
}

func TestMergeJoinsNeedsAndTags(t *testing.T) {
	g, other := put("a: x\nx:"), put("y:\na: y\nb: a")
	g.Tag("a", "one")
	other.Tag("a", "one", "two")
	other.SetValue("a", 5)
	g.Merge(other)
	got := fmt.Sprint(g.Needs("a"), g.Needs("b"), g.Tags("a"), g.Value("a"), order(t, g))
	if want := "[x y] [a] [one two] 5 [x y a b]"; got != want {
		t.Errorf("merged: %s, want %s", got, want)
	}
}

func ExampleGraph() {
	g := graph.New()
	_ = g.Add("build")
	_ = g.Add("test", "build")
	_ = g.Add("lint")
	order, _ := g.Order()
	fmt.Println(order)
	fmt.Println(g.Update("build", "test"))
	// Output:
	// [build lint test]
	// cycle: build -> test -> build
}
