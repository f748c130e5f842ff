package engine

// assign finds units for all demands of a class, or says that there are none. Units that are may be
// taken; of those, first come the ones that are preferred. The result is valid until the next call.
func (e *Engine) assign(c *class, may func(u *unit, shared bool) bool, first func(u *unit, demand int) bool) ([]pick, bool) {
	e.picks = e.picks[:0]
	if len(c.demands) == 0 {
		return nil, true
	}
	if c.overlap {
		return e.match(c, may, first)
	}
	for i := range c.demands {
		d := &c.demands[i]
		want := d.amount
		for _, preferred := range passes(first) {
			for _, u := range d.units {
				if want == 0 {
					break
				}
				if (first == nil || first(u, i) == preferred) && may(u, d.shared) {
					e.picks = append(e.picks, pick{u, i})
					want--
				}
			}
		}
		if want > 0 {
			return e.picks, false
		}
	}
	return e.picks, true
}

func passes(first func(u *unit, demand int) bool) []bool {
	if first == nil {
		return once
	}
	return twice
}

var (
	once  = []bool{true}
	twice = []bool{true, false}
)

// match is assign for demands that compete for units: a maximum matching by augmenting paths.
func (e *Engine) match(c *class, may func(u *unit, shared bool) bool, first func(u *unit, demand int) bool) ([]pick, bool) {
	m := matching{class: c, may: may, first: first, taken: map[*unit]int{}}
	for i := range c.demands {
		for range c.demands[i].amount {
			if m.tried = map[*unit]bool{}; !m.place(i) {
				return e.picks, false
			}
		}
	}
	for i, d := range c.demands {
		for _, u := range d.units {
			if by, ok := m.taken[u]; ok && by == i {
				e.picks = append(e.picks, pick{u, i})
			}
		}
	}
	return e.picks, true
}

type matching struct {
	class *class
	may   func(u *unit, shared bool) bool
	first func(u *unit, demand int) bool
	taken map[*unit]int // the demand that has it
	tried map[*unit]bool
}

// place finds one more unit for a demand, moving others if need be.
func (m *matching) place(i int) bool {
	d := &m.class.demands[i]
	for _, preferred := range passes(m.first) {
		for _, u := range d.units {
			if m.tried[u] || m.first != nil && m.first(u, i) != preferred || !m.may(u, d.shared) {
				continue
			}
			m.tried[u] = true
			by, ok := m.taken[u]
			if !ok || by != i && m.place(by) {
				m.taken[u] = i
				return true
			}
		}
	}
	return false
}
