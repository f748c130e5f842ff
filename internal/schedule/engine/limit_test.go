package engine

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

func TestFailureLimits(t *testing.T) {
	tests := []struct {
		name   string
		limits *schedulepb.Limits
		ends   []schedulepb.Status // of jobs one after the other
		want   string              // cause of those that were not run
	}{
		{"so many in all", &schedulepb.Limits{Failures: ptr(uint32(2))}, []schedulepb.Status{bad, ok, crash}, "aborted after 2 failures"},
		{"so many in a row", &schedulepb.Limits{ConsecutiveFailures: ptr(uint32(2))}, []schedulepb.Status{bad, ok, bad, late}, "aborted after 2 failures in a row"},
		{"a part, once ten have ended", &schedulepb.Limits{FailureRatio: ptr(0.3)},
			[]schedulepb.Status{bad, bad, bad, bad, ok, ok, ok, ok, ok, ok}, "aborted after 4 failures of 10 jobs"},
		{"skipped jobs do not count", &schedulepb.Limits{ConsecutiveFailures: ptr(uint32(2))}, []schedulepb.Status{bad, skipped, bad}, "aborted after 2 failures in a row"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := &schedulepb.Plan{Limits: tt.limits}
			for i := range len(tt.ends) + 2 {
				p.Jobs = append(p.Jobs, &schedulepb.Job{Id: fmt.Sprint(i)})
			}
			d := drive(t, Config{Plan: p, Slots: 1})
			for i, status := range tt.ends {
				d.end(fmt.Sprint(i), status)
			}
			want(t, "exit status", uint32(1), d.finish())
			last := d.finished(fmt.Sprint(len(p.Jobs) - 1))
			want(t, "end of the last job", schedulepb.Status_STATUS_NOT_RUN, last.Status)
			want(t, "cause", tt.want, last.Cause.Text)
		})
	}
}

func TestMustPass(t *testing.T) {
	p := plan("smoke", "runs", "waits", "tidy", "behind < smoke", "tidy-2 < waits!")
	with(p, "smoke", func(j *schedulepb.Job) { j.MustPass = true })
	with(p, "runs", func(j *schedulepb.Job) { j.Priority = ptr(int32(1)) })
	for _, id := range []string{"tidy", "tidy-2"} {
		with(p, id, func(j *schedulepb.Job) { j.Always = true })
	}
	d := drive(t, Config{Plan: p})
	d.end("smoke", bad)
	want(t, "running", "runs tidy", d.running())
	d.end("runs", ok)
	d.end("tidy", ok)
	d.end("tidy-2", ok)
	want(t, "exit status", uint32(1), d.finish())
	want(t, "ends", "smoke=failed behind=blocked waits=not-run runs=ok tidy=ok tidy-2=ok", d.results())
	want(t, "cause", "aborted: job smoke must pass, and ended failed", d.finished("waits").GetCause().GetText())
}

func TestRunTimeout(t *testing.T) {
	p := plan("a", "b", "c", "tidy < b!", "late-tidy < tidy!")
	p.Limits = &schedulepb.Limits{Timeout: seconds(60)}
	with(p, "a", func(j *schedulepb.Job) { j.Timeout = seconds(10) })
	for _, id := range []string{"tidy", "late-tidy"} {
		with(p, id, func(j *schedulepb.Job) { j.Always = true })
	}
	d := drive(t, Config{Plan: p})
	want(t, "limit of a", jobTimeout+" 10s", d.active["a"].Limit+" "+d.active["a"].Deadline.Sub(began).String())
	want(t, "limit of b", runTimeout+" 57s", d.active["b"].Limit+" "+d.active["b"].Deadline.Sub(began).String())
	d.pass(57 * time.Second)
	want(t, "ends once the time is up", "c=not-run", d.results())
	d.end("b", late)
	want(t, "cause of b", runTimeout, d.finished("b").GetCause().GetKind())
	want(t, "running in what is left", "a tidy", d.running())
	want(t, "limit of tidy", "1m0s", d.active["tidy"].Deadline.Sub(began).String())
	d.end("a", ok)
	d.pass(3 * time.Second)
	want(t, "what is killed at the very end", []StopAttempt{{Job: "tidy", Attempt: 1, Why: runTimeout, Kill: true}}, done[StopAttempt](d))
	d.end("tidy", crash)
	want(t, "exit status", uint32(124), d.finish())
	want(t, "ends", "c=not-run b=timed-out a=ok late-tidy=not-run tidy=timed-out", d.results())
}

func TestRunTimeoutThatIsKept(t *testing.T) {
	p := plan("a")
	p.Limits = &schedulepb.Limits{Timeout: seconds(60)}
	d := drive(t, Config{Plan: p})
	d.pass(58 * time.Second)
	d.end("a", ok)
	want(t, "exit status", uint32(0), d.finish())
	want(t, "when the engine wants to be woken", time.Time{}, d.engine.Wake())
}

func TestInterrupt(t *testing.T) {
	p := plan("runs", "runs-too", "queued", "behind < runs", "tidy")
	with(p, "tidy", func(j *schedulepb.Job) { j.Always = true })
	d := drive(t, Config{Plan: p})
	d.take(d.engine.Interrupt(1, "SIGINT", d.now))
	want(t, "what is told to stop", []StopAttempt{{"runs", 1, interrupt, false}, {"runs-too", 1, interrupt, false}}, done[StopAttempt](d))
	want(t, "ends", "queued=not-run behind=not-run tidy=not-run", d.results())
	d.end("runs", ok)
	d.take(d.engine.Interrupt(2, "SIGINT", d.now))
	want(t, "what is killed", []StopAttempt{{"runs-too", 1, interrupt, true}}, done[StopAttempt](d))
	d.ended("runs-too", Outcome{Status: crash, Cause: &schedulepb.Cause{Text: "signal 9", KilledBy: "SIGKILL"}})
	want(t, "exit status", uint32(130), d.finish())
	want(t, "ends", "queued=not-run behind=not-run tidy=not-run runs=ok runs-too=interrupted", d.results())
	want(t, "how it was killed", "SIGKILL", d.finished("runs-too").GetCause().GetKilledBy())
}

func TestInterruptBetweenAttempts(t *testing.T) {
	p := plan("failed-once", "unready", "repeated")
	p.Defaults = &schedulepb.Defaults{Retries: ptr(uint32(3)), Backoff: &schedulepb.Backoff{Delay: seconds(10)}}
	with(p, "repeated", func(j *schedulepb.Job) { j.Repeat = &schedulepb.Repeat{Count: 3} })
	d := drive(t, Config{Plan: p, Slots: 3})
	d.end("failed-once", bad)
	d.end("unready", unready)
	d.end("repeated", ok)
	d.take(d.engine.Interrupt(1, "SIGINT", d.now))
	d.end("repeated", ok)
	want(t, "exit status", uint32(130), d.finish())
	want(t, "ends", "failed-once=failed unready=not-ready repeated=interrupted", d.results())
	want(t, "cause", "after 2 of 3 runs: it was told to stop", d.finished("repeated").GetCause().GetText())
}

func TestFail(t *testing.T) {
	d := drive(t, Config{Plan: plan("a", "b < a")})
	d.take(d.engine.Fail("write journal: no space left", d.now))
	want(t, "what is killed", []StopAttempt{{"a", 1, interrupt, true}}, done[StopAttempt](d))
	d.take(d.engine.Finish(d.now)) // nobody waits for it
	d.rules.over()
	want(t, "ends", "b=not-run a=interrupted", d.results())
	want(t, "exit status", uint32(3), d.events[len(d.events)-1].GetRunFinished().GetExitStatus())
	want(t, "what comes too late", 0, len(d.engine.Ended("a", 1, Outcome{Status: ok}, d.now).Events))
}

func TestExitStatus(t *testing.T) {
	tests := []struct {
		name string
		plan *schedulepb.Plan
		ends map[string]schedulepb.Status
		want uint32
	}{
		{"no jobs", plan(), nil, 4},
		{"all skipped", with(plan("a"), "a", func(j *schedulepb.Job) { j.Skip = "why" }), nil, 4},
		{"all ok", plan("a", "b"), map[string]schedulepb.Status{"a": ok, "b": ok}, 0},
		{"a leaky one is not fine", plan("a"), map[string]schedulepb.Status{"a": schedulepb.Status_STATUS_LEAKY}, 1},
		{"one that skips itself", plan("a"), map[string]schedulepb.Status{"a": skipped}, 0},
		{"an error", plan("a"), map[string]schedulepb.Status{"a": schedulepb.Status_STATUS_ERROR}, 1},
		{"no word on how it ended", plan("a"), map[string]schedulepb.Status{"a": 0}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := drive(t, Config{Plan: tt.plan})
			for _, j := range tt.plan.Jobs {
				if status, ok := tt.ends[j.Id]; ok {
					d.end(j.Id, status)
				}
			}
			want(t, "exit status", tt.want, d.finish())
		})
	}
}

func TestPauseAndGate(t *testing.T) {
	d := drive(t, Config{Plan: plan("a", "b"), Slots: 1})
	d.take(d.engine.Pause(true, "by hand", d.now))
	d.take(d.engine.Pause(true, "by hand", d.now))
	d.take(d.engine.Gate(false, "load 9 is above 4", d.now))
	d.end("a", ok)
	want(t, "running while it is paused", "", d.running())
	d.take(d.engine.Pause(false, "by hand", d.now))
	want(t, "running while the machine is busy", "", d.running())
	want(t, "why b waits", []string{"load 9 is above 4"}, d.waits("b"))
	d.take(d.engine.Gate(true, "", d.now))
	want(t, "running", "b", d.running())
	d.end("b", ok)
	want(t, "exit status", uint32(0), d.finish())
	want(t, "times that a pause was told", 2, strings.Count(d.story(), "paused:true")+strings.Count(d.story(), `{why:"by hand"}`))
}

// The gate may be closed before the run begins.
func TestGateBeforeBegin(t *testing.T) {
	e := New(Config{Plan: plan("a"), Run: "run-1"})
	want(t, "events of the gate", 0, len(e.Gate(false, "busy", began).Events))
	begun := e.Begin(began)
	want(t, "first and last event", "PlanLoaded JobWaiting", kindOf(begun.Events[0])+" "+kindOf(begun.Events[len(begun.Events)-1]))
	want(t, "actions", 0, len(begun.Do))
	want(t, "actions once it is open", 1, len(e.Gate(true, "", began).Do))
}

func TestCancel(t *testing.T) {
	d := drive(t, Config{Plan: plan("runs", "waits", "behind < runs", "behind-2 < waits"), Slots: 1})
	d.take(d.engine.Cancel("waits", "by hand", d.now))
	d.take(d.engine.Cancel("runs", "by hand", d.now))
	d.take(d.engine.Cancel("nobody", "by hand", d.now))
	want(t, "what is told to stop", []StopAttempt{{"runs", 1, stopped, false}}, done[StopAttempt](d))
	d.end("runs", crash)
	want(t, "exit status", uint32(1), d.finish())
	want(t, "ends", "waits=not-run behind-2=blocked runs=interrupted behind=blocked", d.results())
	want(t, "origin", []string{"waits"}, d.finished("behind-2").GetCause().GetOrigins())
}
