package schedule

import (
	"context"
	"errors"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/engine"
	"github.com/ansar-go/ansar/internal/schedule/hostlock"
)

// hosts are the locks of units that are shared with other runs on the machine. They
// belong to the scheduler's goroutine; the kernel frees them when this process dies.
type hosts struct {
	scheduler *scheduler
	claims    map[string]*claim // the last one of each unit
}

// claim is a try to lock units, and what it has locked.
type claim struct {
	units  []string
	after  []*claim // earlier ones of the same units, given up
	cancel context.CancelFunc
	over   chan struct{} // closed when the try has ended

	mu      sync.Mutex // guards the fields below
	locks   map[string]*hostlock.Lock
	tried   bool
	dropped bool // nobody waits for it any more
}

func (h *hosts) init(s *scheduler) { h.scheduler, h.claims = s, map[string]*claim{} }

// acquire locks units, in an object of its own: it may have to wait for another run.
func (h *hosts) acquire(a engine.AcquireHost) {
	ctx, cancel := context.WithCancel(context.Background())
	c := &claim{units: a.Units, cancel: cancel, over: make(chan struct{}), locks: map[string]*hostlock.Lock{}}
	for _, unit := range a.Units {
		if before := h.claims[unit]; before != nil {
			c.after = append(c.after, before)
		}
		h.claims[unit] = c
	}
	s := h.scheduler
	lock := func(self *actor.Context) (proto.Message, error) {
		return nil, c.try(ctx, s.run, func(held error) {
			_ = self.Send(s.self.Address(), &schedulepb.Event{Job: a.Job, Attempt: a.Attempt, Kind: &schedulepb.Event_JobWaiting{
				JobWaiting: &schedulepb.JobWaiting{Why: held.Error()},
			}}) // after a stop of all there is nobody to hear it
		})
	}
	s.begin(lockObject, 0, lock, func(err error) {
		cancel()
		c.mu.Lock()
		dropped := c.dropped
		c.mu.Unlock()
		switch now := time.Now(); {
		case dropped: // and not answered
		case err != nil:
			s.apply(s.engine.HostRefused(a.Job, err.Error(), now))
		default:
			s.apply(s.engine.HostGranted(a.Job, now))
		}
	})
}

// try locks all units, in their order, or none. If it has to wait it tells for whom.
func (c *claim) try(ctx context.Context, r *run, tell func(held error)) error {
	defer close(c.over)
	for _, before := range c.after {
		<-before.over // it was given up, or has ended
	}
	var err error
	for _, unit := range c.units {
		var lock *hostlock.Lock
		info, held := hostlock.Info{Run: r.id}, new(hostlock.HeldError)
		lock, err = hostlock.Acquire(ctx, unit, info, false)
		if r.options.HostWait && errors.As(err, &held) {
			tell(err)
			lock, err = hostlock.Acquire(ctx, unit, info, true)
		}
		if err != nil {
			break
		}
		c.locks[unit] = lock // nobody else looks before it has tried
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tried, c.after = true, nil
	if err != nil || c.dropped {
		c.unlock(c.units)
	}
	return err
}

// unlock gives units back. The caller holds mu.
func (c *claim) unlock(units []string) {
	for _, unit := range units {
		if lock := c.locks[unit]; lock != nil {
			lock.Release()
			delete(c.locks, unit)
		}
	}
}

// release unlocks units, or gives up the try to lock them.
func (h *hosts) release(units []string) {
	for _, unit := range units {
		c := h.claims[unit]
		if c == nil {
			continue
		}
		c.mu.Lock()
		if c.tried {
			c.unlock([]string{unit})
			delete(h.claims, unit)
		} else {
			c.dropped = true
			c.cancel()
		}
		c.mu.Unlock()
	}
}
