package engine

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/check"
)

// wishes is a plan whose jobs demand resources by their names, by attributes of their units and by the
// names of units, also several of these at once.
func wishes(c *choice) *schedulepb.Plan {
	p := &schedulepb.Plan{Name: "wishes"}
	for i := range 1 + c.of(2) {
		r := &schedulepb.Resource{Name: fmt.Sprint("r", i)}
		for k := range 1 + c.of(4) {
			r.Units = append(r.Units, &schedulepb.Unit{
				Name: fmt.Sprintf("r%d-%d", i, k), Attributes: map[string]string{"kind": pickOne(c, "a", "b")},
			})
		}
		p.Resources = append(p.Resources, r)
	}
	for i := range 1 + c.of(10) {
		j := &schedulepb.Job{Id: fmt.Sprint("j", i), Priority: ptr(int32(c.of(3))), Weight: ptr(uint32(1 + c.of(2)))}
		j.Work = &schedulepb.Job_Command{Command: &schedulepb.Command{Argv: []string{"true"}}}
		for range c.of(4) {
			j.Resources = append(j.Resources, anyWish(c, p))
		}
		p.Jobs = append(p.Jobs, j)
	}
	return p
}

func anyWish(c *choice, p *schedulepb.Plan) *schedulepb.Demand {
	r := p.Resources[c.of(len(p.Resources))]
	d := &schedulepb.Demand{Name: r.GetName(), Shared: c.once(3)}
	d.PreferState, d.LeaveState = pickOne(c, "", "s"), pickOne(c, "", "s", "t")
	switch c.of(4) {
	case 0:
		d.Name = r.GetUnits()[c.of(len(r.GetUnits()))].GetName()
	case 1:
		d.Attributes = map[string]string{"kind": pickOne(c, "a", "b")}
	case 2:
		d.Amount = ptr(uint32(1 + c.of(3)))
	}
	return d
}

// A plan that was checked has units for each of its jobs, however the demands of a job overlap: as long
// as all units stay in service, each job gets its turn, and none is given a unit twice.
func TestCheckedPlansGoOn(t *testing.T) {
	overlapping := 0
	rapid.Check(t, func(t *rapid.T) {
		ch := &choice{source: t}
		p := wishes(ch)
		bad := map[string]bool{} // check is asked for each job by itself, so that many are left
		for _, j := range p.Jobs {
			one := &schedulepb.Plan{Name: "one", Resources: p.Resources, Jobs: []*schedulepb.Job{j}}
			bad[j.GetId()] = len(check.Plan(one, check.Options{Slots: 2})) > 0
		}
		p.Jobs = slices.DeleteFunc(p.Jobs, func(j *schedulepb.Job) bool { return bad[j.GetId()] })
		if len(p.Jobs) == 0 {
			return
		}
		if problems := check.Plan(p, check.Options{Slots: 2}); len(problems) > 0 {
			t.Fatalf("each job alone is fine, and together they are not: %v", problems)
		}
		d := drive(t, Config{Plan: check.Complete(p), Slots: 2 + ch.of(3)})
		for _, c := range d.engine.classOf {
			if c.overlap {
				overlapping++
			}
		}
		for !d.engine.Done() {
			if len(d.active) == 0 {
				t.Fatalf("nothing runs, and these wait: %s", d.story())
			}
			jobs := slices.Sorted(maps.Keys(d.active))
			d.end(jobs[ch.of(len(jobs))], ok)
		}
		if d.finish() != 0 {
			t.Fatalf("not all jobs ran: %s", d.results())
		}
	})
	if overlapping == 0 {
		t.Error("no job had demands that overlap")
	}
}
