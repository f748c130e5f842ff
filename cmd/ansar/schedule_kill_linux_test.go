package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/formats"
	"github.com/ansar-go/ansar/internal/schedule/journal"
	"github.com/ansar-go/ansar/internal/schedule/journaltest"
	"github.com/ansar-go/ansar/internal/schedule/replay"
)

// eachRound runs a test several times, each with a seed of its own. ANSAR_ROUND takes that
// of one that failed.
func eachRound(t *testing.T, usual int, test func(t *testing.T, random *rand.Rand)) {
	random := draw(t)
	count, _ := rounds(usual)
	again, err := strconv.ParseUint(os.Getenv("ANSAR_ROUND"), 10, 64)
	for range count {
		seed := random.Uint64()
		if err == nil {
			seed = again
		}
		t.Run(fmt.Sprint(seed), func(t *testing.T) { test(t, rand.New(rand.NewPCG(seed, 1))) })
	}
}

// arbitrary lets the run come to a moment: after an event, or a while after its start, or
// when nothing has happened for a while.
func (s *scheduling) arbitrary(random *rand.Rand) {
	s.Helper()
	if random.IntN(4) > 0 {
		s.await(1+random.IntN(100), "", time.Second)
	}
	if random.IntN(3) > 0 {
		time.Sleep(time.Duration(random.IntN(100)) * time.Millisecond) // any moment
	}
}

// Whatever runs, and whenever it is interrupted: the run ends with all its reports, and
// leaves nothing.
func TestInterruptedSchedules(t *testing.T) {
	eachRound(t, 4, func(t *testing.T, random *rand.Rand) {
		p := &planner{Rand: random}
		b := newBench(t, p.plan())
		s := b.begin("--grace=0.2s", fmt.Sprint("--jobs=", 2+random.IntN(4)))
		signals := []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP}
		sent := 0
		for range random.IntN(3) {
			s.arbitrary(random)
			s.send(signals[random.IntN(len(signals))])
			sent++
		}
		status := s.end()
		b.alone()
		folders := b.folders()
		if len(folders) == 0 && sent > 0 && (status == -1 || status == 130) {
			return // it was over before it began
		}
		if len(folders) != 1 {
			t.Fatalf("%d runs, status %d: %s", len(folders), status, s.said.Bytes())
		}
		story, report := b.wholly(folders[0], status)
		want := 130
		if report.GetInterrupt() == 0 {
			want = 0
			for _, j := range report.GetJobs() {
				if !j.GetStatus().Fine() {
					want = 1
				}
			}
		}
		if status != want && status != 4 {
			t.Errorf("exit status %d, want %d: %s", status, want, story.Finished.GetWhy())
		}
		if len(report.GetWarnings()) > 0 {
			t.Logf("warnings: %q", report.GetWarnings())
		}
		if strings.Contains(s.said.String(), "panic") || strings.Contains(s.said.String(), "DATA RACE") || t.Failed() {
			t.Errorf("it says %s", s.said.Bytes())
		}
	})
}

// Whenever the scheduler is killed: its journal can be read, nothing of it is left, and the
// next run does the rest, and nothing twice.
func TestKilledSchedules(t *testing.T) {
	eachRound(t, 2, func(t *testing.T, random *rand.Rand) {
		p := &planner{Rand: random, fine: true}
		b := newBench(t, p.plan())
		args := []string{"--grace=0.2s", fmt.Sprint("--jobs=", 2+random.IntN(4))}
		for range 1 + random.IntN(2) {
			s := b.begin(b.rest(args)...)
			s.arbitrary(random)
			s.send(syscall.SIGKILL)
			s.end()
			b.alone()
			b.partly()
		}
		b.completes(b.rest(args)...)
	})
}

// The scheduler is killed instead of one of the calls by which it changes something, and so
// is, sometimes, the one that is to do the rest. ANSAR_ROUNDS=all takes each call.
func TestSchedulesKilledAtCalls(t *testing.T) {
	if !canBreak() {
		t.Skip("calls cannot be held here")
	}
	eachRound(t, 1, func(t *testing.T, random *rand.Rand) {
		p := &planner{Rand: random, fine: true}
		plan := p.plan()
		flags := []string{"--grace=0.2s", fmt.Sprint("--jobs=", 2+random.IntN(4))}
		b := newBench(t, plan)
		b.write("again", "")
		calls := b.killedAt(0, flags...)
		if folders := b.folders(); len(folders) != 1 {
			t.Fatalf("%d runs where nobody was killed", len(folders))
		}
		numbers := random.Perm(calls)
		if _, all := rounds(1); !all {
			numbers = numbers[:1]
		}
		for _, number := range numbers {
			then := random.IntN(100)
			t.Run(fmt.Sprintf("call %d of %d, then %d", number+1, calls, then), func(t *testing.T) {
				b := newBench(t, plan)
				b.write("again", "")
				b.killedAt(number+1, flags...)
				if then > 0 {
					b.killedAt(then, b.rest(flags)...)
				}
				b.completes(b.rest(flags)...)
			})
		}
	})
}

// A run that is to do the rest and is killed before it has done anything takes nothing from
// what was done before.
func TestRerunKilledEarly(t *testing.T) {
	if !canBreak() {
		t.Skip("calls cannot be held here")
	}
	random := draw(t)
	const early = 60
	count, all := rounds(2)
	if all {
		count = early
	}
	b := newBench(t, &schedulepb.Plan{Name: "plan", Jobs: []*schedulepb.Job{shellJob("good", "true"), shellJob("bad", "test -e again")}})
	if status := b.begin().end(); status != 1 {
		t.Fatalf("status %d, want 1", status)
	}
	for _, number := range random.Perm(early)[:min(count, early)] {
		b.killedAt(number+1, "--rerun=not-passed")
	}
	b.completes("--rerun=not-passed")
}

// killedAt runs the plan, kills it instead of that call, and checks what is left.
func (b *bench) killedAt(number int, flags ...string) (calls int) {
	b.Helper()
	calls, _ = b.killedBefore(number, append([]string{"schedule", "run", "plan.json", "--live=never"}, flags...)...)
	b.alone()
	b.partly()
	return calls
}

// rest is how the rest of a run is done, if there was one.
func (b *bench) rest(flags []string) []string {
	if exists(filepath.Join(b.dir, ".ansar-schedule/plan/latest")) {
		return append(slices.Clone(flags), "--rerun=not-passed")
	}
	return flags
}

// partly checks the runs so far, the last of which was killed: what ended is reported as
// it ended, what ran as interrupted, and the rest as not run.
func (b *bench) partly() {
	b.Helper()
	folders := b.folders()
	if len(folders) == 0 {
		return
	}
	folder := folders[len(folders)-1]
	for deadline := time.Now().Add(survivorLimit()); journal.Alive(folder) && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond) // what was being started has its files until it begins
	}
	story := journaltest.Read(b, folder)
	status, text := b.try("schedule", "report", folder, "--format=json")
	if len(story.Events) == 0 { // it was killed before it had written anything
		if status != 3 || !strings.Contains(text, "journal.jsonl") {
			b.Errorf("the report of nothing ends with %d: %s", status, text)
		}
		return
	}
	if status != 0 {
		b.Errorf("the report ends with %d: %s", status, text)
		return
	}
	report, err := formats.ReadJSON([]byte(text))
	if err != nil {
		b.Errorf("%v: %s", err, text)
		return
	}
	for _, j := range report.GetJobs() {
		want, ended := story.Ends[j.GetId()]
		switch {
		case ended:
		case story.Started(j.GetId()):
			want = schedulepb.Status_STATUS_INTERRUPTED
		default:
			want = schedulepb.Status_STATUS_NOT_RUN
		}
		if j.GetStatus() != want {
			b.Errorf("job %s is reported as %s, want %s", j.GetId(), j.GetStatus().Name(), want.Name())
		}
	}
	if len(story.Events) > 0 && story.Finished == nil {
		b.counted(story, report)
		if report.GetEnded() != nil || report.GetExitStatus() != 3 || !strings.Contains(report.GetWhy(), "died") {
			b.Errorf("the report says %d, %s, ended at %v", report.GetExitStatus(), report.GetWhy(), report.GetEnded())
		}
	}
	if status, text := b.try("schedule", "runs"); status != 0 || !strings.Contains(text, filepath.Base(folder)) {
		b.Errorf("runs ends with %d: %s", status, text)
	}
	for _, format := range []string{"table", "junit", "html", "timeline"} {
		want := 0
		if format == "table" {
			want = int(report.GetExitStatus())
		}
		if status, text := b.try("schedule", "report", folder, "--format="+format); status != want {
			b.Errorf("the report as %s ends with %d, want %d: %s", format, status, want, text)
		}
	}
}

// completes runs the plan once more, to its end. What ended well before is not done again.
func (b *bench) completes(args ...string) {
	b.Helper()
	b.write("again", "")
	passed := map[string]bool{}
	for _, folder := range b.folders() {
		for id, status := range journaltest.Read(b, folder).Ends {
			passed[id] = passed[id] || status.Fine() && status != schedulepb.Status_STATUS_SKIPPED
		}
	}
	before := b.folders()
	s := b.begin(args...)
	status := s.end()
	b.alone()
	folders := slices.DeleteFunc(b.folders(), func(f string) bool { return slices.Contains(before, f) })
	if len(folders) != 1 {
		b.Fatalf("%d new runs, status %d: %s", len(folders), status, s.said.Bytes())
	}
	story, report := b.wholly(folders[0], status)
	for id := range passed {
		if !slices.Contains(args, "--rerun=not-passed") || !passed[id] || story.Jobs[id].GetAlways() {
			continue
		}
		if story.Attempts[id] > 0 {
			b.Errorf("job %s passed before, and was run again", id)
		}
	}
	if status != 0 && status != 4 { // 4: there was nothing left
		for _, j := range report.GetJobs() {
			if !j.GetStatus().Fine() {
				b.Errorf("job %s is %s: %s", j.GetId(), j.GetStatus().Name(), j.GetCause().GetText())
			}
		}
		b.Errorf("the last run ends with status %d: %s", status, s.said.Bytes())
	}
}

// With workers of either kind, and all that they have left, nothing outlives the scheduler
// by two seconds.
func TestEC16Kill(t *testing.T) {
	for _, isolation := range []schedulepb.Isolation{schedulepb.Isolation_ISOLATION_PROCESS, schedulepb.Isolation_ISOLATION_POOL} {
		t.Run(isolation.Name(), func(t *testing.T) {
			plan := &schedulepb.Plan{Name: "plan"}
			for i := range 4 {
				plan.Jobs = append(plan.Jobs, callJob(fmt.Sprint("call-", i), "hang", 0, isolation))
			}
			b := newBench(t, plan)
			s := b.begin("--jobs=4")
			s.at(4, `"job_message"`)
			s.send(syscall.SIGKILL)
			s.end()
			b.alone()
			b.partly()
		})
	}
}

// After a kill the report tells what ended, what ran, and what did not come to its turn.
func TestOC13Kill(t *testing.T) {
	plan := &schedulepb.Plan{Name: "plan", Jobs: []*schedulepb.Job{
		shellJob("done", "true"), shellJob("fails", "exit 3"),
		shellJob("runs", leaving+"\nsleep 600"), shellJob("deaf", `trap "" TERM INT HUP; `+leaving+"\nwhile :; do sleep 600; done"),
		callJob("call", "hang", 0, schedulepb.Isolation_ISOLATION_PROCESS), shellJob("waits", "true"),
	}}
	for _, j := range plan.Jobs[2:5] {
		j.Needs = []*schedulepb.Need{{Job: "done"}, {Job: "fails", After: schedulepb.After_AFTER_FINISH}}
	}
	plan.Jobs[5].Needs = []*schedulepb.Need{{Job: "runs"}}
	b := newBench(t, plan)
	s := b.begin("--jobs=4")
	s.at(1, `"job_message"`)
	s.send(syscall.SIGKILL)
	s.end()
	b.alone()
	b.partly()
	report, err := replay.Of(b.folders()[0])
	if err != nil {
		t.Fatal(err)
	}
	replay.Settle(report, false)
	for _, j := range report.GetJobs() {
		want := map[string]string{"done": "ok", "fails": "failed", "waits": "not-run"}[j.GetId()]
		if want == "" {
			want = "interrupted"
		}
		if got := j.GetStatus().Name(); got != want {
			t.Errorf("job %s is %s, want %s", j.GetId(), got, want)
		}
	}
}

// A time limit of the whole run and a signal that meet make no difference to the rules.
func TestRunLimitAgainstSignal(t *testing.T) {
	plan := &schedulepb.Plan{Name: "plan", Limits: &schedulepb.Limits{Timeout: durationpb.New(500 * time.Millisecond)}}
	for i := range 4 {
		plan.Jobs = append(plan.Jobs, shellJob(fmt.Sprint("j", i), leaving+"\nsleep 600"))
	}
	b := newBench(t, plan)
	s := b.begin("--jobs=2", "--grace=0.2s")
	s.at(8, "")
	time.Sleep(450 * time.Millisecond) // about when its time is over
	s.send(os.Interrupt.(syscall.Signal))
	status := s.end()
	b.alone()
	folders := b.folders()
	if len(folders) != 1 {
		t.Fatalf("%d runs, status %d: %s", len(folders), status, s.said.Bytes())
	}
	if b.wholly(folders[0], status); status != 124 && status != 130 {
		t.Errorf("exit status %d", status)
	}
}
