package lease

import (
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/lifecycle"
)

// due is the timer of the next wait that ends.
var due = actor.KindOf[*schedulepb.LeaseDue]()

// keeper is the object that keeps leases, until it is stopped.
var keeper = actor.Define("lease-keeper", func(self *actor.Context, _ *lifecycle.None, in *schedulepb.LeaseKeep) (*lifecycle.Ack, error) {
	k := &keeping{self: self, book: newBook(in.GetCapacity()), watched: map[string]*actor.PID{}}
	for {
		m, err := self.Select()
		if err != nil {
			return nil, err
		}
		k.receive(m)
		k.settle()
	}
})

// keeping is a keeper at work.
type keeping struct {
	self    *actor.Context
	book    *book
	watched map[string]*actor.PID // whose ends it is going to be told
	timer   time.Time             // when it is due; zero: it does not run
}

// receive does what a message asks for.
func (k *keeping) receive(m actor.Message) {
	now := time.Now()
	switch body := m.Body.(type) {
	case *schedulepb.LeaseTake:
		k.book.take(body, now, func(reply *schedulepb.LeaseReply) {
			_ = k.self.Send(m.From, reply) // who does not listen has ended, or is going to release
		})
		k.watch(&actor.PID{Address: body.GetAddress(), Id: body.GetId()})
	case *schedulepb.LeaseRelease:
		k.book.release(body.GetAddress()+"/"+body.GetId(), body.GetTicket(), now)
	case *actor.Terminated:
		key := keyOf(body.GetWho())
		delete(k.watched, key)
		k.book.died(key, now)
	case *schedulepb.LeaseQuery:
		_ = k.self.Send(m.From, k.book.state(now)) // as above
	case *schedulepb.LeaseDue:
		k.timer = time.Time{}
		k.book.expire(now)
	}
}

// settle watches those alone who have a ticket, and sets the timer.
func (k *keeping) settle() {
	for key, pid := range k.watched {
		if k.book.people[key] == nil {
			delete(k.watched, key)
			k.self.Unwatch(pid)
		}
	}
	next := k.book.next()
	switch {
	case next.Equal(k.timer):
	case next.IsZero():
		k.self.CancelTimer(due)
	default:
		k.self.StartTimer(due, time.Until(next))
	}
	k.timer = next
}

func (k *keeping) watch(pid *actor.PID) {
	key := keyOf(pid)
	if k.watched[key] == nil && k.book.people[key] != nil {
		k.watched[key] = pid
		k.self.Watch(pid)
	}
}

func keyOf(pid *actor.PID) string { return pid.GetAddress() + "/" + pid.GetId() }

// Keep begins an object that keeps leases, as a child of self: how many may hold each
// at a time, by its name; less than one counts as one. Any object of the tree may take
// them.
func Keep(self *actor.Context, capacity map[string]int) *actor.PID {
	in := &schedulepb.LeaseKeep{Capacity: map[string]uint32{}}
	for name, n := range capacity {
		in.Capacity[name] = uint32(max(0, n))
	}
	return keeper.Create(self, in, actor.InProcess())
}

// request is the message for a Take of self.
func request(self *actor.Context, name string, ticket uint64, o options) *schedulepb.LeaseTake {
	own := self.Address()
	m := &schedulepb.LeaseTake{Lease: name, Address: own.GetAddress(), Id: own.GetId(), Name: self.Name(), Ticket: ticket}
	if o.limited {
		m.Wait = durationpb.New(max(0, o.wait))
	}
	return m
}
