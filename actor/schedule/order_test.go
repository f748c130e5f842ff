package schedule

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/journal"
)

// Jobs that wait for an artefact start when it is there, not when its job ends.
func TestOC7(t *testing.T) {
	const step = 300 * time.Millisecond
	build := shell("build", fmt.Sprintf(
		`for a in a b c; do sleep %.1f; echo "{\"artefact\": \"$a\", \"value\": \"/tmp/$a\"}" > $ANSAR_EVENTS; done; sleep 1`, step.Seconds()),
		artefacts("a", "b", "c"))
	r := runs(t, plan(
		build,
		shell("on-a", "grep /tmp/a $ANSAR_NEEDS", needsArtefact("build", "a")),
		shell("on-b", "true", needsArtefact("build", "b")),
		shell("on-c", "true", needsArtefact("build", "c")),
	), nil)
	ready := map[string]time.Duration{}
	for e, err := range journal.Read(r.GetFolder()) {
		if err != nil {
			t.Fatal(err)
		}
		if a := e.GetArtefactReady(); a != nil {
			ready[a.GetName()] = e.GetSince().AsDuration()
		}
		if e.GetJobStarted() != nil && e.GetJob() != "build" {
			name := strings.TrimPrefix(e.GetJob(), "on-")
			if late := e.GetSince().AsDuration() - ready[name]; ready[name] == 0 || late > 500*time.Millisecond {
				t.Errorf("job %s started %v after its artefact", e.GetJob(), late)
			}
		}
		if e.GetJobFinished() != nil && e.GetJob() == "build" && len(ready) != 3 {
			t.Errorf("build ended with artefacts %v", ready)
		}
	}
	want := map[string]string{"build": "ok", "on-a": "ok", "on-b": "ok", "on-c": "ok"}
	if diff := cmp.Diff(want, statuses(r)); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
		dump(t, r)
	}
}

// One that fails first and then passes is flaky, and both attempts have a log.
func TestOC9(t *testing.T) {
	eachIsolation(t, func(t *testing.T, isolation schedulepb.Isolation) {
		r := runs(t, plan(
			plays("call", "flaky", retries(2)), shell("command", `[ $ANSAR_ATTEMPT = 2 ]`, retries(2)),
		), &Options{Isolation: isolation})
		want := map[string]string{"call": "flaky", "command": "flaky"}
		if diff := cmp.Diff(want, statuses(r)); diff != "" {
			t.Errorf("statuses (-want +got):\n%s", diff)
			dump(t, r)
		}
		for _, id := range []string{"call", "command"} {
			if n := len(jobOf(t, r, id).GetAttempts()); n != 2 {
				t.Errorf("job %s had %d attempts, want 2", id, n)
			}
			for _, attempt := range []string{"1", "2"} {
				if _, err := os.Stat(filepath.Join(r.GetFolder(), "jobs", id, attempt, "log")); err != nil {
					t.Error(err)
				}
			}
		}
		text, err := os.ReadFile(filepath.Join(r.GetFolder(), "junit.xml"))
		if err != nil || !strings.Contains(string(text), "flakyFailure") {
			t.Errorf("junit.xml marks no flaky failure: %v", err)
		}
	})
}

// One that floods the scheduler delays no timer.
func TestOC11(t *testing.T) {
	flood := shell("floods", `while :; do echo '{"message": "tick"}'; done > $ANSAR_EVENTS`, timeout(1500*time.Millisecond), grace(time.Second))
	r := runs(t, plan(flood, shell("sibling", "sleep 600", timeout(time.Second), grace(time.Second))), nil)
	if took := jobOf(t, r, "sibling").GetAttempts()[0].GetTook().AsDuration(); took > time.Second+hurry {
		t.Errorf("the sibling was ended after %v", took)
	}
	want := map[string]string{"floods": "timed-out", "sibling": "timed-out"}
	if diff := cmp.Diff(want, statuses(r)); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
}

// One that is not ready is tried again, until it was too often.
func TestEC7(t *testing.T) {
	eachIsolation(t, func(t *testing.T, isolation schedulepb.Isolation) {
		r := runs(t, plan(
			shell("once", `[ $ANSAR_ATTEMPT = 2 ] || exit 75`), shell("always", "exit 75"),
			plays("call-once", "notready:2"), plays("call-always", "notready"), plays("skips", "skip"),
		), &Options{Isolation: isolation})
		got := map[string]string{}
		for _, j := range r.GetJobs() {
			got[j.GetId()] = fmt.Sprint(j.GetStatus().Name(), " ", len(j.GetAttempts()))
		}
		want := map[string]string{
			"once": "ok 2", "always": "not-ready 3", "call-once": "ok 2", "call-always": "not-ready 3", "skips": "skipped 1",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("statuses and attempts (-want +got):\n%s", diff)
			dump(t, r)
		}
	})
}

// After too many failures in a row the rest is not run, and listed.
func TestEC13(t *testing.T) {
	eachIsolation(t, func(t *testing.T, isolation schedulepb.Isolation) {
		var jobs []*schedulepb.Job
		want := map[string]string{}
		for i := range 13 {
			id := fmt.Sprint("job-", i)
			jobs = append(jobs, plays(id, "fail:no"))
			want[id] = "not-run"
			if i < 3 {
				want[id] = "failed"
			}
		}
		p := plan(jobs...)
		p.Limits = &schedulepb.Limits{ConsecutiveFailures: proto.Uint32(3)}
		r := runs(t, p, &Options{Isolation: isolation, Slots: 1})
		if diff := cmp.Diff(want, statuses(r)); diff != "" {
			t.Errorf("statuses (-want +got):\n%s", diff)
			dump(t, r)
		}
	})
}

// No more run at a time than there are slots.
func TestPC6(t *testing.T) {
	eachIsolation(t, func(t *testing.T, isolation schedulepb.Isolation) {
		n := 200
		if isolation == schedulepb.Isolation_ISOLATION_PROCESS {
			n = 40 // each is a process of this test binary
		}
		var jobs []*schedulepb.Job
		for i := range n {
			jobs = append(jobs, plays(fmt.Sprint("job-", i), "sleep:1ms"))
		}
		r := runs(t, plan(jobs...), &Options{Isolation: isolation, Slots: 8})
		running, most := map[string]bool{}, 0
		for e, err := range journal.Read(r.GetFolder()) {
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case e.GetJobStarted() != nil:
				running[e.GetJob()] = true
			case e.GetAttemptFinished() != nil:
				delete(running, e.GetJob())
			}
			most = max(most, len(running))
		}
		if most > 8 || r.GetExitStatus() != 0 {
			t.Errorf("%d ran at a time, exit status %d", most, r.GetExitStatus())
		}
	})
}

// What a job returns reaches those that need it, however long it is.
func TestValuesReachDependents(t *testing.T) {
	eachIsolation(t, func(t *testing.T, isolation schedulepb.Isolation) {
		takes := plays("takes", "")
		takes.GetCall().InputMessage = nil
		takes.GetCall().Take = []*schedulepb.Take{{Job: "words"}}
		takes.GetCall().Object = typed.Name()
		takes.Needs = []*schedulepb.Need{{Job: "words"}}
		r := runs(t, plan(
			plays("big", "big:200000"), plays("small", "big:10"), plays("words", ""),
			plays("long", "length:big", needs("big")), plays("short", "length:small", needs("small", "big")), takes,
		), &Options{Isolation: isolation})
		for id, want := range map[string]string{"long": `"200000"`, "short": `"10"`, "takes": `"done"`} {
			if got := jobOf(t, r, id).GetValue().GetJson(); got != want {
				t.Errorf("job %s returned %s, want %s", id, got, want)
			}
		}
		if file := jobOf(t, r, "big").GetValue().GetFile(); !strings.HasSuffix(file, "value.binpb") {
			t.Errorf("the long value is in %q", file)
		}
		if t.Failed() {
			dump(t, r)
		}
	})
}

// What passed before is not run again, and its value is there.
func TestRerunFindsValues(t *testing.T) {
	p := plan(plays("big", "big:200000"), plays("length", "length:big", needs("big")), shell("flaky", "[ -e $MARK ]"))
	mark := filepath.Join(t.TempDir(), "mark")
	p.Environment = map[string]string{"MARK": mark}
	p.Jobs[1].Needs = append(p.Jobs[1].Needs, &schedulepb.Need{Job: "flaky"})
	first := runs(t, p, nil)
	if diff := cmp.Diff(map[string]string{"big": "ok", "length": "blocked", "flaky": "failed"}, statuses(first)); diff != "" {
		t.Errorf("the first run (-want +got):\n%s", diff)
	}
	if err := os.WriteFile(mark, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	again := runs(t, p, &Options{Previous: first, Rerun: RerunFailed, Folder: filepath.Join(t.TempDir(), "again")})
	if diff := cmp.Diff(map[string]string{"big": "skipped", "length": "ok", "flaky": "ok"}, statuses(again)); diff != "" {
		t.Errorf("the second run (-want +got):\n%s", diff)
		dump(t, again)
	}
	if got := jobOf(t, again, "length").GetValue().GetJson(); got != `"200000"` {
		t.Errorf("the length is %s", got)
	}
}

// The same plan and seed start in the same order.
func TestSameOrderTwice(t *testing.T) {
	var jobs []*schedulepb.Job
	for i := range 20 {
		j := shell(fmt.Sprint("job-", i), "true")
		j.Priority = proto.Int32(int32(i * 7 % 5))
		jobs = append(jobs, j)
	}
	order := func(name string) (got []string) {
		r := runs(t, plan(jobs...), &Options{Slots: 1, Seed: 7, Folder: filepath.Join(t.TempDir(), name)})
		for e, err := range journal.Read(r.GetFolder()) {
			if err != nil {
				t.Fatal(err)
			}
			if e.GetJobStarted() != nil {
				got = append(got, e.GetJob())
			}
		}
		return got
	}
	first, second := order("one"), order("two")
	if len(first) != 20 || !slices.Equal(first, second) {
		t.Errorf("orders %v and %v", first, second)
	}
}
