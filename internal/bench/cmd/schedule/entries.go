package main

import (
	"context"

	"github.com/ansar-go/ansar/internal/bench/measure"
)

// Names of entries that others are compared with.
const (
	bare     = "bare loop of os/exec, two at a time"
	pingPong = "raw: round trips over a socketpair"

	// What is asked for is less on a machine that cannot do much.
	askedJobs  = "asked: 300 jobs a second, or 0.6 of the bare loop"
	askedCalls = "asked: 20,000 calls a second, or half of the round trips"
)

// entries lists what is measured, in the order of the table.
func (p programs) entries() []measure.Entry {
	loop, trips := &last{of: bareLoop}, &last{of: measure.Program(p.raw, "pingpong")}
	return []measure.Entry{
		{Name: bare, Unit: "jobs/s", Measure: loop.measure},
		{Name: askedJobs, Unit: "jobs/s", Measure: loop.share(0.6, 300)},
		{Name: "xargs -P 2", Unit: "jobs/s", Measure: piped("xargs", "-P", "2", "-n", "1", "true"), Against: []measure.Bound{{Entry: bare}}},
		{Name: "GNU parallel -j 2", Unit: "jobs/s", Measure: piped("parallel", "-j", "2", "true"), Against: []measure.Bound{{Entry: bare}}, Rounds: 1},
		{Name: "ansar schedule run, two slots, journal and logs", Unit: "jobs/s", Measure: p.jobs, Against: []measure.Bound{{Entry: bare}, {Entry: askedJobs, AtLeast: 1}}},
		{Name: "end of a job to the next start in its slot, 99th of 100: two slots, no core free", Unit: "ms", Measure: p.gaps("2")},
		{Name: "the same: one slot, a core free", Unit: "ms", Measure: p.gaps("1")},
		{Name: "time limit to SIGTERM, the worst of 20", Unit: "ms late", Measure: p.limits},
		{Name: "graph of 100,000 in a chain: built, checked, ordered", Unit: "ms", Measure: measure.Program(p.plans, "chain")},
		{Name: "graph of 100,000 side by side: the same", Unit: "ms", Measure: measure.Program(p.plans, "wide")},
		{Name: "graph of 100,000: memory", Unit: "MB", Measure: measure.Program(p.plans, "memory")},
		{Name: pingPong, Unit: "/s", Measure: trips.measure},
		{Name: askedCalls, Unit: "/s", Measure: trips.share(0.5, 20_000)},
		{Name: "warm calls of a pool of two workers", Unit: "/s", Measure: measure.Program(p.plans, "pool"), Against: []measure.Bound{{Entry: pingPong}, {Entry: askedCalls, AtLeast: 1}}},
	}
}

// last remembers the last figure of a measurement, for what is asked of others.
type last struct {
	of     measure.Func
	figure float64
}

func (l *last) measure(ctx context.Context) (float64, error) {
	figure, err := l.of(ctx)
	l.figure = figure
	return figure, err
}

// share is a part of the last figure, and no more than most.
func (l *last) share(part, most float64) measure.Func {
	return func(context.Context) (float64, error) { return min(most, part*l.figure), nil }
}
