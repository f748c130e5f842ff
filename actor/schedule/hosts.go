package schedule

import (
	"context"
	"time"

	"github.com/ansar-go/ansar/internal/schedule/engine"
	"github.com/ansar-go/ansar/internal/schedule/hostlock"
)

// hosts are the locks of units that are shared with other runs on the machine. They
// belong to the scheduler's goroutine; the kernel frees them when this process dies.
type hosts struct {
	scheduler *scheduler
	locks     map[string]*hostlock.Lock
	waiting   map[string]*waitForHost // by unit
}

// waitForHost is a try to lock units.
type waitForHost struct {
	units   []string
	cancel  context.CancelFunc
	dropped bool // nobody waits for it any more
	locks   []*hostlock.Lock
}

func (h *hosts) init(s *scheduler) {
	h.scheduler, h.locks, h.waiting = s, map[string]*hostlock.Lock{}, map[string]*waitForHost{}
}

// acquire locks units, in an object of its own: it may have to wait for another run.
func (h *hosts) acquire(a engine.AcquireHost) {
	ctx, cancel := context.WithCancel(context.Background())
	wait := &waitForHost{units: a.Units, cancel: cancel}
	for _, unit := range a.Units {
		h.waiting[unit] = wait
	}
	s := h.scheduler
	s.begin(lockObject, 0, bodyOf(func() error { return wait.lock(ctx, s.run) }), func(err error) {
		cancel()
		for _, unit := range wait.units {
			if h.waiting[unit] == wait {
				delete(h.waiting, unit)
			}
		}
		switch {
		case wait.dropped || err != nil:
			wait.unlock()
		default:
			for i, unit := range wait.units {
				h.locks[unit] = wait.locks[i]
			}
		}
		switch {
		case wait.dropped:
		case err != nil:
			s.apply(s.engine.HostRefused(a.Job, err.Error(), time.Now()))
		default:
			s.apply(s.engine.HostGranted(a.Job, time.Now()))
		}
	})
}

// lock locks all units, in their order, or none.
func (wait *waitForHost) lock(ctx context.Context, r *run) error {
	for _, unit := range wait.units {
		lock, err := hostlock.Acquire(ctx, unit, hostlock.Info{Run: r.id}, r.options.HostWait)
		if err != nil {
			return err
		}
		wait.locks = append(wait.locks, lock)
	}
	return nil
}

func (wait *waitForHost) unlock() {
	for _, lock := range wait.locks {
		lock.Release()
	}
}

// release unlocks units, or gives up the try to lock them.
func (h *hosts) release(units []string) {
	for _, unit := range units {
		if wait := h.waiting[unit]; wait != nil {
			wait.dropped = true
			wait.cancel()
		}
		if lock := h.locks[unit]; lock != nil {
			lock.Release()
			delete(h.locks, unit)
		}
	}
}
