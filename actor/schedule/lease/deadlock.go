package lease

import "github.com/ansar-go/ansar/actor/schedule/schedulepb"

// waitsFor is the ticket that a person waits with; nil if it does not wait.
func (p *person) waitsFor() *ticket {
	for _, t := range p.tickets {
		if !t.granted {
			return t
		}
	}
	return nil
}

// deadlock reports whether a ticket can never be granted, because all who could release
// something wait themselves, for each other. It gives one circle of those who wait.
//
// Whoever waits gets a unit when any of its holders goes on. So there is a deadlock if
// everybody who can be reached from the ticket, by who waits for whom, waits.
func (b *book) deadlock(t *ticket) []*schedulepb.LeaseWait {
	seen := map[*person]bool{t.of: true}
	next := []*ticket{t}
	for len(next) > 0 {
		w := next[0].thing
		next = next[1:]
		for _, u := range w.units {
			p := u.held.of
			if seen[p] {
				continue
			}
			seen[p] = true
			waits := p.waitsFor()
			if waits == nil {
				return nil
			}
			next = append(next, waits)
		}
	}
	return circle(t)
}

// circle follows the first holder of what is waited for until somebody comes again.
func circle(t *ticket) []*schedulepb.LeaseWait {
	var list []*schedulepb.LeaseWait
	seen := map[*person]bool{}
	for !seen[t.of] {
		seen[t.of] = true
		holder := t.thing.units[0].held.of
		list = append(list, &schedulepb.LeaseWait{Waiter: t.of.name, Lease: t.thing.name, Holder: holder.name})
		t = holder.waitsFor()
	}
	return list
}
