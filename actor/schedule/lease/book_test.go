package lease

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"pgregory.net/rapid"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

var start = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// desk is a book with what it has said.
type desk struct {
	*book
	now  time.Time
	said []string
	next uint64
}

func newDesk(capacity map[string]uint32) *desk { return &desk{book: newBook(capacity), now: start} }

// take has somebody ask, and gives the number of the ticket. A wait of less than zero
// is none.
func (d *desk) take(who, name string, wait time.Duration) uint64 {
	d.next++
	m := &schedulepb.LeaseTake{Lease: name, Address: "1", Id: who, Name: who, Ticket: d.next}
	if wait >= 0 {
		m.Wait = durationpb.New(wait)
	}
	d.book.take(m, d.now, func(reply *schedulepb.LeaseReply) {
		if g := reply.GetGranted(); g != nil {
			text := fmt.Sprintf("%s has %s %d", who, name, g.GetUnit())
			if died := g.GetDied(); died != nil {
				text += fmt.Sprintf(", left by %s after %v", died.GetName(), died.GetAge().AsDuration())
			}
			d.said = append(d.said, text)
			return
		}
		d.said = append(d.said, who+" "+errorOf(name, options{wait: wait}, reply.GetRefused()).Error())
	})
	return d.next
}

func (d *desk) release(who string, ticket uint64) { d.book.release("1/"+who, ticket, d.now) }
func (d *desk) died(who string)                   { d.book.died("1/"+who, d.now) }

func (d *desk) pass(t time.Duration) {
	d.now = d.now.Add(t)
	d.expire(d.now)
}

func TestBook(t *testing.T) {
	const forever = -1
	tests := []struct {
		name string
		do   func(d *desk)
		want []string
	}{
		{"what is free is granted", func(d *desk) { d.take("a", "console", forever) }, []string{"a has console 0"}},
		{"the next one gets it in order", func(d *desk) {
			a := d.take("a", "console", forever)
			b := d.take("b", "console", forever)
			d.take("c", "console", forever)
			d.release("a", a)
			d.release("a", a)
			d.release("b", b)
		}, []string{"a has console 0", "b has console 0", "c has console 0"}},
		{"only who holds can release", func(d *desk) {
			a := d.take("a", "console", forever)
			d.take("b", "console", forever)
			d.release("b", a)
		}, []string{"a has console 0"}},
		{"a wait that is given up", func(d *desk) {
			a := d.take("a", "console", forever)
			b := d.take("b", "console", forever)
			d.take("c", "console", forever)
			d.release("b", b)
			d.release("a", a)
		}, []string{"a has console 0", "c has console 0"}},
		{"the dead leave theirs to the next, who is told", func(d *desk) {
			d.take("a", "console", forever)
			b := d.take("b", "console", forever)
			d.now = d.now.Add(3 * time.Second)
			d.died("a")
			d.died("a")
			d.release("b", b)
			d.take("c", "console", forever)
		}, []string{"a has console 0", "b has console 0, left by a <a@1> after 3s", "c has console 0"}},
		{"the dead do not wait", func(d *desk) {
			a := d.take("a", "console", forever)
			d.take("b", "console", forever)
			d.take("c", "console", forever)
			d.died("b")
			d.release("a", a)
		}, []string{"a has console 0", "c has console 0"}},
		{"a wait that is over names the holders", func(d *desk) {
			d.take("a", "board", forever)
			d.now = d.now.Add(1500 * time.Millisecond)
			d.take("b", "board", forever)
			d.take("c", "board", time.Second)
			d.pass(999 * time.Millisecond)
			d.pass(time.Millisecond)
		}, []string{"a has board 0", "b has board 1", "c cannot take board: not free within 1s: held by a <a@1> for 2.5s, b <b@1> for 1s"}},
		{"no wait at all", func(d *desk) {
			d.take("a", "console", 0)
			d.take("b", "console", 0)
		}, []string{"a has console 0", "b cannot take console: not free: held by a <a@1> for 0s"}},
		{"what nobody keeps", func(d *desk) { d.take("a", "consol", forever) },
			[]string{"a cannot take consol: there is no such lease: there are board, console, power"}},
		{"a circle of two", func(d *desk) {
			d.take("a", "console", forever)
			p := d.take("b", "power", forever)
			d.take("a", "power", forever)
			d.take("b", "console", time.Hour)
			d.release("b", p)
		}, []string{
			"a has console 0", "b has power 0",
			"b cannot take console: deadlock: b <b@1> waits for console, held by a <a@1>, which waits for power, held by b <b@1>",
			"a has power 0",
		}},
		{"a circle of one", func(d *desk) {
			d.take("a", "console", forever)
			d.take("a", "console", forever)
		}, []string{"a has console 0", "a cannot take console: deadlock: a <a@1> waits for console, held by a <a@1>"}},
		{"no circle while one of the holders goes on", func(d *desk) {
			d.take("a", "board", forever)
			d.take("b", "board", forever)
			d.take("c", "power", forever)
			d.take("a", "power", forever)
			d.take("c", "board", forever)
			d.died("b")
		}, []string{"a has board 0", "b has board 1", "c has power 0", "c has board 1, left by b <b@1> after 0s"}},
		{"a circle when all of the holders wait", func(d *desk) {
			d.take("a", "board", forever)
			d.take("b", "board", forever)
			d.take("c", "power", forever)
			d.take("a", "power", forever)
			d.take("b", "power", forever)
			d.take("c", "board", forever)
		}, []string{
			"a has board 0", "b has board 1", "c has power 0",
			"c cannot take board: deadlock: c <c@1> waits for board, held by a <a@1>, which waits for power, held by c <c@1>",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(map[string]uint32{"console": 1, "power": 1, "board": 2})
			tt.do(d)
			if diff := cmp.Diff(tt.want, d.said); diff != "" {
				t.Errorf("said (-want +got):\n%s", diff)
			}
		})
	}
}

// TestPC12Book has 12 take one of 5 with a wait of one second. Those who give back
// within it make room in order; the others are told who holds.
func TestPC12Book(t *testing.T) {
	d := newDesk(map[string]uint32{"board": 5})
	var tickets []uint64
	for i := range 12 {
		tickets = append(tickets, d.take(fmt.Sprint("t", i), "board", time.Second))
	}
	d.pass(900 * time.Millisecond)
	for i := range 4 {
		d.release(fmt.Sprint("t", i), tickets[i])
	}
	d.pass(100 * time.Millisecond)
	held := "held by t5 <t5@1> for 100ms, t6 <t6@1> for 100ms, t7 <t7@1> for 100ms, t8 <t8@1> for 100ms, t4 <t4@1> for 1s"
	want := []string{
		"t0 has board 0", "t1 has board 1", "t2 has board 2", "t3 has board 3", "t4 has board 4",
		"t5 has board 0", "t6 has board 1", "t7 has board 2", "t8 has board 3",
	}
	for _, late := range []string{"t9", "t10", "t11"} {
		want = append(want, late+" cannot take board: not free within 1s: "+held)
	}
	if diff := cmp.Diff(want, d.said); diff != "" {
		t.Errorf("said (-want +got):\n%s", diff)
	}
}

// Whatever happens, nobody waits while something is free, everybody is answered once
// at most and in the order of asking, and there is always somebody who goes on.
func TestBookAlways(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := newDesk(map[string]uint32{"x": 1, "y": 2})
		people := []string{"a", "b", "c", "d"}
		waits := map[string]bool{} // a person has one wish at a time, as in its own goroutine
		who := func() string { return rapid.SampledFrom(people).Draw(t, "who") }
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			for _, p := range people {
				waits[p] = d.people["1/"+p] != nil && d.people["1/"+p].waitsFor() != nil
			}
			p := who()
			switch rapid.SampledFrom([]string{"take", "take", "release", "die", "pass"}).Draw(t, "what") {
			case "take":
				if !waits[p] {
					d.take(p, rapid.SampledFrom([]string{"x", "y"}).Draw(t, "thing"), time.Duration(rapid.IntRange(-1, 5).Draw(t, "wait")))
				}
			case "release":
				if o := d.people["1/"+p]; o != nil {
					d.release(p, rapid.SampledFrom(o.tickets).Draw(t, "ticket").number)
				}
			case "die":
				d.died(p)
			default:
				d.pass(1)
			}
			checkBook(t, d)
		}
	})
}

func checkBook(t *rapid.T, d *desk) {
	anybody, goesOn := false, false
	for _, p := range d.people {
		anybody = true
		goesOn = goesOn || p.waitsFor() == nil
		if len(p.tickets) == 0 {
			t.Fatalf("%s has nothing and is known", p.name)
		}
	}
	if anybody && !goesOn {
		t.Fatalf("everybody waits: %v", d.state(d.now))
	}
	for _, w := range d.things {
		free := slices.ContainsFunc(w.units, func(u unit) bool { return u.held == nil })
		if free && len(w.queue) > 0 {
			t.Fatalf("%s is free, and %s waits", w.name, w.queue[0].of.name)
		}
		for _, u := range w.units {
			if u.held != nil && (!u.held.granted || d.people[u.held.of.key] == nil) {
				t.Fatalf("%s is held by nobody", w.name)
			}
		}
		if !slices.IsSortedFunc(w.queue, func(a, b *ticket) int { return int(a.number) - int(b.number) }) {
			t.Fatalf("the queue for %s is not in order", w.name)
		}
	}
}
