package engine

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Kinds of causes.
const (
	jobTimeout   = "job-timeout"
	runTimeout   = "run-timeout"
	interrupt    = "interrupt"
	stopped      = "stopped"
	aborted      = "aborted"
	passedBefore = "passed-before"
	quarantined  = "quarantined"
)

// What a job takes if neither it nor the plan says anything.
const (
	defaultTimeout       = time.Hour
	defaultGrace         = 10 * time.Second
	defaultNotReadyTries = 3
	defaultLongestPause  = time.Minute
)

func (e *Engine) timeout(spec *schedulepb.Job) time.Duration {
	for _, d := range []interface{ AsDuration() time.Duration }{spec.GetTimeout(), e.plan.GetDefaults().GetTimeout()} {
		if t := d.AsDuration(); t > 0 {
			return t
		}
	}
	return defaultTimeout
}

func (e *Engine) grace(spec *schedulepb.Job) time.Duration {
	if spec.GetGrace() != nil {
		return spec.GetGrace().AsDuration()
	}
	if g := e.plan.GetDefaults().GetGrace(); g != nil {
		return g.AsDuration()
	}
	return defaultGrace
}

func (e *Engine) priority(spec *schedulepb.Job) int32 {
	if spec.Priority != nil {
		return spec.GetPriority()
	}
	return e.plan.GetDefaults().GetPriority()
}

func (e *Engine) retries(spec *schedulepb.Job) int {
	if spec.Retries != nil {
		return int(spec.GetRetries())
	}
	return int(e.plan.GetDefaults().GetRetries())
}

func (e *Engine) notReadyTries(spec *schedulepb.Job) int {
	if spec.NotReadyTries != nil {
		return int(spec.GetNotReadyTries())
	}
	if d := e.plan.GetDefaults(); d != nil && d.NotReadyTries != nil {
		return int(d.GetNotReadyTries())
	}
	return defaultNotReadyTries
}

func (e *Engine) strays(spec *schedulepb.Job) schedulepb.Strays {
	if spec.GetStrays() != schedulepb.Strays_STRAYS_UNSPECIFIED {
		return spec.GetStrays()
	}
	if s := e.plan.GetDefaults().GetStrays(); s != schedulepb.Strays_STRAYS_UNSPECIFIED {
		return s
	}
	return schedulepb.Strays_STRAYS_KILL
}

// pause is how long a job waits before its next attempt: the nth pause, counted from 1. The random
// part hangs on seed, job and attempt only, so it is the same whatever else goes on.
func (e *Engine) pause(j *job, n int) time.Duration {
	b := j.spec.GetBackoff()
	if b == nil {
		b = e.plan.GetDefaults().GetBackoff()
	}
	factor := 1.0
	if b.GetFactor() > 0 {
		factor = b.GetFactor()
	}
	longest := defaultLongestPause
	if b.GetLimit() != nil {
		longest = b.GetLimit().AsDuration()
	}
	d := min(float64(b.GetDelay().AsDuration())*math.Pow(factor, float64(n-1)), float64(longest))
	jitter := min(max(b.GetJitter(), 0), 1)
	if jitter > 0 {
		hash := newHash()
		hash.text(j.id())
		hash.number(uint64(j.attempts))
		random := rand.New(rand.NewPCG(e.config.Seed, uint64(hash)))
		d = d*(1-jitter) + d*jitter*random.Float64()
	}
	return max(time.Duration(d), 0)
}

// hash is FNV-1a.
type hash uint64

func newHash() hash { return 14695981039346656037 }

func (h *hash) text(s string) {
	for i := range len(s) {
		*h = (*h ^ hash(s[i])) * 1099511628211
	}
	*h = (*h ^ 0xff) * 1099511628211
}

func (h *hash) number(n uint64) {
	for range 8 {
		*h = (*h ^ hash(n&0xff)) * 1099511628211
		n >>= 8
	}
}
