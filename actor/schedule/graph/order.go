package graph

// State says what a [Walk] has to give.
type State int

const (
	// Ready is the state of a vertex that may be worked on.
	Ready State = iota

	// Waiting means that nothing is ready before a vertex is left.
	Waiting

	// Finished means that all vertices were left.
	Finished
)

// Order returns all vertices, each behind those that it needs. Of several that
// could come next, that one does which could for the longest time; of those that
// became so together, the one that was added first. Without an order the error
// is that of [Graph.Check].
func (g *Graph) Order() ([]string, error) {
	w := g.begin()
	for w.head < len(w.queue) {
		w.release(w.queue[w.head])
		w.head++
	}
	if len(w.queue) < len(g.added) {
		return nil, g.Check()
	}
	return g.names(w.queue), nil
}

// Walk hands out vertices as what they need is done. Use [Graph.Walk]. It is for
// one goroutine.
type Walk struct {
	g       *Graph
	pending []int32 // by number, needs that are not done
	busy    []bool
	queue   []int32 // all that are or were ready
	head    int     // the next one of them
	left    int
}

// Walk begins to hand out all vertices, in an order as that of [Graph.Order]. A
// graph that cannot be ordered is refused with the error of [Graph.Check]. The
// graph must not change meanwhile.
func (g *Graph) Walk() (*Walk, error) {
	if _, err := g.Order(); err != nil {
		return nil, err
	}
	return g.begin(), nil
}

func (g *Graph) begin() *Walk {
	w := &Walk{g: g, pending: make([]int32, len(g.ids)), busy: make([]bool, len(g.ids)), queue: make([]int32, 0, len(g.added))}
	for _, v := range g.added {
		w.pending[v] = int32(len(g.needs[v]))
		if w.pending[v] == 0 {
			w.queue = append(w.queue, v)
		}
	}
	return w
}

// Next hands out a vertex that is [Ready], which is busy until it is left. In
// the other states there is none. It takes constant time.
func (w *Walk) Next() (string, State) {
	switch {
	case w.head < len(w.queue):
		v := w.queue[w.head]
		w.head++
		w.busy[v] = true
		return w.g.ids[v], Ready
	case w.left < len(w.g.added):
		return "", Waiting
	}
	return "", Finished
}

// Leave says that a vertex is done, so that those which need nothing else are
// ready. One that is not busy is a *[NotBusyError].
func (w *Walk) Leave(id string) error {
	v, ok := w.g.find(id)
	if !ok || !w.busy[v] {
		return &NotBusyError{ID: id}
	}
	w.busy[v] = false
	w.left++
	w.release(v)
	return nil
}

// Busy returns how many vertices are handed out and not left.
func (w *Walk) Busy() int { return w.head - w.left }

// release makes those ready that waited for v alone.
func (w *Walk) release(v int32) {
	for _, u := range w.g.users[v] {
		if w.pending[u]--; w.pending[u] == 0 {
			w.queue = append(w.queue, u)
		}
	}
}
