package graph_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ansar-go/ansar/actor/schedule/graph"
)

// model is a graph in the simplest form that could be right.
type model struct {
	added []string
	needs map[string][]string
}

func (m *model) has(id string) bool { return slices.Contains(m.added, id) }

func (m *model) put(id string, needs []string) {
	if !m.has(id) {
		m.added = append(m.added, id)
	}
	m.needs[id] = nil
	for _, n := range needs {
		if !slices.Contains(m.needs[id], n) {
			m.needs[id] = append(m.needs[id], n)
		}
	}
}

// distance is how many edges lead from a vertex to another one, at least one, or
// 0 if none do.
func (m *model) distance(from, to string) int {
	reached := map[string]bool{}
	level := []string{from}
	for d := 1; len(level) > 0; d++ {
		var next []string
		for _, id := range level {
			for _, n := range m.needs[id] {
				if n == to {
					return d
				}
				if !reached[n] {
					reached[n] = true
					next = append(next, n)
				}
			}
		}
		level = next
	}
	return 0
}

// order is nil if there is none.
func (m *model) order() []string {
	done := []string{}
	placed := map[string]bool{}
	ready := func(id string) bool {
		for _, n := range m.needs[id] {
			if !slices.Contains(done, n) {
				return false
			}
		}
		return !placed[id]
	}
	var queue []string
	for _, id := range m.added {
		if ready(id) {
			queue, placed[id] = append(queue, id), true
		}
	}
	for len(queue) > 0 {
		done, queue = append(done, queue[0]), queue[1:]
		for _, id := range m.added {
			if ready(id) {
				queue, placed[id] = append(queue, id), true
			}
		}
	}
	if len(done) < len(m.added) {
		return nil
	}
	return done
}

func drawModel(t *rapid.T, strict bool) (*graph.Graph, *model) {
	name := rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f", "g"})
	needs := rapid.SliceOfN(name, 0, 3)
	g, m := graph.New(), &model{needs: map[string][]string{}}
	for range rapid.IntRange(0, 20).Draw(t, "steps") {
		id, needs := name.Draw(t, "id"), needs.Draw(t, "needs")
		if !strict {
			g.Put(id, needs...)
			m.put(id, needs)
			continue
		}
		before := &model{slices.Clone(m.added), cloneNeeds(m.needs)}
		wrong := m.has(id)
		do := g.Add
		if rapid.Bool().Draw(t, "update") {
			wrong, do = !m.has(id), g.Update
		}
		for _, n := range needs {
			wrong = wrong || n == id || !m.has(n)
		}
		if !wrong {
			m.put(id, needs)
			wrong = m.order() == nil
		}
		if wrong {
			m = before
		}
		if err := do(id, needs...); (err != nil) != wrong {
			t.Fatalf("%s: %v gave %v, want an error: %v", id, needs, err, wrong)
		}
	}
	return g, m
}

func cloneNeeds(needs map[string][]string) map[string][]string {
	c := map[string][]string{}
	for id, list := range needs {
		c[id] = slices.Clone(list)
	}
	return c
}

// Whatever is put into a graph, it agrees with the model.
func TestAgreesWithModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g, m := drawModel(t, rapid.Bool().Draw(t, "strict"))
		for _, id := range m.added {
			var users []string
			for _, u := range m.added {
				if slices.Contains(m.needs[u], id) {
					users = append(users, u)
				}
			}
			if !slices.Equal(g.Needs(id), m.needs[id]) || !slices.Equal(g.Users(id), users) {
				t.Fatalf("%s has needs %v and users %v, want %v and %v", id, g.Needs(id), g.Users(id), m.needs[id], users)
			}
			for _, to := range m.added {
				want := m.distance(id, to) + 1
				if path := g.ShortestPath(id, to); id != to && want > 1 && len(path) != want || want == 1 && id != to && path != nil {
					t.Fatalf("path from %s to %s is %v, want %d vertices", id, to, path, want)
				}
			}
		}
		got, err := g.Order()
		if diff := cmp.Diff(m.order(), got); diff != "" {
			t.Fatalf("order (-want +got):\n%s", diff)
		}
		if (err != nil) != (m.order() == nil) {
			t.Fatalf("order gave the error %v", err)
		}
		checkCycles(t, g, m)
	})
}

// checkCycles compares what is told of cycles with the model.
func checkCycles(t *rapid.T, g *graph.Graph, m *model) {
	var offending []graph.Edge
	for _, id := range m.added {
		for _, n := range m.needs[id] {
			if n == id || m.has(n) && m.distance(n, id) > 0 {
				offending = append(offending, graph.Edge{ID: id, Need: n})
			}
		}
	}
	var told []graph.Edge
	joined, _ := g.Check().(interface{ Unwrap() []error })
	if joined != nil {
		for _, err := range joined.Unwrap() {
			cycle := new(graph.CycleError)
			if !errors.As(err, &cycle) {
				continue
			}
			told = append(told, cycle.Edges...)
			shortest := 0
			for _, e := range cycle.Edges {
				if d := m.distance(e.ID, e.ID); shortest == 0 || d < shortest {
					shortest = d
				}
			}
			if len(cycle.Path) != shortest+1 || cycle.Path[0] != cycle.Path[shortest] {
				t.Fatalf("%v is not the shortest, which has %d edges", cycle.Path, shortest)
			}
			for i := range shortest {
				if !slices.Contains(m.needs[cycle.Path[i]], cycle.Path[i+1]) {
					t.Fatalf("%v is no path", cycle.Path)
				}
			}
		}
	}
	byName := func(a, b graph.Edge) int { return slices.Compare([]string{a.ID, a.Need}, []string{b.ID, b.Need}) }
	slices.SortFunc(offending, byName)
	slices.SortFunc(told, byName)
	if !slices.Equal(offending, told) {
		t.Fatalf("edges in cycles are %v, told were %v", offending, told)
	}
}

// In whatever order vertices are left, none is handed out before what it needs
// was left, and each exactly once.
func TestWalkKeepsNeeds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g, m := drawModel(t, true)
		w, err := g.Walk()
		if err != nil {
			t.Fatal(err)
		}
		var busy, left []string
		for {
			id, state := w.Next()
			switch state {
			case graph.Ready:
				for _, n := range m.needs[id] {
					if !slices.Contains(left, n) {
						t.Fatalf("%s was handed out before %s was left", id, n)
					}
				}
				busy = append(busy, id)
				continue
			case graph.Finished:
				slices.Sort(left)
				want := slices.Sorted(slices.Values(m.added))
				if !slices.Equal(left, want) || len(busy) > 0 {
					t.Fatalf("left %v of %v, busy are %v", left, want, busy)
				}
				return
			}
			if len(busy) == 0 {
				t.Fatalf("waiting for nobody; left %v of %v", left, m.added)
			}
			i := rapid.IntRange(0, len(busy)-1).Draw(t, "leave")
			if err := w.Leave(busy[i]); err != nil {
				t.Fatal(err)
			}
			left, busy = append(left, busy[i]), slices.Delete(busy, i, i+1)
		}
	})
}

// Pruning keeps who depends on whom, and turning around twice changes nothing.
func TestPruneKeepsReach(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g, m := drawModel(t, true)
		dropped := map[string]bool{}
		for _, id := range m.added {
			dropped[id] = rapid.Bool().Draw(t, "drop "+id)
		}
		p, err := g.Prune(func(id string) bool { return !dropped[id] })
		if err != nil {
			t.Fatal(err)
		}
		for _, from := range m.added {
			for _, to := range m.added {
				if dropped[from] || dropped[to] {
					continue
				}
				if before, after := g.ShortestPath(from, to) != nil, p.ShortestPath(from, to) != nil; before != after {
					t.Fatalf("%s needed %s: %v, and in the end: %v", from, to, before, after)
				}
			}
		}
		back, err := g.Reverse()
		if err != nil {
			t.Fatal(err)
		}
		back, err = back.Reverse()
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range m.added {
			want, got := slices.Sorted(slices.Values(g.Needs(id))), slices.Sorted(slices.Values(back.Needs(id)))
			if !slices.Equal(want, got) {
				t.Fatalf("%s needs %v after two turns, want %v", id, got, want)
			}
		}
	})
}
