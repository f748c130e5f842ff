package schedule

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Two slots are used where needs allow it.
func TestEC4Isolations(t *testing.T) {
	eachIsolation(t, func(t *testing.T, isolation schedulepb.Isolation) {
		for _, tt := range []struct {
			jobs []*schedulepb.Job
			want int
		}{
			{[]*schedulepb.Job{plays("a", "sleep:200ms"), plays("b", "sleep:200ms")}, 2},
			{[]*schedulepb.Job{plays("a", "sleep:50ms"), plays("b", "sleep:50ms", needs("a"))}, 1},
		} {
			r := runs(t, plan(tt.jobs...), &Options{Isolation: isolation, Slots: 2})
			ends(t, r, map[string]string{"a": "ok", "b": "ok"})
			if got := most(t, r); got != tt.want {
				t.Errorf("%d ran at a time, want %d", got, tt.want)
			}
		}
	})
}

// Of jobs that could start, that of the highest priority does.
func TestEC5Isolations(t *testing.T) {
	eachIsolation(t, func(t *testing.T, isolation schedulepb.Isolation) {
		r := runs(t, plan(plays("3", "", priority(-3)), plays("0", "", priority(0)), plays("1", "", priority(-1))), &Options{Isolation: isolation, Slots: 1})
		if diff := cmp.Diff([]string{"0", "1", "3"}, startsOf(t, r)); diff != "" {
			t.Errorf("order (-want +got):\n%s", diff)
		}
	})
}

// What needs a job that failed is not started, and names where it began.
func TestEC6Isolations(t *testing.T) {
	eachIsolation(t, func(t *testing.T, isolation schedulepb.Isolation) {
		r := runs(t, plan(
			plays("good", ""), plays("bad", "fail:no"), plays("join", "", needs("good", "bad")), plays("child", "", needs("join")),
		), &Options{Isolation: isolation})
		ends(t, r, map[string]string{"good": "ok", "bad": "failed", "join": "blocked", "child": "blocked"})
		for _, id := range []string{"join", "child"} {
			j := jobOf(t, r, id)
			if !slices.Equal(j.GetCause().GetOrigins(), []string{"bad"}) || len(j.GetAttempts()) > 0 {
				t.Errorf("%s has %d attempts, and is blocked by %v", id, len(j.GetAttempts()), j.GetCause().GetOrigins())
			}
		}
	})
}

// What a call has started and left keeps no other waiting, and does not outlive the run:
// a component ends by itself what it has started, at the latest with its process.
func TestEC10Isolations(t *testing.T) {
	killable(t, func(t *testing.T, isolation schedulepb.Isolation) {
		r := runs(t, plan(plays("leaves", "stray stray stray"), plays("next", "", needs("leaves"))), &Options{Isolation: isolation, Slots: 1})
		for _, id := range []string{"leaves", "next"} {
			if j := jobOf(t, r, id); !j.GetStatus().Good() {
				t.Errorf("%s is %s", id, j.GetStatus().Name())
			}
		}
		if took := r.GetTook().AsDuration(); took > 20*time.Second {
			t.Errorf("the run took %v", took)
		}
	})
}

// However long jobs take, each slot has one at a time, and all slots are used.
func TestEC12Isolations(t *testing.T) {
	eachIsolation(t, func(t *testing.T, isolation schedulepb.Isolation) {
		jobs, random := 100, rand.New(rand.NewPCG(1, 2))
		if isolation == schedulepb.Isolation_ISOLATION_PROCESS {
			jobs = 28 // each is a process
		}
		p := plan()
		for i := range jobs {
			p.Jobs = append(p.Jobs, plays(fmt.Sprint(i), fmt.Sprintf("sleep:%dms", random.IntN(10))))
		}
		r := runs(t, p, &Options{Isolation: isolation, Slots: 7})
		if r.GetExitStatus() != 0 || most(t, r) > 7 {
			t.Errorf("exit status %d, %d at a time", r.GetExitStatus(), most(t, r))
		}
		ends := map[uint32]time.Time{}
		var attempts []*schedulepb.AttemptReport
		for _, j := range r.GetJobs() {
			attempts = append(attempts, j.GetAttempts()...)
		}
		slices.SortFunc(attempts, func(a, b *schedulepb.AttemptReport) int {
			return a.GetStarted().AsTime().Compare(b.GetStarted().AsTime())
		})
		for _, a := range attempts {
			if a.GetStarted().AsTime().Before(ends[a.GetSlot()]) {
				t.Errorf("slot %d has two attempts", a.GetSlot())
			}
			ends[a.GetSlot()] = a.GetEnded().AsTime()
		}
		if len(ends) != 7 || ends[0].IsZero() || ends[6].IsZero() {
			t.Errorf("%d slots are used", len(ends))
		}
	})
}

// A call whose fingerprint has not changed is not made, and its value is there.
func TestEC14Isolations(t *testing.T) {
	eachIsolation(t, func(t *testing.T, isolation schedulepb.Isolation) {
		dir := t.TempDir()
		write := func(name, text string) {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		known := func(id, words string, needed ...string) *schedulepb.Job {
			write(id, "source")
			return plays(id, words, needs(needed...), func(j *schedulepb.Job) { j.Fingerprint = &schedulepb.Fingerprint{Files: []string{id}} })
		}
		p := plan(known("1", "big:10"), known("2", "length:1", "1"), known("3", ""))
		for i, want := range []map[string]string{
			{"1": "ok", "2": "ok", "3": "ok"}, {"1": "unchanged", "2": "unchanged", "3": "unchanged"}, {"1": "unchanged", "2": "ok", "3": "unchanged"},
		} {
			if i == 2 {
				write("2", "another")
			}
			r := runs(t, p, &Options{Dir: dir, Folder: filepath.Join(dir, "runs", fmt.Sprint(i)), Isolation: isolation})
			ends(t, r, want)
			if got := jobOf(t, r, "2").GetValue().GetJson(); got != `"10"` {
				t.Errorf("run %d: the value is %s", i, got)
			}
		}
	})
}

// Each way in which a call can go wrong is told apart.
func TestEC17Isolations(t *testing.T) {
	eachIsolation(t, func(t *testing.T, isolation schedulepb.Isolation) {
		jobs := []*schedulepb.Job{plays("raises", "fail:no"), plays("panics", "panic")}
		want := map[string]string{"raises": "failed fault", "panics": "error panic"}
		if isolation != schedulepb.Isolation_ISOLATION_IN_PROCESS {
			jobs = append(jobs, plays("exits", "exit:3"), plays("dies", "kill"))
			want["exits"], want["dies"] = "failed exit-status", "crashed signal"
		}
		r := runs(t, plan(jobs...), &Options{Isolation: isolation})
		got := map[string]string{}
		for _, j := range r.GetJobs() {
			got[j.GetId()] = j.GetStatus().Name() + " " + j.GetCause().GetKind()
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("kinds (-want +got):\n%s", diff)
		}
	})
}

// A subscriber that panics at every event changes nothing, wherever calls are done.
func TestEC18Isolations(t *testing.T) {
	eachIsolation(t, func(t *testing.T, isolation schedulepb.Isolation) {
		r := runs(t, plan(plays("a", ""), plays("b", "", needs("a"))), &Options{Isolation: isolation, Events: func(*schedulepb.Event) { panic("no") }})
		ends(t, r, map[string]string{"a": "ok", "b": "ok"})
		if len(r.GetWarnings()) == 0 {
			t.Error("there is no warning")
		}
	})
}

// The same plan and seed start in the same order.
func TestEC19Isolations(t *testing.T) {
	eachIsolation(t, func(t *testing.T, isolation schedulepb.Isolation) {
		p := plan()
		for i := range 6 {
			p.Jobs = append(p.Jobs, plays(fmt.Sprint(i), "flaky", retries(1), priority(int32(i*7%5))))
		}
		var first []string
		for i := range 2 {
			r := runs(t, p, &Options{Isolation: isolation, Slots: 1, Seed: 7})
			order := startsOf(t, r)
			if i == 0 {
				first = order
			}
			if diff := cmp.Diff(first, order); len(order) != 12 || diff != "" {
				t.Errorf("%d starts (-first +second):\n%s", len(order), diff)
			}
		}
	})
}

// Only what failed is run again, with the set-up that it needs.
func TestPC13Isolations(t *testing.T) {
	eachIsolation(t, func(t *testing.T, isolation schedulepb.Isolation) {
		setup := plays("setup", "")
		setup.Setup = true
		p := plan(setup, plays("good", "", needs("setup")), plays("bad", "fail:no", needs("setup")), plays("other", ""))
		before := runs(t, p, &Options{Isolation: isolation})
		r := runs(t, p, &Options{Isolation: isolation, Previous: before, Rerun: RerunFailed})
		ends(t, r, map[string]string{"setup": "ok", "good": "skipped", "bad": "failed", "other": "skipped"})
	})
}
