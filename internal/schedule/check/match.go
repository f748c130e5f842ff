package check

// matchMost is how many pairs of demanded and possible units are looked at.
// What is beyond is not matched, but counted only.
const matchMost = 100_000

// unmatched looks for units for all wants at once, none of them twice. Without an
// answer it returns the first want that finds too few.
func unmatched(wants []want, units int) (want, bool) {
	pairs := 0
	for _, w := range wants {
		pairs += w.amount * len(w.units)
	}
	if pairs > matchMost {
		return want{}, true
	}
	m := matching{wants: wants, holder: make([]int, units), tried: make([]int, units)}
	for i, w := range wants {
		for range w.amount {
			m.round++
			if !m.place(i) {
				return w, false
			}
		}
	}
	return want{}, true
}

// matching gives units to wants.
type matching struct {
	wants  []want
	holder []int // of a unit: the want that has it plus 1, or 0
	tried  []int // of a unit: the last round in which it was looked at
	round  int
}

// place finds one more unit for a want, moving others if it must.
func (m *matching) place(i int) bool {
	for _, u := range m.wants[i].units {
		if m.tried[u] == m.round {
			continue
		}
		m.tried[u] = m.round
		if m.holder[u] == 0 || m.place(m.holder[u]-1) {
			m.holder[u] = i + 1
			return true
		}
	}
	return false
}
