package schedule

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"pgregory.net/rapid"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/proctest"
	"github.com/ansar-go/ansar/internal/schedule/journaltest"
	"github.com/ansar-go/ansar/internal/schedule/replay"
)

// one draws one of several.
func one[V any](t *rapid.T, what string, of ...V) V { return rapid.SampledFrom(of).Draw(t, what) }

// anyWork is a short piece of work of any kind.
func anyWork(t *rapid.T, id string) *schedulepb.Job {
	if rapid.Bool().Draw(t, "call") {
		return plays(id, one(t, "words", "", "sleep:5ms", "fail:no", "panic", "flaky", "notready:2", "notready", "skip", "artefact:x sleep:5ms",
			"message:m", "big:70000", "wrong", "sleep:10m", "kill", "stray"))
	}
	return shell(id, one(t, "line", "true", "sleep 0.005", "exit 3", "kill -KILL $$", "exit 75", "exit 125", "sleep 600 &", "sleep 600",
		`echo '{"artefact":"x"}' >$ANSAR_EVENTS`, `echo '{"a":1}' >$ANSAR_RESULT`, "trap '' TERM; sleep 0.3; sleep 0.3", "setsid sleep 600 & kill -SEGV $$"))
}

func anyJob(t *rapid.T, id string, others []*schedulepb.Job) *schedulepb.Job {
	j := anyWork(t, id)
	j.Timeout, j.Grace = durationpb.New(time.Duration(50+rapid.IntRange(0, 300).Draw(t, "ms"))*time.Millisecond), durationpb.New(50*time.Millisecond)
	for _, other := range others {
		if rapid.IntRange(0, 3).Draw(t, "need") == 0 {
			n := &schedulepb.Need{Job: other.Id, After: schedulepb.After(rapid.IntRange(0, 2).Draw(t, "after"))}
			if len(other.Artefacts) > 0 && rapid.Bool().Draw(t, "artefact") {
				n.Artefact, n.After = "x", schedulepb.After_AFTER_UNSPECIFIED
			}
			j.Needs = append(j.Needs, n)
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "announces") == 0 {
		j.Artefacts = []string{"x"}
	}
	for _, name := range []string{"board", "reference"} {
		if rapid.IntRange(0, 2).Draw(t, name) == 0 {
			j.Resources = append(j.Resources, &schedulepb.Demand{Name: name, Shared: rapid.Bool().Draw(t, "shared")})
		}
	}
	j.Retries = proto.Uint32(uint32(rapid.IntRange(0, 1).Draw(t, "retries")))
	j.Weight = proto.Uint32(uint32(rapid.IntRange(1, 2).Draw(t, "weight")))
	j.Always = rapid.IntRange(0, 5).Draw(t, "always") == 0
	j.Strays = schedulepb.Strays(rapid.IntRange(0, 3).Draw(t, "strays"))
	return j
}

func anyPlan(t *rapid.T) *schedulepb.Plan {
	p := plan()
	p.Resources = []*schedulepb.Resource{
		{Name: "board", Capacity: proto.Uint32(2)},
		{Name: "reference", Cleaner: &schedulepb.Cleaner{Work: &schedulepb.Cleaner_Command{Command: &schedulepb.Command{Argv: []string{"true"}}}}},
	}
	for i := range rapid.IntRange(1, 8).Draw(t, "jobs") {
		p.Jobs = append(p.Jobs, anyJob(t, "j"+strconv.Itoa(i), p.Jobs))
	}
	return p
}

// disturbance is what happens to a run from outside at one of its events.
type disturbance struct {
	at   int32
	what string
}

// disturb gives what Options.Events is told, and does what was drawn.
func disturb(all []disturbance, control *Control, interrupt func(), asking *sync.WaitGroup) func(*schedulepb.Event) {
	var events atomic.Int32
	return func(*schedulepb.Event) {
		now := events.Add(1)
		for _, d := range all {
			if d.at != now {
				continue
			}
			asking.Go(func() { // the answers do not matter: the run may be over by now
				switch d.what {
				case "interrupt":
					interrupt()
				case "kill":
					_ = control.Kill("at random")
				case "pause":
					_ = control.Pause(true, "at random")
					_ = control.Pause(false, "")
				case "cancel":
					_ = control.Cancel("j0", "at random")
				case "add":
					_ = control.Add(shell(fmt.Sprint("added-", now), "true", needs("j0")), "at random")
				}
			})
		}
	}
}

// Whatever the plan, wherever its calls are done, and whatever is asked of the run
// meanwhile: the rules hold, and its journal tells the same as its report. ANSAR_ROUNDS=n
// tries n plans in each isolation.
func TestAnyRun(t *testing.T) {
	const checks = "rapid.checks"
	usual := flag.Lookup(checks).Value.String()
	if err := flag.Set(checks, cmp.Or(os.Getenv("ANSAR_ROUNDS"), "4")); err != nil {
		t.Fatal(err)
	}
	defer flag.Set(checks, usual)
	eachIsolation(t, func(t *testing.T, isolation schedulepb.Isolation) {
		mark := proctest.Mark(t)
		rapid.Check(t, func(t *rapid.T) { anyRun(t, isolation, mark) })
	})
}

func anyRun(t *rapid.T, isolation schedulepb.Isolation, mark string) {
	p := anyPlan(t)
	if isolation == schedulepb.Isolation_ISOLATION_IN_PROCESS {
		for _, j := range p.Jobs {
			if words := string(j.GetCall().GetInputMessage().GetValue()); len(words) > 4 && (words[2:] == "kill" || words[2:] == "stray") {
				j.Work = shell(j.Id, "true").Work // it would be this process
			}
		}
	}
	var all []disturbance
	for range rapid.IntRange(0, 3).Draw(t, "disturbances") {
		all = append(all, disturbance{int32(rapid.IntRange(1, 60).Draw(t, "at")), one(t, "what", "interrupt", "kill", "pause", "cancel", "add")})
	}
	dir, err := os.MkdirTemp("", "any-run-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	var asking sync.WaitGroup
	control := new(Control)
	report, err := Run(ctx, p, &Options{
		Slots: rapid.IntRange(2, 4).Draw(t, "slots"), Folder: filepath.Join(dir, "run"), Isolation: isolation, Control: control,
		Events: disturb(all, control, func() { cancel(errors.New("at random")) }, &asking),
	})
	asking.Wait()
	if err != nil {
		t.Fatalf("Run: %v", err)
	}
	story := journaltest.Read(t, report.GetFolder())
	story.Over()
	for _, j := range report.GetJobs() {
		if want := story.Ends[j.GetId()]; j.GetStatus() != want || want == 0 {
			t.Errorf("job %s is %s, its journal says %s", j.GetId(), j.GetStatus().Name(), want.Name())
		}
	}
	replayed, err := replay.Of(report.GetFolder())
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(report, replayed, protocmp.Transform()); diff != "" {
		t.Errorf("the journal replays to another report (-report +journal):\n%s", diff)
	}
	if left := proctest.Gone(mark, hang); len(left) > 0 {
		t.Errorf("%d processes are left", len(left))
	}
}
