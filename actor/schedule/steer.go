package schedule

import (
	"time"
)

// reins end what an attempt has started. They are called by one goroutine.
type reins struct {
	stop func(why string) // asks it to end
	kill func(why string) // ends it now
}

// steer ends the work when its time is over, when the scheduler says so, or when its
// object is told to stop, until done is closed. What it starts has ended when the
// channel that it gives is closed.
func (w *work) steer(done <-chan struct{}, r reins) <-chan struct{} {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.drive(done, r)
	}()
	return ended
}

func (w *work) drive(done <-chan struct{}, r reins) {
	var deadline <-chan time.Time
	if w.assigned.GetDeadline() != nil {
		timer := time.NewTimer(time.Until(w.assigned.GetDeadline().AsTime()))
		defer timer.Stop()
		deadline = timer.C
	}
	told := w.self.Done()
	for {
		select {
		case <-done:
			return
		case <-deadline:
			w.ending(w.limit)
			r.stop(w.limit)
		case o := <-w.orders:
			w.ending(o.why)
			if o.kill {
				r.kill(o.why)
			} else {
				r.stop(o.why)
			}
		case <-told: // nobody is left to hear of the end
			told = nil
			w.ending("interrupt")
			r.kill("interrupt")
		}
	}
}
