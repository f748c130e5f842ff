package lease

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// book knows who holds and who waits. It is told of what happens and of the time, and
// answers with what is to be said to whom; it has no clock and does nothing by itself.
type book struct {
	things map[string]*thing
	people map[string]*person
}

// thing is what can be held by as many as it has units.
type thing struct {
	name  string
	units []unit
	queue []*ticket
}

// unit is one of a thing.
type unit struct {
	held *ticket // nil: it is free
	died string  // who held it last and ended without a release; empty: nobody did
	age  time.Duration
}

// person is an object that holds something or waits for it.
type person struct {
	key, name string
	tickets   []*ticket
}

// ticket is one wish of a person.
type ticket struct {
	of      *person
	thing   *thing
	number  uint64
	since   time.Time // when it was asked for, or granted
	until   time.Time // the end of the wait; zero: there is none
	granted bool
	tell    func(*schedulepb.LeaseReply)
}

func newBook(capacity map[string]uint32) *book {
	b := &book{things: map[string]*thing{}, people: map[string]*person{}}
	for name, n := range capacity {
		b.things[name] = &thing{name: name, units: make([]unit, max(1, n))}
	}
	return b
}

// take is a wish: it is granted, or waits, or is refused.
func (b *book) take(m *schedulepb.LeaseTake, now time.Time, tell func(*schedulepb.LeaseReply)) {
	w := b.things[m.GetLease()]
	if w == nil {
		tell(refused(&schedulepb.LeaseRefused{
			Reason: schedulepb.LeaseRefused_REASON_UNKNOWN, Known: slices.Sorted(maps.Keys(b.things)),
		}))
		return
	}
	key := m.GetAddress() + "/" + m.GetId()
	p := b.people[key]
	if p == nil {
		p = &person{key: key, name: fmt.Sprintf("%s <%s@%s>", m.GetName(), m.GetId(), m.GetAddress())}
		b.people[key] = p
	}
	t := &ticket{of: p, thing: w, number: m.GetTicket(), since: now, tell: tell}
	if m.GetWait() != nil {
		t.until = now.Add(m.GetWait().AsDuration())
	}
	p.tickets = append(p.tickets, t)
	w.queue = append(w.queue, t)
	b.grant(w, now)
	if t.granted {
		return
	}
	if waits := b.deadlock(t); waits != nil {
		b.refuse(t, &schedulepb.LeaseRefused{Reason: schedulepb.LeaseRefused_REASON_DEADLOCK, Waits: waits})
		return
	}
	b.expire(now)
}

// grant gives the units that are free to those who wait, in order.
func (b *book) grant(w *thing, now time.Time) {
	for len(w.queue) > 0 {
		free := slices.IndexFunc(w.units, func(u unit) bool { return u.held == nil })
		if free < 0 {
			return
		}
		t := w.queue[0]
		w.queue = w.queue[1:]
		u := &w.units[free]
		granted := &schedulepb.LeaseGranted{Unit: uint32(free)}
		if u.died != "" {
			granted.Died = &schedulepb.LeaseHolder{Name: u.died, Age: durationpb.New(u.age)}
		}
		*u = unit{held: t}
		t.granted, t.since = true, now
		t.tell(&schedulepb.LeaseReply{Kind: &schedulepb.LeaseReply_Granted{Granted: granted}})
	}
}

// release gives back what the ticket stands for: the thing, or the place in the queue.
func (b *book) release(key string, number uint64, now time.Time) {
	p := b.people[key]
	if p == nil {
		return
	}
	for _, t := range p.tickets {
		if t.number == number {
			b.drop(t, now, "")
			return
		}
	}
}

// died gives back everything of someone who has ended.
func (b *book) died(key string, now time.Time) {
	p := b.people[key]
	if p == nil {
		return
	}
	for _, t := range slices.Clone(p.tickets) { // its waits first: it is not to be granted what it leaves
		if !t.granted {
			b.drop(t, now, "")
		}
	}
	for _, t := range slices.Clone(p.tickets) {
		b.drop(t, now, p.name)
	}
}

// drop forgets a ticket. The name is of who has ended without a release.
func (b *book) drop(t *ticket, now time.Time, died string) {
	p := t.of
	p.tickets = slices.DeleteFunc(p.tickets, func(o *ticket) bool { return o == t })
	if len(p.tickets) == 0 {
		delete(b.people, p.key)
	}
	w := t.thing
	if !t.granted {
		w.queue = slices.DeleteFunc(w.queue, func(o *ticket) bool { return o == t })
		return
	}
	for i := range w.units {
		if u := &w.units[i]; u.held == t {
			*u = unit{died: died, age: now.Sub(t.since)}
		}
	}
	b.grant(w, now)
}

// expire refuses those whose wait is over.
func (b *book) expire(now time.Time) {
	for _, w := range b.things {
		for _, t := range slices.Clone(w.queue) {
			if !t.until.IsZero() && !now.Before(t.until) {
				b.refuse(t, &schedulepb.LeaseRefused{Reason: schedulepb.LeaseRefused_REASON_TIMED_OUT, Holders: w.holders(now)})
			}
		}
	}
}

// next is when the first wait is over; zero: none ends.
func (b *book) next() time.Time {
	var first time.Time
	for _, w := range b.things {
		for _, t := range w.queue {
			if !t.until.IsZero() && (first.IsZero() || t.until.Before(first)) {
				first = t.until
			}
		}
	}
	return first
}

func (b *book) refuse(t *ticket, why *schedulepb.LeaseRefused) {
	b.drop(t, time.Time{}, "") // nobody's turn comes by it
	t.tell(refused(why))
}

func refused(why *schedulepb.LeaseRefused) *schedulepb.LeaseReply {
	return &schedulepb.LeaseReply{Kind: &schedulepb.LeaseReply_Refused{Refused: why}}
}

// holders lists who holds units, by their numbers.
func (w *thing) holders(now time.Time) []*schedulepb.LeaseHolder {
	var list []*schedulepb.LeaseHolder
	for _, u := range w.units {
		if u.held != nil {
			list = append(list, u.held.shown(now))
		}
	}
	return list
}

func (t *ticket) shown(now time.Time) *schedulepb.LeaseHolder {
	return &schedulepb.LeaseHolder{Name: t.of.name, Age: durationpb.New(now.Sub(t.since))}
}

// state tells of everything.
func (b *book) state(now time.Time) *schedulepb.LeaseState {
	s := &schedulepb.LeaseState{}
	for _, name := range slices.Sorted(maps.Keys(b.things)) {
		w := b.things[name]
		use := &schedulepb.LeaseUse{Lease: name, Capacity: uint32(len(w.units)), Holders: w.holders(now)}
		for _, t := range w.queue {
			use.Waiting = append(use.Waiting, t.shown(now))
		}
		s.Leases = append(s.Leases, use)
	}
	return s
}
