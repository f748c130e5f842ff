package engine

import (
	"strings"
	"testing"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

func guarded(t *testing.T, alarm schedulepb.Alarm, lines ...string) *driver {
	p := plan(lines...)
	p.Guards = []*schedulepb.Guard{{Id: "usb", Alarm: alarm}}
	d := drive(t, Config{Plan: p, Slots: 1})
	want(t, "guards that are started", 1, len(done[StartGuard](d)))
	d.take(d.engine.GuardStarted("usb", 42, "guards/usb/log", d.now))
	return d
}

func TestGuardEndsWithTheJobs(t *testing.T) {
	d := guarded(t, schedulepb.Alarm_ALARM_STOP_RUN, "a", "b")
	d.end("a", ok)
	want(t, "guards that are stopped", 0, len(done[StopGuard](d)))
	d.end("b", ok)
	want(t, "guards that are stopped", []StopGuard{{"usb", false}}, done[StopGuard](d))
	want(t, "done while it runs", false, d.engine.Done())
	d.take(d.engine.GuardEnded("usb", Outcome{Status: crash}, d.now))
	want(t, "exit status", uint32(0), d.finish())
	want(t, "how it ended", "stopped", d.events[len(d.events)-2].GetGuardChanged().GetEnded())
}

func TestGuardStopsTheRun(t *testing.T) {
	d := guarded(t, schedulepb.Alarm_ALARM_STOP_RUN, "a", "b")
	d.take(d.engine.GuardEnded("usb", Outcome{Status: bad, Cause: &schedulepb.Cause{Text: "exit status 1"}}, d.now))
	d.end("a", crash)
	want(t, "exit status", uint32(130), d.finish())
	want(t, "ends", "b=not-run a=interrupted", d.results())
	want(t, "why", "interrupted: guard usb ended failed: exit status 1", d.finished("b").GetCause().GetText())
}

func TestGuardPausesTheRun(t *testing.T) {
	d := guarded(t, schedulepb.Alarm_ALARM_PAUSE_RUN, "a", "b")
	d.take(d.engine.GuardEnded("usb", Outcome{Status: bad}, d.now))
	d.end("a", ok)
	d.pass(time.Second)
	want(t, "guards that are started again", 1, len(done[StartGuard](d)))
	d.take(d.engine.GuardEnded("usb", Outcome{Status: bad}, d.now))
	want(t, "pause before the next start", 2*time.Second, d.engine.Wake().Sub(d.now))
	d.pass(2 * time.Second)
	want(t, "running while it is paused", "", d.running())
	d.take(d.engine.GuardResumed("usb", d.now))
	want(t, "running", "b", d.running())
	d.end("b", ok)
	d.take(d.engine.GuardEnded("usb", Outcome{Status: ok}, d.now))
	want(t, "exit status", uint32(0), d.finish())
}

func TestGuardWarns(t *testing.T) {
	d := guarded(t, schedulepb.Alarm_ALARM_WARN, "a")
	d.take(d.engine.GuardEnded("usb", Outcome{Status: bad}, d.now))
	d.take(d.engine.GuardEnded("nobody", Outcome{Status: bad}, d.now))
	d.end("a", ok)
	want(t, "exit status", uint32(0), d.finish())
	want(t, "warnings", true, strings.Contains(d.story(), "guard usb ended failed"))
}

func TestGuardThatEndsWell(t *testing.T) {
	d := guarded(t, schedulepb.Alarm_ALARM_STOP_RUN, "a")
	d.take(d.engine.GuardEnded("usb", Outcome{Status: ok}, d.now))
	d.end("a", ok)
	want(t, "exit status", uint32(0), d.finish())
}
