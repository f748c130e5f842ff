package engine

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

func TestEC12(t *testing.T) {
	p := &schedulepb.Plan{}
	for i := range 500 {
		p.Jobs = append(p.Jobs, &schedulepb.Job{Id: fmt.Sprint(i)})
	}
	random := rand.New(rand.NewPCG(1, 2))
	rules, _ := simulate(t, Config{Plan: p, Slots: 7}, Simulation{Duration: func(*schedulepb.Job) time.Duration {
		return time.Duration(random.IntN(1000)) * time.Millisecond
	}})
	want(t, "most at a time", 7, rules.mostRun)
	want(t, "slots that were used", 7, len(rules.usedSlot))
}

func TestEC13(t *testing.T) {
	p := plan("good", "f1", "f2", "f3")
	for i := range 10 {
		p.Jobs = append(p.Jobs, &schedulepb.Job{Id: fmt.Sprint("w", i)})
	}
	p.Jobs = append(p.Jobs, &schedulepb.Job{Id: "cleanup", Always: true})
	p.Limits = &schedulepb.Limits{ConsecutiveFailures: ptr(uint32(3))}
	d := drive(t, Config{Plan: p, Slots: 1})
	d.end("good", ok)
	for _, id := range []string{"f1", "f2", "f3"} {
		d.end(id, bad)
	}
	d.end("cleanup", ok)
	want(t, "exit status", uint32(1), d.finish())
	want(t, "jobs that were not run", 10, strings.Count(d.results(), "=not-run"))
	want(t, "cause", "aborted after 3 failures in a row", d.finished("w9").GetCause().GetText())
}

func TestEC14(t *testing.T) {
	p := plan("1", "2 < 1", "3", "4 < 2 3", "5")
	for _, j := range p.Jobs {
		j.Fingerprint = &schedulepb.Fingerprint{}
	}
	content := map[string]string{}
	store := map[string]*Stored{}
	run := func() string {
		d := drive(t, Config{Plan: p})
		for turns := 0; !d.engine.Done(); turns++ {
			if turns > 100 {
				t.Fatalf("the run stalls: running %q, ended %q", d.running(), d.results())
			}
			for _, a := range done[Fingerprint](d) {
				id := a.Job.Id
				key := fmt.Sprint(id, content[id], a.NeedKeys)
				d.take(d.engine.Fingerprinted(id, key, store[id], d.now))
			}
			for id := range d.active {
				d.ended(id, Outcome{Status: ok, Value: &schedulepb.Value{Json: id}})
				break
			}
			for _, a := range done[DropFingerprint](d) {
				delete(store, a.Job)
			}
			for _, a := range done[SaveFingerprint](d) {
				store[a.Job] = a.Stored
			}
		}
		want(t, "exit status", uint32(0), d.finish())
		ran := strings.Fields(starts(d.events))
		slices.Sort(ran)
		return strings.Join(ran, " ")
	}
	want(t, "first run", "1 2 3 4 5", run())
	want(t, "nothing has changed", "", run())
	content["1"] = "touched"
	want(t, "the source of 1 has changed", "1 2 4", run())
	delete(store, "3")
	want(t, "what is stored of 3 is broken", "3", run())
}

func TestEC19(t *testing.T) {
	run := func(seed uint64) string {
		random := rand.New(rand.NewPCG(7, 7))
		p := &schedulepb.Plan{Defaults: &schedulepb.Defaults{
			Retries: ptr(uint32(1)), Backoff: &schedulepb.Backoff{Delay: seconds(2), Jitter: ptr(1.0)},
		}}
		lend(p, "r", 3)
		for i := range 200 {
			j := &schedulepb.Job{Id: fmt.Sprint("j", i), Resources: []*schedulepb.Demand{{Name: "r"}}, Estimate: seconds(1)}
			for k := range 3 {
				if other := random.IntN(200); other < i {
					j.Needs = append(j.Needs, &schedulepb.Need{Job: fmt.Sprint("j", other), After: schedulepb.After(1 + k%2)})
				}
			}
			p.Jobs = append(p.Jobs, j)
		}
		_, events := simulate(t, Config{Plan: p, Slots: 4, Seed: seed}, Simulation{Fails: func(j *schedulepb.Job, attempt uint32) bool {
			return attempt == 1 && len(j.Id)%2 == 0
		}})
		return starts(events)
	}
	want(t, "the same seed", run(1), run(1))
	if run(1) == run(2) {
		t.Error("another seed gives the same order, so the jitter is not random")
	}
}

func TestPC13(t *testing.T) {
	p := plan("setup", "a < setup", "b < setup", "c < b", "other-setup", "d < other-setup")
	with(p, "setup", func(j *schedulepb.Job) { j.Setup = true })
	with(p, "other-setup", func(j *schedulepb.Job) { j.Setup = true })
	previous := &schedulepb.Report{Run: "run-0", Folder: "/runs/0", Jobs: []*schedulepb.JobReport{
		{Id: "setup", Status: ok},
		{Id: "a", Status: ok, Value: &schedulepb.Value{Json: "1", File: "jobs/a/value"}},
		{Id: "b", Status: bad},
		{Id: "c", Status: schedulepb.Status_STATUS_BLOCKED},
		{Id: "other-setup", Status: ok},
		{Id: "d", Status: ok},
	}}
	d := drive(t, Config{Plan: p, Previous: previous, Rerun: Failed})
	for _, id := range []string{"setup", "b", "c"} {
		d.end(id, ok)
	}
	want(t, "exit status", uint32(0), d.finish())
	want(t, "starts", "setup b c", starts(d.events))
	want(t, "ends", "a=skipped other-setup=skipped d=skipped setup=ok b=ok c=ok", d.results())
	want(t, "why", "passed in run run-0", d.finished("a").GetCause().GetText())
	want(t, "file of the value", "/runs/0/jobs/a/value", d.finished("a").GetValue().GetFile())
}

func TestPC14(t *testing.T) {
	order := []schedulepb.Status{cut, schedulepb.Status_STATUS_ERROR, bad, schedulepb.Status_STATUS_BLOCKED, schedulepb.Status_STATUS_FLAKY, ok, skipped}
	for i, a := range order {
		for k, b := range order {
			want(t, fmt.Sprint(a, " and ", b), order[min(i, k)], RollUp(a, b))
		}
	}
	var all []schedulepb.Status
	for n := range schedulepb.Status_name {
		all = append(all, schedulepb.Status(n))
	}
	for _, a := range all {
		want(t, "alone", a, RollUp(a))
		want(t, "with nothing", a, RollUp(a, schedulepb.Status_STATUS_UNSPECIFIED))
		for _, b := range all {
			want(t, "in both orders", RollUp(a, b), RollUp(b, a))
			for _, c := range all {
				want(t, "in any grouping", RollUp(RollUp(a, b), c), RollUp(a, RollUp(b, c)))
			}
		}
	}
}
