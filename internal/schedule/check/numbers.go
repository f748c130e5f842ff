package check

import (
	"fmt"
	"maps"
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	pb "github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/settings"
)

// What a span of time may be.
const (
	orZero = iota // 0 or more
	above         // more than 0
)

// span checks a span of time. Nil is fine.
func (c *checker) span(a *at, below string, d *durationpb.Duration, rule int) {
	if d == nil {
		return
	}
	if err := d.CheckValid(); err != nil {
		c.add(a, below, "%s of %s is out of range: write less", below, a.name)
		return
	}
	switch t := d.AsDuration(); {
	case t < 0:
		c.add(a, below, "%s of %s is %s, less than nothing: leave out the minus", below, a.name, settings.FormatSpan(t))
	case t == 0 && rule == above:
		c.add(a, below, "%s of %s is 0: write how long, or leave it out", below, a.name)
	}
}

// own returns what a job says itself. What it has from the defaults, as in a
// complete plan, is checked there.
func own[M proto.Message](job, plan M) M {
	if proto.Equal(job, plan) {
		var nothing M
		return nothing
	}
	return job
}

func (c *checker) numbers(a *at, full, job *pb.Job) {
	d := c.full.GetDefaults()
	c.span(a, "timeout", own(job.GetTimeout(), d.GetTimeout()), above)
	c.span(a, "grace", own(job.GetGrace(), d.GetGrace()), orZero)
	c.span(a, "slow", own(job.GetSlow(), d.GetSlow()), above)
	c.span(a, "estimate", job.GetEstimate(), orZero)
	c.backoff(a, "backoff", own(job.GetBackoff(), c.pause))
	if job != nil && job.NotReadyTries != nil && *job.NotReadyTries == 0 && (d == nil || d.NotReadyTries == nil || *d.NotReadyTries != 0) {
		c.add(a, "not_ready_tries", "%s is tried 0 times: write 1 or more", a.name)
	}
	switch weight := int(full.GetWeight()); {
	case weight == 0:
		c.add(a, "weight", "%s takes 0 slots: write 1 or more", a.name)
	case c.slots > 0 && weight > c.slots:
		c.add(a, "weight", "%s takes %d slots, and there %s: lower its weight, or give the run more slots", a.name, weight, are(c.slots))
	}
	b := full.BeforeStop
	if b == nil {
		return
	}
	c.span(a, "before_stop.lead", b.Lead, above)
	c.span(a, "before_stop.timeout", b.Timeout, above)
	if lead, timeout := b.Lead.AsDuration(), full.Timeout.AsDuration(); lead >= timeout && timeout > 0 {
		c.add(a, "before_stop.lead", "%s is to be prepared for its stop %s before a limit of %s: write a lead that is shorter",
			a.name, settings.FormatSpan(lead), settings.FormatSpan(timeout))
	}
}

func are(n int) string {
	if n == 1 {
		return "is 1"
	}
	return fmt.Sprintf("are %d", n)
}

func (c *checker) backoff(a *at, below string, b *pb.Backoff) {
	if b == nil {
		return
	}
	c.span(a, below+".delay", b.Delay, orZero)
	c.span(a, below+".limit", b.Limit, above)
	if b.Factor != nil && !(*b.Factor >= 1 && *b.Factor <= 1e6) {
		c.add(a, below+".factor", "%s.factor of %s is %v: write a number from 1 to 1000000", below, a.name, *b.Factor)
	}
	c.part(a, below+".jitter", b.Jitter)
}

// part checks a number from 0 to 1.
func (c *checker) part(a *at, below string, f *float64) {
	if f != nil && !(*f >= 0 && *f <= 1) {
		c.add(a, below, "%s of %s is %v: write a number from 0 to 1", below, a.name, *f)
	}
}

func (c *checker) defaults(d *pb.Defaults) {
	if d == nil {
		return
	}
	a := &at{path: "defaults", name: "the defaults"}
	c.span(a, "timeout", d.Timeout, above)
	c.span(a, "grace", d.Grace, orZero)
	c.span(a, "slow", d.Slow, above)
	c.backoff(a, "backoff", d.Backoff)
	c.environment("defaults.environment", "", d.Environment, nil)
	known(c, a, "isolation", d.GetIsolation(), pb.Isolation_name)
	known(c, a, "strays", d.Strays, pb.Strays_name)
	if d.NotReadyTries != nil && *d.NotReadyTries == 0 {
		c.add(a, "not_ready_tries", "the defaults try a job 0 times: write 1 or more")
	}
}

func (c *checker) limits(l *pb.Limits) {
	if l == nil {
		return
	}
	a := &at{path: "limits", name: "the run"}
	c.span(a, "timeout", l.Timeout, above)
	c.part(a, "failure_ratio", l.FailureRatio)
	if l.Load != nil && !(*l.Load > 0) {
		c.add(a, "load", "load of the run is %v, so that nothing could ever start: write a number above 0, or leave it out", *l.Load)
	}
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
