package schedule

import (
	"fmt"
	"sync"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

const (
	// subscriberQueue is how many events a subscriber may be behind.
	subscriberQueue = 8192

	// subscriberPatience is how long the end of a run waits for it.
	subscriberPatience = time.Second

	// subscriberPause is how often, at most, it is told that it misses events.
	subscriberPause = time.Second
)

// subscriber hears of events on a goroutine of its own.
type subscriber struct {
	hear  func(*schedulepb.Event)
	wake  func() // tells the scheduler that there are warnings; may block
	queue chan heard
	done  chan struct{} // closed when everything in the queue was heard

	mu       sync.Mutex // guards the fields below
	warnings []string
	missed   missed
	settled  bool // what it has missed is told at once
}

// missed are the events that a subscriber had no room for since that was last told.
type missed struct {
	count       int
	first, last uint64 // sequence numbers
	told        time.Time
}

// text tells of them.
func (m *missed) text() string {
	if m.count == 1 {
		return fmt.Sprintf("a subscriber is too slow: it misses event %d", m.first)
	}
	return fmt.Sprintf("a subscriber is too slow: it misses %d events from %d to %d", m.count, m.first, m.last)
}

// heard is an event for the subscriber, or a mark that is closed on the way.
type heard struct {
	event *schedulepb.Event
	mark  chan struct{}
}

// subscribe starts the goroutine. It ends after end, or whenever hear returns.
func subscribe(hear func(*schedulepb.Event), wake func()) *subscriber {
	s := &subscriber{hear: hear, wake: wake, queue: make(chan heard, subscriberQueue), done: make(chan struct{})}
	go s.work()
	return s
}

func (s *subscriber) work() {
	defer close(s.done)
	for h := range s.queue {
		if h.mark != nil {
			close(h.mark)
			continue
		}
		if failure := s.tell(h.event); failure != "" && s.warn(h.event, failure) {
			s.wake()
		}
	}
}

// tell gives what went wrong, or nothing.
func (s *subscriber) tell(e *schedulepb.Event) (failure string) {
	defer func() {
		if r := recover(); r != nil {
			failure = fmt.Sprintf("a subscriber panicked at event %d: %v", e.GetSequence(), r)
		}
	}()
	s.hear(e)
	return ""
}

// offer puts an event into the queue, or notes that there is no room. It never
// blocks.
func (s *subscriber) offer(e *schedulepb.Event) {
	select {
	case s.queue <- heard{event: e}:
		return
	default:
	}
	if e.GetWarning() != nil { // they would never end
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.missed.count++; s.missed.count == 1 {
		s.missed.first = e.GetSequence()
	}
	s.missed.last = e.GetSequence()
}

// warn notes a failure, but for events that are warnings: they would never end.
func (s *subscriber) warn(e *schedulepb.Event, text string) bool {
	if e.GetWarning() != nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.warnings = append(s.warnings, text)
	return true
}

// take gives the warnings that have come since the last call.
func (s *subscriber) take() []string {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	warnings := s.warnings
	s.warnings = nil
	if now := time.Now(); s.missed.count > 0 && (s.settled || now.Sub(s.missed.told) >= subscriberPause) {
		warnings = append(warnings, s.missed.text())
		s.missed = missed{told: now}
	}
	return warnings
}

// settle waits until everything so far was heard, at most for the patience, and
// reports whether it was.
func (s *subscriber) settle() bool {
	if s == nil {
		return true
	}
	s.mu.Lock()
	s.settled = true
	s.mu.Unlock()
	patience := time.NewTimer(subscriberPatience)
	defer patience.Stop()
	mark := make(chan struct{})
	select {
	case s.queue <- heard{mark: mark}:
	case <-patience.C:
		return false
	}
	select {
	case <-mark:
		return true
	case <-patience.C:
		return false
	}
}

// end lets the goroutine end, and waits for it if it has kept up: the last events are
// heard then.
func (s *subscriber) end(keptUp bool) {
	if s == nil {
		return
	}
	close(s.queue)
	if !keptUp {
		return
	}
	patience := time.NewTimer(subscriberPatience)
	defer patience.Stop()
	select {
	case <-s.done:
	case <-patience.C:
	}
}
