package engine

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// holds are the units that running jobs have: "a=u1 b=u0,u2".
func (d *driver) holds() string {
	var words []string
	for _, id := range strings.Fields(d.running()) {
		var units []string
		for _, h := range d.active[id].Holds {
			units = append(units, h.Unit)
		}
		words = append(words, id+"="+strings.Join(units, ","))
	}
	return strings.Join(words, " ")
}

func wants(name string, amount uint32, attributes ...string) *schedulepb.Demand {
	d := &schedulepb.Demand{Name: name, Amount: &amount, Attributes: map[string]string{}}
	for _, a := range attributes {
		key, value, _ := strings.Cut(a, "=")
		d.Attributes[key] = value
	}
	return d
}

func TestGrants(t *testing.T) {
	boards := &schedulepb.Resource{Name: "board", Attributes: map[string]string{"type": "esp"}, Units: []*schedulepb.Unit{
		{Name: "one", Attributes: map[string]string{"wlan": "yes"}}, {Name: "two", Attributes: map[string]string{"type": "rp"}}, {Name: "three"},
	}}
	tests := []struct {
		name string
		jobs map[string][]*schedulepb.Demand // in the order of their names
		want string
	}{
		{"units in their order", map[string][]*schedulepb.Demand{"a": {wants("board", 2)}, "b": {wants("board", 1)}}, "a=one,two b=three"},
		{"a unit by its name", map[string][]*schedulepb.Demand{"a": {wants("two", 1)}, "b": {wants("board", 2)}}, "a=two b=one,three"},
		{"by what a unit has of its own", map[string][]*schedulepb.Demand{"a": {wants("board", 1, "wlan=yes")}, "b": {wants("board", 1, "wlan=yes")}}, "a=one"},
		{"by what it has of its resource", map[string][]*schedulepb.Demand{"a": {wants("board", 2, "type=esp")}, "b": {wants("board", 1)}}, "a=one,three b=two"},
		{"two demands for the same unit, of which one can do with another", map[string][]*schedulepb.Demand{
			"a": {wants("board", 2), wants("board", 1, "wlan=yes")},
		}, "a=two,three,one"},
		{"all or nothing", map[string][]*schedulepb.Demand{"a": {wants("one", 1)}, "b": {wants("board", 3)}, "c": {wants("two", 1)}}, "a=one"},
		{"what lies idle without harm is taken", map[string][]*schedulepb.Demand{
			"a": {wants("one", 1)}, "b": {wants("one", 1)}, "c": {wants("one", 1), wants("two", 1)}, "d": {wants("two", 1)},
		}, "a=one d=two"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := &schedulepb.Plan{Resources: []*schedulepb.Resource{boards}}
			for _, id := range []string{"a", "b", "c", "d"} {
				if demands := tt.jobs[id]; demands != nil {
					p.Jobs = append(p.Jobs, &schedulepb.Job{Id: id, Resources: demands})
				}
			}
			d := drive(t, Config{Plan: p, Slots: 8})
			want(t, "units", tt.want, d.holds())
			for !d.engine.Done() {
				d.end(strings.Fields(d.running())[0], ok)
			}
			want(t, "exit status", uint32(0), d.finish())
		})
	}
}

// Units are shared by many or had by one; who waits to have one alone is not passed by those who share.
func TestShared(t *testing.T) {
	p := plan("s1: ref*", "s2: ref*", "alone: ref", "s3: ref*", "s4: ref*")
	lend(p, "ref", 1)
	d := drive(t, Config{Plan: p, Slots: 8})
	want(t, "running", "s1 s2", d.running())
	d.end("s1", ok)
	want(t, "running", "s2", d.running())
	d.end("s2", ok)
	want(t, "running", "alone", d.running())
	want(t, "why it waited", []string{"ref: held by s1, s2", "ref: held by s2"}, d.waits("alone"))
	d.end("alone", ok)
	want(t, "running", "s3 s4", d.running())
	d.end("s3", ok)
	d.end("s4", ok)
	d.finish()
}

func TestAffinity(t *testing.T) {
	p := plan("first: board", "other: board", "again: board")
	lend(p, "board", 2)
	for _, id := range []string{"first", "again"} {
		with(p, id, func(j *schedulepb.Job) { j.Resources[0].PreferState, j.Resources[0].LeaveState = "v2", "v2" })
	}
	with(p, "other", func(j *schedulepb.Job) { j.Resources[0].LeaveState = "v1"; j.Priority = ptr(int32(1)) })
	d := drive(t, Config{Plan: p, Slots: 2})
	want(t, "units", "first=board.1 other=board.0", d.holds())
	d.end("other", ok)
	d.end("first", ok)
	d.end("again", ok)
	d.finish()
	var units []string
	for _, event := range d.events {
		if g := event.GetResourceGranted(); g != nil {
			units = append(units, event.Job+"="+g.Holds[0].Unit)
		}
	}
	want(t, "units", []string{"other=board.0", "first=board.1", "again=board.0"}, units)
}

// A job takes the unit that is in the state that it likes, though another one comes first.
func TestAffinityChooses(t *testing.T) {
	p := plan("v1: board", "v2: board", "likes-v2 < v1 v2 : board")
	lend(p, "board", 2)
	for _, j := range p.Jobs[:2] {
		j.Resources[0].LeaveState = j.Id
	}
	p.Jobs[2].Resources[0].PreferState = "v2"
	d := drive(t, Config{Plan: p})
	d.end("v1", ok)
	d.end("v2", ok)
	want(t, "unit", "likes-v2=board.1", d.holds())
	d.end("likes-v2", ok)
	d.finish()
}

func TestWeights(t *testing.T) {
	p := plan("a", "b", "wide", "c")
	with(p, "wide", func(j *schedulepb.Job) { j.Weight = ptr(uint32(3)) })
	d := drive(t, Config{Plan: p, Slots: 3})
	want(t, "running while all slots are kept for the wide one", "a b", d.running())
	want(t, "why it waits", []string{"slots: takes 3, and 1 are free"}, d.waits("wide"))
	d.end("b", ok)
	d.end("a", ok)
	want(t, "slots of the wide one", []uint32{0, 1, 2}, d.active["wide"].Slots)
	d.end("wide", ok)
	want(t, "slot of the last one", uint32(0), d.active["c"].Slot)
	d.end("c", ok)
	d.finish()
}

func TestHostWide(t *testing.T) {
	build := func() *driver {
		p := plan("a: board free", "b: board", "c")
		lend(p, "board", 1).HostWide = true
		lend(p, "free", 1)
		return drive(t, Config{Plan: p, Slots: 1})
	}
	t.Run("granted", func(t *testing.T) {
		d := build()
		want(t, "asked for", []AcquireHost{{"a", 1, []string{"board.0"}}}, done[AcquireHost](d))
		want(t, "running before it is granted", "", d.running())
		d.take(d.engine.HostGranted("a", d.now))
		d.end("a", ok)
		want(t, "given to others", []ReleaseHost{{[]string{"board.0"}}}, done[ReleaseHost](d))
		d.take(d.engine.HostGranted("b", d.now))
		d.end("b", ok)
		d.end("c", ok)
		want(t, "exit status", uint32(0), d.finish())
	})
	t.Run("refused", func(t *testing.T) {
		d := build()
		d.take(d.engine.HostRefused("a", "board.0 is held by process 77 of run x", d.now))
		d.take(d.engine.HostRefused("b", "board.0 is held by process 77 of run x", d.now))
		d.end("c", ok)
		want(t, "exit status", uint32(1), d.finish())
		want(t, "ends", "a=unrunnable b=unrunnable c=ok", d.results())
		want(t, "attempts", uint32(0), d.finished("a").GetAttempts())
		want(t, "cause", "board.0 is held by process 77 of run x", d.finished("a").GetCause().GetText())
	})
	t.Run("given up", func(t *testing.T) {
		d := build()
		d.take(d.engine.Interrupt(1, "SIGINT", d.now))
		want(t, "given up", []ReleaseHost{{[]string{"board.0"}}}, done[ReleaseHost](d))
		d.take(d.engine.HostGranted("a", d.now))
		want(t, "exit status", uint32(130), d.finish())
	})
}

// A job that cannot be killed keeps its unit for ever.
func TestStillRunning(t *testing.T) {
	p := plan("stuck: board", "next: board")
	lend(p, "board", 1).Cleaner = &schedulepb.Cleaner{}
	d := drive(t, Config{Plan: p})
	d.ended("stuck", Outcome{Status: late, Cause: &schedulepb.Cause{KilledBy: "still running"}})
	want(t, "exit status", uint32(1), d.finish())
	want(t, "ends", "next=unrunnable stuck=timed-out", d.results())
	want(t, "cause", "board.0 is out of service: job stuck is still running with it", d.finished("next").GetCause().GetText())
}

// Nothing is cleaned once the run is interrupted, and a cleaner that runs is stopped.
func TestInterruptedCleaners(t *testing.T) {
	p := plan("a: board", "b: board", "c: board", "d")
	lend(p, "board", 2).Cleaner = &schedulepb.Cleaner{}
	d := drive(t, Config{Plan: p, Slots: 4})
	d.end("a", crash)
	d.take(d.engine.Interrupt(1, "SIGINT", d.now))
	want(t, "cleaners that are stopped", []StopCleaner{{"board.0", false}}, done[StopCleaner](d))
	d.end("b", crash)
	d.end("d", ok)
	want(t, "cleaners", 1, len(done[StartCleaner](d)))
	want(t, "done while the cleaner runs", false, d.engine.Done())
	d.take(d.engine.CleanerEnded("board.0", Outcome{Status: cut}, d.now))
	want(t, "exit status", uint32(130), d.finish())
	last := map[string]string{}
	for _, event := range d.events {
		if c := event.GetResourceCondition(); c != nil {
			last[c.Unit.Unit] = c.Condition.Name()
		}
	}
	want(t, "conditions", map[string]string{"board.0": "dirty", "board.1": "dirty"}, last)
}

// However often the holder of a unit changes, not much is said of one job in a moment.
func TestFewReasons(t *testing.T) {
	p := plan("wants-all: r")
	p.Jobs[0].Resources[0].Amount = ptr(uint32(20))
	lend(p, "r", 20)
	for i := range 20 {
		j := &schedulepb.Job{Id: fmt.Sprint("one", i), Resources: []*schedulepb.Demand{{Name: "r"}}, Priority: ptr(int32(1))}
		p.Jobs = append(p.Jobs, j)
	}
	d := drive(t, Config{Plan: p, Slots: 30})
	for i := range 20 {
		d.end(fmt.Sprint("one", i), ok)
	}
	if n := len(d.waits("wants-all")); n == 0 || n > fewReasons {
		t.Errorf("%d reasons were told", n)
	}
	d.end("wants-all", ok)
	d.finish()
}
