package schedule

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// sleepers are jobs that sleep 10, 3, 6, 5 and 2 units of time, with limits of 8, 20,
// 20, 4 and 20; the last one throws.
func sleepers(unit time.Duration) *schedulepb.Plan {
	for_ := func(id string, sleep, limit int, more string) *schedulepb.Job {
		return plays(id, "message:hello sleep:"+(time.Duration(sleep)*unit).String()+" "+more, timeout(time.Duration(limit)*unit))
	}
	return plan(
		for_("10", 10, 8, ""), for_("3", 3, 20, ""), for_("6", 6, 20, ""), for_("5", 5, 4, ""), for_("2", 2, 20, "fail:thrown"),
	)
}

var sleepersEnd = map[string]string{"10": "timed-out", "3": "ok", "6": "ok", "5": "timed-out", "2": "failed"}

// Limits fire on time, whatever else ends how.
func TestOC1(t *testing.T) {
	const unit = 150 * time.Millisecond
	eachIsolation(t, func(t *testing.T, isolation schedulepb.Isolation) {
		began := time.Now()
		r := runs(t, sleepers(unit), &Options{Isolation: isolation})
		if took := time.Since(began); took > 8*unit+hurry {
			t.Errorf("the run took %v, want little more than %v", took, 8*unit)
		}
		if diff := cmp.Diff(sleepersEnd, statuses(r)); diff != "" {
			t.Errorf("statuses (-want +got):\n%s", diff)
			dump(t, r)
		}
		for id, limit := range map[string]time.Duration{"10": 8 * unit, "5": 4 * unit} {
			a := jobOf(t, r, id).GetAttempts()[0]
			if took := a.GetTook().AsDuration(); took < limit/3 || took > limit+hurry {
				t.Errorf("job %s took %v, want %v", id, took, limit)
			}
			if kind := a.GetCause().GetKind(); kind != "job-timeout" {
				t.Errorf("job %s: cause %q, want job-timeout", id, kind)
			}
		}
		if text := jobOf(t, r, "2").GetCause().GetText(); text != "thrown" {
			t.Errorf("cause of 2 is %q, want its message", text)
		}
	})
}

// hurry is how late something may be on a busy machine.
const hurry = 2 * time.Second

// Where calls are done changes neither statuses nor events.
func TestOC2(t *testing.T) {
	var first map[string][]string
	eachIsolation(t, func(t *testing.T, isolation schedulepb.Isolation) {
		r := runs(t, sleepers(100*time.Millisecond), &Options{Isolation: isolation})
		if diff := cmp.Diff(sleepersEnd, statuses(r)); diff != "" {
			t.Errorf("statuses (-want +got):\n%s", diff)
		}
		got := eventsOf(t, r)
		if first == nil {
			first = got
		}
		if diff := cmp.Diff(first, got); diff != "" {
			t.Errorf("events (-first +got):\n%s", diff)
		}
		if t.Failed() {
			dump(t, r)
		}
	})
}
