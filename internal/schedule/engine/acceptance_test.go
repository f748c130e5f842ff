package engine

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// simulate runs a plan in made-up time, and checks it.
func simulate(t *testing.T, c Config, s Simulation) (*rules, []*schedulepb.Event) {
	t.Helper()
	if c.Run == "" {
		c.Run = "run-1"
	}
	c.Started = began
	rules := newRules(t, c)
	events := Simulate(c, s)
	for _, event := range events {
		rules.see(event)
	}
	rules.over()
	return rules, events
}

func took(events []*schedulepb.Event) time.Duration {
	return events[len(events)-1].GetSince().AsDuration()
}

// Two boards of type A, one of type B: no board has two holders, the job that needs both is
// not starved, and the run is as short as it can be, but for one job.
func TestOC5(t *testing.T) {
	p := plan("both: a b", "a1: a", "a2: a", "a3: a", "a4: a", "a5: a", "a6: a", "b1: b", "b2: b")
	lend(p, "a", 2)
	lend(p, "b", 1)
	for shift := range len(p.Jobs) {
		jobs := append(slices.Clone(p.Jobs[shift:]), p.Jobs[:shift]...)
		shifted := &schedulepb.Plan{Jobs: jobs, Resources: p.Resources}
		rules, events := simulate(t, Config{Plan: shifted, Slots: 8}, Simulation{})
		if most := 5 * time.Second; took(events) > most {
			t.Errorf("with %s first, the run took %v, more than %v", jobs[0].Id, took(events), most)
		}
		want(t, "end of the job that needs both", ok, rules.ends["both"])
	}
}

// A job that needs several units is not passed for ever by jobs that need one of them.
func TestOC5Claim(t *testing.T) {
	p := plan("a0: a", "b0: b", "both: a b")
	for i := range 20 {
		p.Jobs = append(p.Jobs, plan(fmt.Sprint("a", i+1, ": a"), fmt.Sprint("b", i+1, ": b")).Jobs...)
	}
	lend(p, "a", 1)
	lend(p, "b", 1)
	d := drive(t, Config{Plan: p, Slots: 8})
	d.end("b0", ok)
	want(t, "running while b is kept for the one that needs both", "a0", d.running())
	d.end("a0", ok)
	want(t, "running", "both", d.running())
	want(t, "why it waited", []string{"a: held by a0; b: held by b0", "a: held by a0"}, d.waits("both"))
}

func TestOC6(t *testing.T) {
	t.Run("a resource that there is not", func(t *testing.T) {
		p := plan("z: type-z", "x", "after < z")
		d := drive(t, Config{Plan: p})
		d.end("x", ok)
		want(t, "exit status", uint32(1), d.finish())
		want(t, "ends", "z=unrunnable after=blocked x=ok", d.results())
		want(t, "cause", "no resource type-z", d.finished("z").GetCause().GetText())
	})
	t.Run("a unit that goes out of service", func(t *testing.T) {
		p := plan("kill: board", "next: board", "later < kill! : board", "x")
		lend(p, "board", 1).Cleaner = &schedulepb.Cleaner{}
		d := drive(t, Config{Plan: p})
		d.end("kill", crash)
		d.take(d.engine.CleanerEnded("board.0", Outcome{Status: bad, Cause: &schedulepb.Cause{Text: "exit status 3"}}, d.now))
		d.end("x", ok)
		want(t, "exit status", uint32(1), d.finish())
		want(t, "ends", "kill=crashed next=unrunnable later=unrunnable x=ok", d.results())
		want(t, "cause", "board.0 is out of service: its cleaner ended failed: exit status 3", d.finished("later").GetCause().GetText())
	})
}

func TestOC7(t *testing.T) {
	p := plan("build", "t1 < build.a1", "t2 < build.a2", "t3 < build.a3")
	with(p, "build", func(j *schedulepb.Job) { j.Artefacts = []string{"a1", "a2", "a3"}; j.Estimate = seconds(4) })
	_, events := simulate(t, Config{Plan: p, Slots: 4}, Simulation{})
	var at []string
	for _, event := range events {
		if event.GetJobStarted() != nil {
			at = append(at, event.Job+" "+event.Since.AsDuration().String())
		}
	}
	want(t, "starts", []string{"build 0s", "t1 1s", "t2 2s", "t3 3s"}, at)
}

func TestOC8(t *testing.T) {
	p := plan("build", "t1 < build.a1", "t2 < build.a2", "t3 < build.a3", "behind < t3")
	d := drive(t, Config{Plan: p})
	d.artefact("build", "a1")
	want(t, "running", "build t1", d.running())
	want(t, "what t1 is told", "running", d.active["t1"].Needs[0].Status)
	want(t, "its artefact", "path/a1", d.active["t1"].Needs[0].Artefacts[0].Value)
	d.end("build", crash)
	d.end("t1", ok)
	want(t, "exit status", uint32(1), d.finish())
	want(t, "ends", "build=crashed t2=blocked t3=blocked behind=blocked t1=ok", d.results())
	want(t, "origins", []string{"build"}, d.finished("behind").GetCause().GetOrigins())
}

func TestOC9(t *testing.T) {
	p := with(plan("a", "b < a"), "a", func(j *schedulepb.Job) { j.Retries = ptr(uint32(2)) })
	d := drive(t, Config{Plan: p})
	d.end("a", bad)
	d.end("a", ok)
	d.end("b", ok)
	want(t, "exit status", uint32(0), d.finish())
	want(t, "end", schedulepb.Status_STATUS_FLAKY, d.finished("a").GetStatus())
	want(t, "attempts", uint32(2), d.finished("a").GetAttempts())
}

func TestOC10(t *testing.T) {
	p := with(plan("a"), "a", func(j *schedulepb.Job) { j.Repeat = &schedulepb.Repeat{Count: 3} })
	d := drive(t, Config{Plan: p})
	for _, status := range []schedulepb.Status{ok, bad, ok} {
		d.end("a", status)
	}
	want(t, "exit status", uint32(0), d.finish())
	want(t, "attempts", "ok failed ok", d.attempts("a"))
	want(t, "ends", "a=flaky", d.results())
}

// A unit that is dirty after a kill is not lent before its cleaner was ok.
func TestOC14(t *testing.T) {
	tests := []struct {
		name    string
		cleaner schedulepb.Status
		ends    string
		state   []string
	}{
		{"its cleaner is ok", ok, "first=timed-out second=ok", []string{"dirty", "cleaning", "in-service"}},
		{"its cleaner fails", bad, "first=timed-out second=unrunnable", []string{"dirty", "cleaning", "quarantined"}},
		{"its cleaner runs out of time", late, "first=timed-out second=unrunnable", []string{"dirty", "cleaning", "quarantined"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := plan("first: board", "second: board")
			lend(p, "board", 1).Cleaner = &schedulepb.Cleaner{}
			d := drive(t, Config{Plan: p})
			d.end("first", late)
			want(t, "running while it is cleaned", "", d.running())
			want(t, "why the second one waits", []string{"board: held by first", "board: board.0 is cleaning"}, d.waits("second"))
			cleaner := done[StartCleaner](d)[0]
			want(t, "unit that is cleaned", "board.0", cleaner.Hold.Unit)
			d.take(d.engine.CleanerEnded(cleaner.ID, Outcome{Status: tt.cleaner}, d.now))
			if tt.cleaner == ok {
				d.end("second", ok)
			}
			want(t, "exit status", uint32(1), d.finish())
			want(t, "ends", tt.ends, d.results())
			var states []string
			for _, event := range d.events {
				if c := event.GetResourceCondition(); c != nil {
					states = append(states, c.Condition.Name())
				}
			}
			want(t, "conditions", tt.state, states)
		})
	}
}

func TestOC15(t *testing.T) {
	p := plan("t: b", "u: c", "v")
	lend(p, "b", 1)
	lend(p, "c", 1)
	for _, j := range p.Jobs[:2] {
		j.Labels = []string{"g"}
	}
	p.Expected = []*schedulepb.Expected{
		{Label: "g", Resource: "b", Reason: "antenna"},
		{Job: "v*", Reason: "fixed long ago"},
		{Job: "nobody", Reason: "never run"},
		{},
	}
	d := drive(t, Config{Plan: p, Slots: 3})
	d.end("t", bad)
	d.end("u", ok)
	d.end("v", ok)
	want(t, "exit status", uint32(0), d.finish())
	want(t, "ends", "t=xfail u=ok v=xpass", d.results())
	want(t, "why", "expected: antenna", d.finished("t").GetCause().GetText())
}

// Many jobs that do nothing run through, and little is kept of each.
func TestEC3(t *testing.T) {
	for _, shape := range shapes {
		t.Run(shape.name, func(t *testing.T) {
			p := shape.plan(shape.jobs)
			before := heapBytes()
			start := time.Now()
			e, events := rush(p, 16)
			took := time.Since(start)
			kept := int64(heapBytes()) - int64(before)
			t.Logf("%d jobs and %d events in %v, %d bytes kept of a job", shape.jobs, events, took, kept/int64(shape.jobs))
			want(t, "jobs left, and not fine", "0 0", fmt.Sprint(e.left, e.notFine))
			if took > hang {
				t.Errorf("it took %v", took)
			}
			if kept > 1000*int64(shape.jobs) {
				t.Errorf("%d bytes are kept of a job", kept/int64(shape.jobs))
			}
		})
	}
}

// heapBytes is what is in use.
func heapBytes() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestEC4(t *testing.T) {
	for _, tt := range []struct {
		name string
		plan *schedulepb.Plan
		most int
	}{
		{"two that are independent", plan("a", "b"), 2},
		{"two of which one needs the other", plan("a", "b < a"), 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rules, _ := simulate(t, Config{Plan: tt.plan, Slots: 2}, Simulation{})
			want(t, "most at a time", tt.most, rules.mostRun)
		})
	}
}

func TestEC5(t *testing.T) {
	p := plan("3", "0", "1")
	for i, n := range []int32{3, 0, 1} {
		p.Jobs[i].Priority = ptr(-n)
	}
	_, events := simulate(t, Config{Plan: p, Slots: 1}, Simulation{})
	want(t, "order", "0 1 3", starts(events))
}

func TestEC6(t *testing.T) {
	p := plan("left", "right", "join < left right", "child < join", "anyway < join!")
	d := drive(t, Config{Plan: p})
	d.end("left", bad)
	d.end("right", ok)
	d.end("anyway", ok)
	want(t, "exit status", uint32(1), d.finish())
	want(t, "starts", "left right anyway", starts(d.events))
	want(t, "ends", "left=failed join=blocked child=blocked right=ok anyway=ok", d.results())
	want(t, "origins", []string{"left"}, d.finished("child").GetCause().GetOrigins())
	want(t, "cause", "needs join, which is blocked by left", d.finished("child").GetCause().GetText())
}

func TestEC7(t *testing.T) {
	t.Run("not ready once", func(t *testing.T) {
		d := drive(t, Config{Plan: plan("a")})
		d.end("a", unready)
		d.end("a", ok)
		want(t, "exit status", uint32(0), d.finish())
		want(t, "end", ok, d.finished("a").GetStatus())
		want(t, "attempts", uint32(2), d.finished("a").GetAttempts())
	})
	t.Run("never ready", func(t *testing.T) {
		d := drive(t, Config{Plan: plan("a")})
		for range 3 {
			d.end("a", unready)
		}
		want(t, "exit status", uint32(1), d.finish())
		want(t, "end", unready, d.finished("a").GetStatus())
		want(t, "attempts", uint32(3), d.finished("a").GetAttempts())
	})
}

func TestEC8(t *testing.T) {
	p := with(plan("a: tokens", "wide"), "a", func(j *schedulepb.Job) { j.Resources[0].Amount = ptr(uint32(3)) })
	lend(p, "tokens", 2)
	with(p, "wide", func(j *schedulepb.Job) { j.Weight = ptr(uint32(5)) })
	d := drive(t, Config{Plan: p, Slots: 4})
	want(t, "exit status", uint32(1), d.finish())
	want(t, "cause", "it needs 3 of tokens, and there are 2", d.finished("a").GetCause().GetText())
	want(t, "cause", "it takes 5 slots, and there are 4", d.finished("wide").GetCause().GetText())
}
