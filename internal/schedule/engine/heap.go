package engine

// heap is a binary heap: the least item is on top.
type heap[T any] struct {
	items []T
	less  func(a, b T) bool

	// moved, if set, is told where an item is, and -1 once it is out.
	moved func(item T, at int)
}

func (h *heap[T]) len() int { return len(h.items) }
func (h *heap[T]) top() T   { return h.items[0] }

func (h *heap[T]) push(item T) {
	h.items = append(h.items, item)
	h.up(len(h.items) - 1)
}

func (h *heap[T]) pop() T { return h.remove(0) }

func (h *heap[T]) remove(at int) T {
	last := len(h.items) - 1
	item := h.items[at]
	h.items[at] = h.items[last]
	var none T
	h.items[last] = none
	h.items = h.items[:last]
	if at < last {
		h.fix(at)
	}
	h.tell(item, -1)
	return item
}

// fix puts the item in its place after it has changed.
func (h *heap[T]) fix(at int) {
	if h.up(at) == at {
		h.down(at)
	}
}

func (h *heap[T]) up(at int) int {
	item := h.items[at]
	for at > 0 {
		parent := (at - 1) / 2
		if !h.less(item, h.items[parent]) {
			break
		}
		h.put(h.items[parent], at)
		at = parent
	}
	h.put(item, at)
	return at
}

func (h *heap[T]) down(at int) {
	item := h.items[at]
	for {
		child := 2*at + 1
		if child >= len(h.items) {
			break
		}
		if child+1 < len(h.items) && h.less(h.items[child+1], h.items[child]) {
			child++
		}
		if !h.less(h.items[child], item) {
			break
		}
		h.put(h.items[child], at)
		at = child
	}
	h.put(item, at)
}

func (h *heap[T]) put(item T, at int) {
	h.items[at] = item
	h.tell(item, at)
}

func (h *heap[T]) tell(item T, at int) {
	if h.moved != nil {
		h.moved(item, at)
	}
}
