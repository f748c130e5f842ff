package group

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/property"
	"github.com/ansar-go/ansar/internal/runner"
	"github.com/ansar-go/ansar/lifecycle"
)

// startLimit is how long a role is reserved that does not say that it is ready.
const startLimit = 10 * time.Second

// part is a role of a run, which waits for its turn, runs, and is over.
type part struct {
	role   home.Role
	state  partState
	ready  bool // it was
	failed bool // it is over, and did not end well
	told   bool // it was told to stop

	pid    *actor.PID      // of a component that runs
	plain  *runner.Started // of a plain program that runs
	number int             // of a plain program's run in the history
	words  string          // why a plain program could not start
}

type partState int

const (
	partWaiting partState = iota
	partRunning
	partOver
)

// news is something that a role, or a goroutine for it, tells the object of the
// run.
type news struct {
	role  string
	about func(*part) // what it changes
}

// tell has the object hear the news. It may be called from any goroutine.
func (r *run) tell(role string, about func(*part)) {
	r.mu.Lock()
	r.news = append(r.news, news{role, about})
	r.mu.Unlock()
	_ = r.self.Send(r.self.Address(), wrapperspb.String(role)) // to one's own address it never waits
}

// hear takes the news in.
func (r *run) hear() {
	r.mu.Lock()
	list := r.news
	r.news = nil
	r.mu.Unlock()
	for _, n := range list {
		n.about(r.parts[n.role])
	}
}

// object begins roles when their turn comes, and hears all of them out.
func (r *run) object(self *actor.Context, _, _ *lifecycle.None) (*lifecycle.Ack, error) {
	r.self = self
	for r.advance() {
		m, err := self.Select(actor.KindOf[*lifecycle.Completed](), actor.KindOf[*wrapperspb.StringValue]())
		if err != nil { // told to stop: so are they, and their ends are heard as any others
			r.stopping = true
			continue
		}
		completed, ok := m.Body.(*lifecycle.Completed)
		if !ok {
			r.hear()
			continue
		}
		role := actor.DebriefAs[string](self, m)
		_, fault := actor.Value[proto.Message](m)
		r.hear() // that it was ready came first
		r.over(Ending{Role: role, Value: completed.GetValue(), Fault: fault})
	}
	return &lifecycle.Ack{}, nil
}

// advance begins the roles whose turn has come or, once the run is to stop, stops
// those whose turn has. It reports whether there is anything left to wait for.
func (r *run) advance() bool {
	for changed := true; changed; {
		changed = false
		for _, role := range r.roles {
			p := r.parts[role.Name]
			switch {
			case p.state == partWaiting && r.stopping:
				r.over(unstarted(role, &lifecycle.Aborted{Executable: role.Executable, Explanation: "it was not started"}))
				changed = true
			case p.state == partWaiting:
				changed = r.turn(p) || changed
			case p.state == partRunning && r.stopping && !p.told && r.allOver(r.behind[role.Name]):
				r.stop(p)
			}
		}
	}
	return slices.ContainsFunc(r.roles, func(role home.Role) bool { return r.parts[role.Name].state != partOver })
}

// turn begins a role if all that it comes after are ready, and gives it up if one
// of them never will be. It reports whether one of that was so.
func (r *run) turn(p *part) bool {
	for _, name := range r.before[p.role.Name] {
		switch other := r.parts[name]; {
		case other.state == partOver && other.failed:
			r.over(unstarted(p.role, &lifecycle.Cannot{
				Condition: "not started", Explanation: fmt.Sprintf("it comes after %q, which did not end well", name),
			}))
			return true
		case !other.ready && other.state != partOver:
			return false
		}
	}
	r.begin(p)
	return true
}

func unstarted(role home.Role, fault lifecycle.Fault) Ending {
	return Ending{Role: role.Name, Value: lifecycle.Complete(fault).GetValue(), Fault: fault}
}

// begin starts a role.
func (r *run) begin(p *part) {
	r.setState(p, partRunning)
	if property.Plain(p.role) {
		r.beginPlain(p)
		return
	}
	name := p.role.Name
	release := time.AfterFunc(startLimit, func() { r.options.Reservation.Release(name) })
	options := []actor.Option{actor.Role(name), actor.OnReady(func() {
		release.Stop()
		r.options.Reservation.Release(name)
		r.tell(name, func(p *part) { p.ready = true })
	})}
	if r.options.Grace > 0 {
		options = append(options, actor.Grace(r.options.Grace))
	}
	if name == r.options.Forwarding {
		options = append(options, actor.Stdin(r.input))
	}
	p.pid = r.self.Process(p.role.Executable, nil, options...)
	r.self.Assign(p.pid, name)
}

func (r *run) setState(p *part, state partState) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p.state = state
}

// stop tells a role to stop.
func (r *run) stop(p *part) {
	r.mu.Lock()
	p.told = true
	r.mu.Unlock()
	if p.plain != nil {
		_ = p.plain.Stop() // its end is heard
		return
	}
	r.self.Stop(p.pid)
}

func (r *run) allOver(names []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return r.parts[name].state != partOver })
}

// killing reports whether what is left is being killed.
func (r *run) killing() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.result.Killed
}

// over notes how a role ended.
func (r *run) over(e Ending) {
	if r.parts[e.Role].state == partRunning {
		r.settle(e.Role, endOf(e.Fault, r.killing()))
	}
	r.complete(e)
	r.options.Reservation.Release(e.Role)
	if r.options.Completed != nil {
		r.options.Completed(e)
	}
}

// AwaitBefore waits until what the roles come after, and is not among them, is
// ready, for at most limit each. The error says which is not.
func AwaitBefore(ctx context.Context, h *home.Home, roles []home.Role, limit time.Duration) error {
	order, err := newOrder(h, roles)
	if err != nil {
		return err
	}
	if err := order.checkOutside(h); err != nil {
		return err
	}
	for _, role := range roles {
		for _, name := range order.outside[role.Name] {
			limited, cancel := context.WithTimeout(ctx, limit)
			err := awaitReady(limited, h, name)
			cancel()
			if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
				err = fmt.Errorf("role %q comes after %q, which is not ready within %v", role.Name, name, limit)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}
