package schedule

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/job"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/journal"
)

// What holds for commands holds for calls, wherever they are done. Work in the
// process of the scheduler cannot be killed, so there what is about deaths is left out.

// killable are the isolations in which a call can be killed.
func killable(t *testing.T, test func(t *testing.T, isolation schedulepb.Isolation)) {
	eachIsolation(t, func(t *testing.T, isolation schedulepb.Isolation) {
		if isolation != schedulepb.Isolation_ISOLATION_IN_PROCESS {
			test(t, isolation)
		}
	})
}

// ends checks how the jobs of a run ended.
func ends(t *testing.T, r *schedulepb.Report, want map[string]string) {
	t.Helper()
	if diff := cmp.Diff(want, statuses(r)); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
		dump(t, r)
	}
}

// holds is what a job needs of resources.
func holds(names ...string) func(*schedulepb.Job) {
	return func(j *schedulepb.Job) {
		for _, name := range names {
			j.Resources = append(j.Resources, &schedulepb.Demand{Name: name})
		}
	}
}

func priority(n int32) func(*schedulepb.Job) {
	return func(j *schedulepb.Job) { j.Priority = &n }
}

// startsOf are the jobs in the order of their starts.
func startsOf(t *testing.T, r *schedulepb.Report) []string {
	t.Helper()
	var order []string
	for e, err := range journal.Read(r.GetFolder()) {
		if err != nil {
			t.Fatal(err)
		}
		if e.GetJobStarted() != nil {
			order = append(order, e.GetJob())
		}
	}
	return order
}

// most is how many attempts ran at a time, at most.
func most(t *testing.T, r *schedulepb.Report) int {
	t.Helper()
	now, top := 0, 0
	for e, err := range journal.Read(r.GetFolder()) {
		switch {
		case err != nil:
			t.Fatal(err)
		case e.GetJobStarted() != nil:
			now++
			top = max(top, now)
		case e.GetAttemptFinished() != nil:
			now--
		}
	}
	return top
}

// second fails at the second attempt.
var second = actor.Define("second", func(self *actor.Context, _ none, _ *wrapperspb.StringValue) (proto.Message, error) {
	if j, _ := job.From(self); j.Attempt() == 2 {
		return nil, errors.New("the second time it fails")
	}
	return wrapperspb.String("done"), nil
})

// chatty sends messages as fast as it can.
var chatty = actor.Define("chatty", func(self *actor.Context, _ none, _ *wrapperspb.StringValue) (proto.Message, error) {
	j, _ := job.From(self)
	messages := 10_000
	if raced { // which is slow
		messages /= 10
	}
	for i := 0; !self.Stopped() && i < messages; i++ {
		if err := j.Message("tick", i); err != nil {
			return nil, err
		}
	}
	return wrapperspb.String("done"), nil
})

func calls(object actor.Definition, id string, adjust ...func(*schedulepb.Job)) *schedulepb.Job {
	j := plays(id, "", adjust...)
	j.GetCall().Object = actor.Describe(object).Name
	return j
}

// A worker that is killed costs its job, and no other.
func TestOC3Isolations(t *testing.T) {
	killable(t, func(t *testing.T, isolation schedulepb.Isolation) {
		r := runs(t, plan(plays("killed", "kill"), plays("after", "", func(j *schedulepb.Job) {
			j.Needs = []*schedulepb.Need{{Job: "killed", After: schedulepb.After_AFTER_FINISH}}
		}), plays("beside", "sleep:50ms")), &Options{Isolation: isolation, Slots: 2})
		ends(t, r, map[string]string{"killed": "crashed", "after": "ok", "beside": "ok"})
		if got := jobOf(t, r, "killed").GetCause().GetSignal(); got != 9 {
			t.Errorf("signal %d, want 9", got)
		}
	})
}

// A call that heeds nothing is killed at its limit, with all that it has started.
func TestOC4Isolations(t *testing.T) {
	killable(t, func(t *testing.T, isolation schedulepb.Isolation) {
		began := time.Now()
		r := runs(t, plan(plays("hangs", "stray deaf:10m", timeout(500*time.Millisecond), grace(300*time.Millisecond))), &Options{Isolation: isolation})
		if took := time.Since(began); took > 800*time.Millisecond+hurry {
			t.Errorf("the run took %v", took)
		}
		ends(t, r, map[string]string{"hangs": "timed-out"})
	})
}

// Two boards of a type and one of another: no unit has two holders, and the job that
// needs both starves no more than others.
func TestOC5Isolations(t *testing.T) {
	eachIsolation(t, func(t *testing.T, isolation schedulepb.Isolation) {
		p := plan()
		p.Resources = []*schedulepb.Resource{{Name: "a", Capacity: proto.Uint32(2)}, {Name: "b"}}
		want := map[string]string{}
		add := func(id string, names ...string) {
			p.Jobs = append(p.Jobs, plays(id, "sleep:50ms", holds(names...)))
			want[id] = "ok"
		}
		for i := range 6 {
			add(fmt.Sprint("a-", i), "a")
		}
		add("b-0", "b")
		add("b-1", "b")
		add("both", "a", "b")
		r := runs(t, p, &Options{Isolation: isolation})
		ends(t, r, want)
		holder := map[string]string{}
		for e, err := range journal.Read(r.GetFolder()) {
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range e.GetResourceGranted().GetHolds() {
				if by := holder[h.GetUnit()]; by != "" {
					t.Errorf("%s is given to %s, and %s has it", h.GetUnit(), e.GetJob(), by)
				}
				holder[h.GetUnit()] = e.GetJob()
			}
			for _, h := range e.GetResourceReleased().GetHolds() {
				delete(holder, h.GetUnit())
			}
		}
		if len(holder) > 0 {
			t.Errorf("not given back: %v", holder)
		}
	})
}

// An artefact of a call that goes on lets others start.
func TestOC7Isolations(t *testing.T) {
	eachIsolation(t, func(t *testing.T, isolation schedulepb.Isolation) {
		r := runs(t, plan(
			plays("build", "artefact:a sleep:50ms artefact:b sleep:400ms", artefacts("a", "b")),
			plays("on-a", "", needsArtefact("build", "a")), plays("on-b", "", needsArtefact("build", "b")),
		), &Options{Isolation: isolation})
		ends(t, r, map[string]string{"build": "ok", "on-a": "ok", "on-b": "ok"})
		build := jobOf(t, r, "build")
		for _, id := range []string{"on-a", "on-b"} {
			if started := jobOf(t, r, id).GetStarted().AsTime(); !started.Before(build.GetEnded().AsTime()) {
				t.Errorf("%s did not start before build had ended", id)
			}
		}
	})
}

// Who waits for an artefact that is not going to come is blocked, with the origin.
func TestOC8Isolations(t *testing.T) {
	eachIsolation(t, func(t *testing.T, isolation schedulepb.Isolation) {
		r := runs(t, plan(
			plays("build", "artefact:a fail:broken", artefacts("a", "b")),
			plays("on-a", "", needsArtefact("build", "a")), plays("on-b", "", needsArtefact("build", "b")), plays("next", "", needs("on-b")),
		), &Options{Isolation: isolation})
		ends(t, r, map[string]string{"build": "failed", "on-a": "ok", "on-b": "blocked", "next": "blocked"})
		for _, id := range []string{"on-b", "next"} {
			if got := jobOf(t, r, id).GetCause().GetOrigins(); !slices.Equal(got, []string{"build"}) {
				t.Errorf("%s is blocked by %v", id, got)
			}
		}
	})
}

// A repeated call that fails at its second time is flaky.
func TestOC10Isolations(t *testing.T) {
	eachIsolation(t, func(t *testing.T, isolation schedulepb.Isolation) {
		r := runs(t, plan(calls(second, "often", func(j *schedulepb.Job) { j.Repeat = &schedulepb.Repeat{Count: 3} })), &Options{Isolation: isolation})
		ends(t, r, map[string]string{"often": "flaky"})
		var got []string
		for _, a := range jobOf(t, r, "often").GetAttempts() {
			got = append(got, a.GetStatus().Name())
		}
		if diff := cmp.Diff([]string{"ok", "failed", "ok"}, got); diff != "" {
			t.Errorf("attempts (-want +got):\n%s", diff)
		}
	})
}

// A call that floods the scheduler with messages delays no time limit.
func TestOC11Isolations(t *testing.T) {
	eachIsolation(t, func(t *testing.T, isolation schedulepb.Isolation) {
		r := runs(t, plan(calls(chatty, "chatty"), plays("sleeps", "sleep:10m", timeout(300*time.Millisecond))), &Options{Isolation: isolation})
		ends(t, r, map[string]string{"chatty": "ok", "sleeps": "timed-out"})
		if took := jobOf(t, r, "sleeps").GetAttempts()[0].GetTook().AsDuration(); took > 300*time.Millisecond+hurry {
			t.Errorf("the limit of 300ms came after %v", took)
		}
	})
}

// A unit whose holder was out of time is cleaned before it is lent again.
func TestOC14Isolations(t *testing.T) {
	eachIsolation(t, func(t *testing.T, isolation schedulepb.Isolation) {
		for _, tt := range []struct{ cleaner, next string }{{"exit 0", "ok"}, {"exit 1", "unrunnable"}} {
			p := plan(
				plays("late", "sleep:10m", timeout(200*time.Millisecond), holds("board")),
				plays("next", "", holds("board"), priority(-1)),
			)
			p.Resources = []*schedulepb.Resource{{Name: "board", Cleaner: &schedulepb.Cleaner{
				Work: &schedulepb.Cleaner_Command{Command: &schedulepb.Command{Argv: []string{"sh", "-c", tt.cleaner}}},
			}}}
			r := runs(t, p, &Options{Isolation: isolation})
			ends(t, r, map[string]string{"late": "timed-out", "next": tt.next})
			out := r.GetResources()[0].GetUnits()[0].GetCondition() == schedulepb.Condition_CONDITION_QUARANTINED
			if out != (tt.next != "ok") {
				t.Errorf("cleaner %q: the unit is out of service: %t", tt.cleaner, out)
			}
		}
	})
}

// A failure that is known is xfail where it is known, and a success there is xpass.
func TestOC15Isolations(t *testing.T) {
	eachIsolation(t, func(t *testing.T, isolation schedulepb.Isolation) {
		p := plan(
			plays("t-b", "fail:known", holds("boards-b")), plays("t-c", "", holds("boards-c")),
			plays("u-b", "", holds("boards-b")), plays("v-c", "fail:new", holds("boards-c")),
		)
		p.Resources = []*schedulepb.Resource{{Name: "boards", Units: []*schedulepb.Unit{{Name: "boards-b"}, {Name: "boards-c"}}}}
		p.Expected = []*schedulepb.Expected{{Job: "?-b", Resource: "boards-b", Reason: "known"}, {Job: "gone", Reason: "never there"}}
		r := runs(t, p, &Options{Isolation: isolation})
		ends(t, r, map[string]string{"t-b": "xfail", "t-c": "ok", "u-b": "xpass", "v-c": "failed"})
		if len(r.GetDangling()) != 1 || r.GetDangling()[0].GetJob() != "gone" {
			t.Errorf("never ran: %v", r.GetDangling())
		}
	})
}
