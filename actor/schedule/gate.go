package schedule

import (
	"fmt"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

const (
	// gateAge is how long a look at load and memory is good for.
	gateAge = 100 * time.Millisecond

	// gatePause is how long a closed gate stays closed before the next look.
	gatePause = 500 * time.Millisecond
)

// gate keeps jobs from being started while the machine has too much to do. It is
// looked at when something happens, and by a timer only while it is closed.
type gate struct {
	limits *schedulepb.Limits
	on     bool // there is a limit
	closed bool
	looked time.Time
}

func newGate(limits *schedulepb.Limits) gate {
	return gate{limits: limits, on: limits.GetLoad() > 0 || limits.GetMemoryBytes() > 0}
}

// due has the next look be a fresh one.
func (g *gate) due() { g.looked = time.Time{} }

// why gives the limit that is passed, or nothing. What cannot be read limits nothing.
func (g *gate) why() string {
	if limit := g.limits.GetLoad(); limit > 0 {
		if load, ok := loadAverage(); ok && load > limit {
			return fmt.Sprintf("the load average is %.2f, above %.2f", load, limit)
		}
	}
	if limit := g.limits.GetMemoryBytes(); limit > 0 {
		if available, ok := availableMemory(); ok && available < limit {
			return fmt.Sprintf("%d MiB of memory are available, fewer than %d", available>>20, limit>>20)
		}
	}
	return ""
}

// checkGate tells the engine when the gate opens or closes.
func (s *scheduler) checkGate() {
	g := &s.gate
	if now := time.Now(); !g.on || now.Sub(g.looked) < gateAge {
		return
	}
	g.looked = time.Now()
	why := g.why()
	if (why != "") != g.closed {
		g.closed = why != ""
		s.apply(s.engine.Gate(!g.closed, why, time.Now()))
	}
	if g.closed {
		s.self.StartTimer(gateTimer, gatePause)
	}
}
