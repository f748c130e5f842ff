package group

import (
	"cmp"
	"context"
	"sync"
	"time"

	"github.com/ansar-go/ansar/internal/home"
)

const (
	// defaultTimeout is how long a role may take to be ready.
	defaultTimeout = 10 * time.Second

	// crowd is how many roles are on their way from the start of their process to
	// having their role: with more, on a small machine, each of them would be slow.
	crowd = 64
)

// Milestone is something in the life of a role that can be waited for.
type Milestone string

// The milestones.
const (
	UntilStarted Milestone = "started" // its settings are good and it has its role
	UntilReady   Milestone = "ready"   // it does what it is for
	UntilEnded   Milestone = "ended"
)

// StartOptions adjust [Start]. A nil *StartOptions means the defaults.
type StartOptions struct {
	// Args are settings for this one run, for each component. RoleArgs are those
	// of one role, in place of Args.
	Args     []string
	RoleArgs map[string][]string

	// By is what starts them, for the history. If empty, "ansar start".
	By string

	// Until is what is waited for: UntilStarted or UntilReady, which is the
	// default. What others come after is waited for until it is ready.
	Until Milestone

	// Timeout is how long each role may take. If zero, 10 seconds.
	Timeout time.Duration

	// Restore is for roles that were running before: what they come after, and is
	// not selected, need not run.
	Restore bool

	// Reservation gives each role back when it has started or failed. May be nil.
	Reservation *home.Reservation
}

// Begun is what came of the start of a role.
type Begun struct {
	Role string

	// PID is the process that plays the role, and Run its number in the history.
	// Zero if it did not come that far.
	PID, Run int

	// Err is a *[StartError], or nil: all went well.
	Err error
}

// Start starts roles in the background and returns when each of them is ready or
// has failed. Those that come after others by the property after wait for them,
// all others start at once. The result is in the order of roles; the error says
// that nothing was started.
//
// A role that comes after one that is not selected needs that one to be running,
// or to have come to a good end. If ctx ends, nothing more is started; what was
// started goes on.
//
// None of the roles may be running; see [Clear]. The caller has reserved them.
func Start(ctx context.Context, h *home.Home, roles []home.Role, o *StartOptions) ([]Begun, error) {
	o = cmp.Or(o, &StartOptions{})
	order, err := newOrder(h, roles)
	if err != nil {
		return nil, err
	}
	if o.Restore {
		order.outside = nil
	}
	if err := order.checkOutside(h); err != nil {
		return nil, err
	}
	names := make([]string, 0, len(roles))
	for _, role := range roles {
		names = append(names, role.Name)
	}
	s := &start{
		home: h, options: o, order: order, gates: newGates(names, order.before),
		by: cmp.Or(o.By, "ansar start"), timeout: cmp.Or(o.Timeout, defaultTimeout),
		over: make(chan struct{}), slots: make(chan struct{}, crowd),
	}
	begun := make([]Begun, len(roles))
	var starting sync.WaitGroup
	for i, role := range roles {
		starting.Go(func() { begun[i] = s.one(ctx, role) })
	}
	starting.Wait()
	close(s.over)
	s.watching.Wait()
	return begun, nil
}

// start is one Start.
type start struct {
	home    *home.Home
	options *StartOptions
	order   *order
	gates   *gates
	by      string
	timeout time.Duration

	over     chan struct{} // closed when all have begun or failed
	slots    chan struct{} // holds as many as are on their way
	watching sync.WaitGroup
}

// one starts one role in its turn.
func (s *start) one(ctx context.Context, role home.Role) Begun {
	l := &launch{start: s, role: role, begun: Begun{Role: role.Name}}
	err := l.turn(ctx)
	if err == nil {
		err = l.run(ctx)
	}
	s.options.Reservation.Release(role.Name)
	s.gates.open(role.Name, err)
	l.begun.Err = err
	if l.begun.Run > 0 {
		s.watching.Go(l.watch)
	}
	return l.begun
}

// turn waits until those that come before the role are ready.
func (l *launch) turn(ctx context.Context) error {
	first, err := l.gates.pass(ctx, l.role.Name)
	if err == nil {
		for _, first = range l.order.outside[l.role.Name] {
			limited, cancel := context.WithTimeout(ctx, l.timeout)
			err = awaitReady(limited, l.home, first)
			cancel()
			if err != nil {
				break
			}
		}
	}
	switch {
	case ctx.Err() != nil:
		return l.fail("it was not started, because of an interrupt")
	case err != nil:
		return l.fail("it was not started, because it comes after %q, which is not ready", first)
	}
	return nil
}
