package runner

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/ansar-go/ansar/internal/interval"
)

// restarts decides after which ends a role is started again, and when.
type restarts struct {
	rule   Restart
	random *rand.Rand // nil: nobody can foretell it
	next   func() (time.Duration, bool)
	recent []time.Time // of the restarts that count, oldest first
}

func newRestarts(rule Restart) *restarts {
	r := &restarts{rule: rule}
	if rule.Seed != 0 {
		r.random = rand.New(rand.NewPCG(rule.Seed, 0))
	}
	r.forget()
	return r
}

// forget makes the next restart the first.
func (r *restarts) forget() {
	steps := r.rule.Delays
	if steps == nil {
		steps = &interval.Steps{}
	}
	r.next = steps.Delays(r.random)
	r.recent = r.recent[:0]
}

// after says whether a run that ended at that time is followed by another, and
// after what delay; or why it is not, where the policy would have it.
func (r *restarts) after(e ending, now time.Time) (delay time.Duration, failed string, again bool) {
	if e.final || !(r.rule.Policy == Always || r.rule.Policy == OnCrash && e.crash) {
		return 0, "", false
	}
	if r.rule.Healthy > 0 && e.took >= r.rule.Healthy {
		r.forget()
	}
	for len(r.recent) > 0 && now.Sub(r.recent[0]) >= r.rule.Period {
		r.recent = r.recent[1:]
	}
	if n := r.rule.Intensity; len(r.recent) >= n {
		return 0, fmt.Sprintf("%s within %v %s not enough, it ended with %s", count(n), r.rule.Period, were(n), e.text), false
	}
	delay, more := r.next()
	if !more {
		return 0, fmt.Sprintf("it was started again %s in a row, it ended with %s", times(len(r.recent)), e.text), false
	}
	r.recent = append(r.recent, now)
	return delay, "", true
}

func count(n int) string {
	if n == 1 {
		return "1 restart"
	}
	return fmt.Sprintf("%d restarts", n)
}

func were(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
