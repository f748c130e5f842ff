package lease

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Option adjusts [Take].
type Option func(*options)

type options struct {
	limited bool
	wait    time.Duration
}

// Wait limits how long a Take waits. With a d of zero or less it does not wait at all.
// The default is as long as its context lasts.
func Wait(d time.Duration) Option { return func(o *options) { o.limited, o.wait = true, d } }

// Lease is held from a Take until its Release.
type Lease struct {
	// Name is what was taken.
	Name string

	// Unit is which of them, from 0.
	Unit int

	// PreviousOwnerDied says that whoever held it last ended without a release, or
	// was killed: what is lent may be in any state. PreviousOwner is who that was.
	PreviousOwnerDied bool
	PreviousOwner     Holder

	self    *actor.Context
	keeper  *actor.PID
	release *schedulepb.LeaseRelease
	over    atomic.Bool
}

// tickets numbers the wishes of all objects of this process.
var tickets atomic.Uint64

// Take waits for a lease, and gives it to the object that ctx belongs to; it is that
// object's until it is released or the object ends. Leases are granted in the order
// that they were asked for.
//
// Take may be used from any goroutine of the object. Whoever waits counts as one that
// releases nothing meanwhile, so that goroutines of one object that wait for each other
// must not do so by leases.
//
// The error is a *TimeoutError, a *DeadlockError, an *UnknownError, [ErrNoObject], that
// of the context, or a *lifecycle.Faulted with CAUSE_GONE if the keeper has ended.
func Take(ctx context.Context, keeper *actor.PID, name string, opts ...Option) (*Lease, error) {
	self, ok := actor.ContextOf(ctx)
	if !ok {
		return nil, ErrNoObject
	}
	var o options
	for _, option := range opts {
		option(&o)
	}
	m := request(self, name, tickets.Add(1), o)
	l := &Lease{
		Name: name, self: self, keeper: keeper,
		release: &schedulepb.LeaseRelease{Address: m.GetAddress(), Id: m.GetId(), Ticket: m.GetTicket()},
	}
	reply, err := actor.Request[*schedulepb.LeaseReply](ctx, keeper, m)
	if err != nil {
		l.Release() // it may be granted just now
		return nil, err
	}
	granted := reply.GetGranted()
	if granted == nil {
		return nil, errorOf(name, o, reply.GetRefused())
	}
	l.Unit = int(granted.GetUnit())
	if died := granted.GetDied(); died != nil {
		l.PreviousOwnerDied, l.PreviousOwner = true, Holder{died.GetName(), died.GetAge().AsDuration()}
	}
	return l, nil
}

// Release gives the lease back. Only the first call counts. It waits while the keeper has
// too much to read.
func (l *Lease) Release() {
	if !l.over.Swap(true) {
		_ = l.self.Send(l.keeper, l.release) // a keeper that has ended lends nothing
	}
}

// Use is who uses a lease.
type Use struct {
	Lease    string
	Capacity int
	Holders  []Holder
	Waiting  []Holder // in the order that they are going to have it
}

// Uses asks a keeper who uses its leases, by their names.
func Uses(ctx context.Context, keeper *actor.PID) ([]Use, error) {
	state, err := actor.Request[*schedulepb.LeaseState](ctx, keeper, &schedulepb.LeaseQuery{})
	if err != nil {
		return nil, err
	}
	var list []Use
	for _, u := range state.GetLeases() {
		list = append(list, Use{u.GetLease(), int(u.GetCapacity()), holdersOf(u.GetHolders()), holdersOf(u.GetWaiting())})
	}
	return list, nil
}
