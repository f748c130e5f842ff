package osproc

import "time"

// identity names one process for good: ids are used again, with a later start.
type identity struct {
	pid   int
	start uint64 // clock ticks since boot
}

// unclaimed remembers since when each zombie is waiting for somebody to reap it.
type unclaimed struct {
	patience time.Duration
	seen     map[identity]time.Time
}

// ripe returns which of the zombies of now have been seen for as long as
// patience. A zombie that is not among those of now is forgotten.
func (u *unclaimed) ripe(now time.Time, zombies map[identity]orphan) []identity {
	seen := make(map[identity]time.Time, len(zombies))
	var ripe []identity
	for id := range zombies {
		since, known := u.seen[id]
		switch {
		case !known:
			seen[id] = now
		case now.Sub(since) >= u.patience:
			ripe = append(ripe, id)
		default:
			seen[id] = since
		}
	}
	u.seen = seen
	return ripe
}
