package engine

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// A dry run keeps all rules, whatever the plan, and comes to an end.
func TestSimulate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ch := &choice{source: t}
		c := Config{Plan: anyPlan(ch, false), Slots: 1 + ch.of(4), Run: "run-1", Started: began}
		often := 1 + ch.of(5)
		n := 0
		r := newRules(t, c)
		for _, event := range Simulate(c, Simulation{
			Duration: func(*schedulepb.Job) time.Duration { n++; return time.Duration(n%7) * time.Second },
			Fails:    func(*schedulepb.Job, uint32) bool { n++; return n%often == 0 },
		}) {
			r.see(event)
		}
		r.over()
	})
}

func TestSimulatePlan(t *testing.T) {
	p := plan("build", "test < build.fw : board", "slow")
	with(p, "build", func(j *schedulepb.Job) { j.Artefacts = []string{"fw"}; j.Estimate = seconds(10) })
	with(p, "test", func(j *schedulepb.Job) { j.Retries = ptr(uint32(1)); j.Fingerprint = &schedulepb.Fingerprint{} })
	with(p, "slow", func(j *schedulepb.Job) { j.Estimate, j.Timeout = seconds(9), seconds(3) })
	board := lend(p, "board", 1)
	board.HostWide, board.Cleaner = true, &schedulepb.Cleaner{}
	p.Guards = []*schedulepb.Guard{{Id: "usb"}}
	rules, events := simulate(t, Config{Plan: p, Slots: 3}, Simulation{Fails: func(j *schedulepb.Job, attempt uint32) bool {
		return j.Id == "test" && attempt == 1
	}})
	want(t, "ends", map[string]schedulepb.Status{"build": ok, "test": schedulepb.Status_STATUS_FLAKY, "slow": late}, rules.ends)
	want(t, "starts", "build slow test test#2", starts(events))
	want(t, "time", 10*time.Second, took(events))
	want(t, "exit status", uint32(1), events[len(events)-1].GetRunFinished().GetExitStatus())
}

// A cleaner takes its time in a dry run, too.
func TestSimulateCleaner(t *testing.T) {
	p := plan("a: board", "b: board")
	with(p, "a", func(j *schedulepb.Job) { j.Timeout, j.Estimate = seconds(2), seconds(5) })
	lend(p, "board", 1).Cleaner = &schedulepb.Cleaner{}
	rules, events := simulate(t, Config{Plan: p, Slots: 2}, Simulation{})
	want(t, "ends", map[string]schedulepb.Status{"a": late, "b": ok}, rules.ends)
	want(t, "time", 2*time.Second+time.Second+time.Second, took(events))
}
