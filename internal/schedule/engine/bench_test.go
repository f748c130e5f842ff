package engine

import (
	"fmt"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// hang is longer than anything here takes that works.
const hang = 30 * time.Second

// shapes are plans of many jobs that do nothing.
var shapes = []struct {
	name string
	jobs int // in tests
	plan func(n int) *schedulepb.Plan
}{
	{"chain", 100_000, func(n int) *schedulepb.Plan {
		p := &schedulepb.Plan{}
		for i := range n {
			j := &schedulepb.Job{Id: fmt.Sprint(i)}
			if i > 0 {
				j.Needs = []*schedulepb.Need{{Job: fmt.Sprint(i - 1)}}
			}
			p.Jobs = append(p.Jobs, j)
		}
		return p
	}},
	{"wide", 100_000, func(n int) *schedulepb.Plan {
		p := &schedulepb.Plan{}
		for i := range n {
			p.Jobs = append(p.Jobs, &schedulepb.Job{Id: fmt.Sprint(i)})
		}
		return p
	}},
	{"fan", 20_000, func(n int) *schedulepb.Plan {
		p := plan("first", "last")
		for i := range n - 2 {
			p.Jobs = append(p.Jobs, &schedulepb.Job{Id: fmt.Sprint(i), Needs: []*schedulepb.Need{{Job: "first"}}})
			p.Jobs[1].Needs = append(p.Jobs[1].Needs, &schedulepb.Need{Job: fmt.Sprint(i)})
		}
		return p
	}},
	{"resources", 20_000, func(n int) *schedulepb.Plan {
		p := &schedulepb.Plan{}
		for i := range 8 {
			lend(p, fmt.Sprint("r", i), 2)
		}
		for i := range n {
			p.Jobs = append(p.Jobs, &schedulepb.Job{Id: fmt.Sprint(i), Resources: []*schedulepb.Demand{{Name: fmt.Sprint("r", i%8)}}})
		}
		return p
	}},
	{"crowd", 5_000, func(n int) *schedulepb.Plan { // many kinds of demands, and most jobs wait for some
		p := &schedulepb.Plan{}
		for i := range 8 {
			lend(p, fmt.Sprint("r", i), 2)
		}
		for i := range n {
			p.Jobs = append(p.Jobs, &schedulepb.Job{Id: fmt.Sprint(i), Resources: []*schedulepb.Demand{
				{Name: fmt.Sprint("r", i%8)}, {Name: fmt.Sprint("r", (i+i/8+1)%8), Shared: true},
			}})
		}
		return p
	}},
}

// rush runs a plan whose jobs end at once, the oldest first.
func rush(p *schedulepb.Plan, slots int) (e *Engine, events int) {
	e = New(Config{Plan: p, Slots: slots, Run: "run-1"})
	now := time.Now()
	var do []Action
	take := func(s Step) {
		events += len(s.Events)
		do = append(do, s.Do...)
	}
	take(e.Begin(now))
	for len(do) > 0 {
		a, isStart := do[0].(StartAttempt)
		do = do[1:]
		if !isStart {
			continue
		}
		take(e.Happened(a.Job.Id, a.Attempt, &schedulepb.Event_JobStarted{JobStarted: &schedulepb.JobStarted{}}, now))
		take(e.Ended(a.Job.Id, a.Attempt, Outcome{Status: ok}, now))
	}
	return e, events
}

// A hundred thousand jobs that do nothing.
func BenchmarkEngine(b *testing.B) {
	for _, shape := range shapes {
		b.Run(shape.name, func(b *testing.B) {
			p := shape.plan(100_000)
			b.ReportAllocs()
			for b.Loop() {
				if e, _ := rush(p, 16); !e.Done() {
					b.Fatal("the run is not done")
				}
			}
		})
	}
}
