package main

import "github.com/ansar-go/ansar/internal/bench/measure"

// Names of entries that others are compared with.
const (
	bare     = "bare loop of os/exec, two at a time"
	pingPong = "raw: round trips over a socketpair"
)

// entries lists what is measured, in the order of the table.
func (p programs) entries() []measure.Entry {
	return []measure.Entry{
		{Name: bare, Unit: "jobs/s", Measure: bareLoop},
		{Name: "xargs -P 2", Unit: "jobs/s", Measure: piped("xargs", "-P", "2", "-n", "1", "true"), Against: []measure.Bound{{Entry: bare}}},
		{Name: "GNU parallel -j 2", Unit: "jobs/s", Measure: piped("parallel", "-j", "2", "true"), Against: []measure.Bound{{Entry: bare}}, Rounds: 1},
		{Name: "ansar schedule run, two slots, journal and logs", Unit: "jobs/s", Measure: p.jobs, Against: []measure.Bound{{Entry: bare, AtLeast: 0.6}}},
		{Name: "end of a job to the next start in its slot, 99th of 100", Unit: "ms", Measure: p.gaps},
		{Name: "time limit to SIGTERM, the worst of 20", Unit: "ms late", Measure: p.limits},
		{Name: "graph of 100,000 in a chain: built, checked, ordered", Unit: "ms", Measure: measure.Program(p.plans, "chain")},
		{Name: "graph of 100,000 side by side: the same", Unit: "ms", Measure: measure.Program(p.plans, "wide")},
		{Name: "graph of 100,000: memory", Unit: "MB", Measure: measure.Program(p.plans, "memory")},
		{Name: pingPong, Unit: "/s", Measure: measure.Program(p.raw, "pingpong")},
		{Name: "warm calls of a pool of two workers", Unit: "/s", Measure: measure.Program(p.plans, "pool"), Against: []measure.Bound{{Entry: pingPong}}},
	}
}
