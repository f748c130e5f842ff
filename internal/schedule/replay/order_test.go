package replay

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"
	"pgregory.net/rapid"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/check"
	"github.com/ansar-go/ansar/internal/schedule/engine"
)

// anyEvent draws an event without sense: any kind, of any job and attempt, with holes where
// messages should be.
func anyEvent(t *rapid.T) *schedulepb.Event {
	e := &schedulepb.Event{
		Job: rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "job"), Attempt: rapid.SampledFrom([]uint32{0, 1, 2, 1 << 31}).Draw(t, "attempt"),
	}
	m := e.ProtoReflect()
	kinds := m.Descriptor().Oneofs().ByName("kind").Fields()
	if n := rapid.IntRange(0, kinds.Len()).Draw(t, "kind"); n < kinds.Len() {
		fill(t, m.Mutable(kinds.Get(n)).Message(), 0)
	}
	for _, name := range []protoreflect.Name{"time", "since"} {
		if f := m.Descriptor().Fields().ByName(name); rapid.Bool().Draw(t, "has "+string(name)) {
			fill(t, m.Mutable(f).Message(), 0)
		}
	}
	return e
}

func fill(t *rapid.T, m protoreflect.Message, depth int) {
	for i := range m.Descriptor().Fields().Len() {
		f := m.Descriptor().Fields().Get(i)
		if f.IsMap() || depth > 3 || !rapid.Bool().Draw(t, "has "+string(f.Name())) {
			continue
		}
		switch {
		case f.IsList() && f.Message() != nil:
			for range rapid.IntRange(1, 2).Draw(t, "items") {
				item := m.Mutable(f).List().NewElement()
				fill(t, item.Message(), depth+1)
				m.Mutable(f).List().Append(item)
			}
		case f.IsList():
		case f.Message() != nil:
			fill(t, m.Mutable(f).Message(), depth+1)
		case f.Kind() == protoreflect.StringKind:
			m.Set(f, protoreflect.ValueOfString(rapid.SampledFrom([]string{"a", "b", "board", "board.0", "["}).Draw(t, "text")))
		case f.Kind() == protoreflect.Uint32Kind:
			m.Set(f, protoreflect.ValueOfUint32(rapid.SampledFrom([]uint32{0, 1, 2, 1 << 31}).Draw(t, "uint32")))
		case f.Kind() == protoreflect.EnumKind:
			m.Set(f, protoreflect.ValueOfEnum(protoreflect.EnumNumber(rapid.Int32Range(0, 20).Draw(t, "enum"))))
		case f.Kind() == protoreflect.Int64Kind:
			m.Set(f, protoreflect.ValueOfInt64(rapid.SampledFrom([]int64{-1, 0, 1, 1_800_000_000, 1 << 62}).Draw(t, "int64")))
		case f.Kind() == protoreflect.Int32Kind:
			m.Set(f, protoreflect.ValueOfInt32(rapid.Int32().Draw(t, "int32")))
		}
	}
}

// Whatever a journal says, it gives a report; and whatever is told twice, changes nothing.
func TestNeverFails(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := New()
		for n := range rapid.IntRange(1, 15).Draw(t, "events") {
			e := anyEvent(t)
			e.Sequence = uint64(n + 1)
			before := proto.CloneOf(e)
			r.Apply(e)
			report := r.Report()
			r.Apply(e)
			if again := r.Report(); !proto.Equal(report, again) {
				t.Fatalf("the second time changed the report:\n%s", cmp.Diff(report, again, protocmp.Transform()))
			}
			if !proto.Equal(before, e) {
				t.Fatalf("the event was changed: it was %v and is %v", before, e)
			}
			Settle(report, false)
			var counted uint32
			for _, n := range report.Totals {
				counted += n
			}
			if int(counted) != len(report.Jobs) {
				t.Fatalf("%d jobs are counted of %d: %v", counted, len(report.Jobs), report.Totals)
			}
		}
	})
}

// anyPlan draws a plan that can be run.
func anyPlan(t *rapid.T) *schedulepb.Plan {
	p := &schedulepb.Plan{Name: "plan", Resources: []*schedulepb.Resource{{Name: "board", Capacity: proto.Uint32(2)}, {Name: "reference"}}}
	for i := range rapid.IntRange(1, 12).Draw(t, "jobs") {
		j := &schedulepb.Job{Id: fmt.Sprintf("j%d", i), Work: &schedulepb.Job_Command{Command: &schedulepb.Command{Argv: []string{"true"}}}}
		if i > 0 && rapid.Bool().Draw(t, "needs") {
			j.Needs = append(j.Needs, &schedulepb.Need{Job: fmt.Sprintf("j%d", rapid.IntRange(0, i-1).Draw(t, "need"))})
		}
		if rapid.Bool().Draw(t, "holds") {
			j.Resources = append(j.Resources, &schedulepb.Demand{Name: rapid.SampledFrom([]string{"board", "reference"}).Draw(t, "resource")})
		}
		j.Retries = proto.Uint32(rapid.Uint32Range(0, 2).Draw(t, "retries"))
		p.Jobs = append(p.Jobs, j)
	}
	return check.Complete(p)
}

// Every prefix of a run has a report that holds together.
func TestEveryPrefixOfARun(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		slots := rapid.IntRange(1, 3).Draw(t, "slots")
		fails := rapid.SliceOfN(rapid.Bool(), 40, 40).Draw(t, "fails")
		n := 0
		events := engine.Simulate(engine.Config{Plan: anyPlan(t), Slots: slots, Run: "run", Started: began}, engine.Simulation{
			Duration: func(*schedulepb.Job) time.Duration { return time.Duration(1+n%7) * time.Second },
			Fails:    func(*schedulepb.Job, uint32) bool { n++; return fails[n%len(fails)] },
		})
		r := New()
		for i, e := range events {
			r.Apply(e)
			report := r.Report()
			if whole := i == len(events)-1; whole != (report.Ended != nil) {
				t.Fatalf("event %d of %d: the run has ended: %v", i+1, len(events), report.Ended != nil)
			}
			Settle(report, false)
			holdsTogether(t, report, slots)
		}
	})
}

func holdsTogether(t *rapid.T, report *schedulepb.Report, slots int) {
	for _, j := range report.Jobs {
		if j.Status == schedulepb.Status_STATUS_UNSPECIFIED {
			t.Fatalf("job %s has no status", j.Id)
		}
		for i, a := range j.Attempts {
			if a.Status == schedulepb.Status_STATUS_UNSPECIFIED || a.Number != uint32(i+1) || int(a.Slot) >= slots {
				t.Fatalf("job %s: attempt %d is %v", j.Id, i+1, a)
			}
		}
	}
	for _, resource := range report.Resources {
		for _, u := range resource.Units {
			for i, h := range u.Holdings {
				if h.To == nil && report.Ended != nil {
					t.Fatalf("%s is held for ever: %v", u.Name, h)
				}
				if i > 0 && u.Holdings[i-1].To.AsDuration() > h.From.AsDuration() {
					t.Fatalf("%s is held twice: by %v and %v", u.Name, u.Holdings[i-1], h)
				}
			}
			if u.Utilisation < 0 || u.Utilisation > 1 {
				t.Fatalf("%s is used %v of the time", u.Name, u.Utilisation)
			}
		}
	}
}
