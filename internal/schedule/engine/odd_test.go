package engine

import (
	"strings"
	"testing"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// warnings are the texts of all warnings.
func (d *driver) warnings() []string {
	var all []string
	for _, event := range d.events {
		if w := event.GetWarning(); w != nil {
			all = append(all, w.GetText())
		}
	}
	return all
}

// An artefact that was not declared is taken, and said once for each name.
func TestUndeclaredArtefact(t *testing.T) {
	p := plan("a")
	with(p, "a", func(j *schedulepb.Job) { j.Artefacts = []string{"known"} })
	d := drive(t, Config{Plan: p})
	for _, name := range []string{"known", "odd", "odd", "other"} {
		d.artefact("a", name)
	}
	d.end("a", ok)
	want(t, "exit status", uint32(0), d.finish())
	want(t, "warnings", []string{
		"job a announced artefact odd, which it does not declare: add it to its artefacts",
		"job a announced artefact other, which it does not declare: add it to its artefacts",
	}, d.warnings())
}

// What is told of something that there is not is said in a warning, and harms nothing.
func TestToldOfNothing(t *testing.T) {
	p := plan("a", "a")
	d := drive(t, Config{Plan: p})
	e := d.engine
	d.take(e.Happened("nobody", 1, &schedulepb.Event_JobSlow{}, d.now))
	d.take(e.Happened("a", 1, "what is this", d.now))
	d.take(e.Emitted("a", 1, &schedulepb.Emitted{}, d.now))
	d.take(e.Emitted("a", 2, &schedulepb.Emitted{}, d.now))
	d.take(e.Ended("a", 2, Outcome{Status: ok}, d.now))
	d.take(e.CleanerEnded("board", Outcome{}, d.now))
	d.take(e.GuardResumed("usb", d.now))
	d.take(e.GuardStarted("usb", 1, "", d.now))
	d.take(e.HostGranted("a", d.now))
	d.take(e.HostRefused("a", "", d.now))
	d.take(e.Fingerprinted("a", "key", nil, d.now))
	d.take(e.Timer(d.now))
	d.take(e.Warn("by hand", d.now))
	d.end("a", ok)
	want(t, "exit status", uint32(0), d.finish())
	want(t, "warnings", []string{
		"job a is in the plan twice: the second one is left out",
		"there is no job nobody, of which something was told",
		"job a: something of an unknown kind was told: string",
		"job a: attempt 1 said something of an unknown kind",
		"job a: attempt 2, which does not run, said something: it is left out",
		"job a: attempt 2 ended, and does not run: it is left out",
		"there is no cleaner board that could have ended",
		"there is no guard usb that runs, and something was told of it",
		"there is no guard usb that runs, and something was told of it",
		"by hand",
	}, d.warnings())
	for name, step := range map[string]Step{
		"Begin's end": e.Finish(d.now), "Happened": e.Happened("a", 1, nil, d.now), "Emitted": e.Emitted("a", 1, nil, d.now),
		"Ended": e.Ended("a", 1, Outcome{}, d.now), "CleanerEnded": e.CleanerEnded("", Outcome{}, d.now),
		"GuardStarted": e.GuardStarted("", 0, "", d.now), "GuardResumed": e.GuardResumed("", d.now), "GuardEnded": e.GuardEnded("", Outcome{}, d.now),
		"Fingerprinted": e.Fingerprinted("a", "", nil, d.now), "HostGranted": e.HostGranted("a", d.now), "HostRefused": e.HostRefused("a", "", d.now),
		"Timer": e.Timer(d.now), "Interrupt": e.Interrupt(1, "", d.now), "Fail": e.Fail("", d.now), "Cancel": e.Cancel("a", "", d.now),
		"Pause": e.Pause(true, "", d.now), "Gate": e.Gate(false, "", d.now), "Warn": e.Warn("", d.now),
	} {
		want(t, name+" after the end", 0, len(step.Events)+len(step.Do))
	}
}

// What comes of an attempt after its end is kept, and belongs to the queueing of its job.
func TestToldTooLate(t *testing.T) {
	d := drive(t, Config{Plan: plan("a", "b")})
	d.end("a", ok)
	step := d.engine.Happened("a", 1, &schedulepb.Event_JobOutput{JobOutput: &schedulepb.JobOutput{Stream: "log"}}, d.now)
	want(t, "parent", uint64(2), step.Events[0].Parent)
}

// A job that shares a unit is not started on one that another has left dirty while the job
// waited for other runs.
func TestDirtyWhileLocking(t *testing.T) {
	p := plan("first: board*", "second: board* far")
	lend(p, "board", 1).Cleaner = &schedulepb.Cleaner{}
	lend(p, "far", 1).HostWide = true
	d := drive(t, Config{Plan: p})
	d.end("first", crash)
	d.take(d.engine.HostGranted("second", d.now))
	want(t, "running", "", d.running())
	d.take(d.engine.CleanerEnded("board.0", Outcome{Status: ok}, d.now))
	want(t, "times that it was asked for", 2, len(done[AcquireHost](d)))
	d.take(d.engine.HostGranted("second", d.now))
	d.end("second", ok)
	d.finish()
}

// Nothing is started that has no time left, though the timer comes late.
func TestLateTimer(t *testing.T) {
	p := plan("a", "b")
	p.Limits = &schedulepb.Limits{Timeout: seconds(10)}
	d := drive(t, Config{Plan: p, Slots: 1})
	d.now = d.now.Add(9700 * time.Millisecond)
	d.end("a", ok)
	want(t, "running", "", d.running())
	want(t, "exit status", uint32(124), d.finish())
}

// The defaults of a plan count, though it was not completed.
func TestDefaults(t *testing.T) {
	p := plan("a")
	p.Defaults = &schedulepb.Defaults{
		Timeout: seconds(5), Grace: seconds(2), NotReadyTries: ptr(uint32(1)), Strays: schedulepb.Strays_STRAYS_IGNORE, Retries: ptr(uint32(1)),
	}
	d := drive(t, Config{Plan: p})
	a := d.active["a"]
	want(t, "deadline and grace", "5s 2s", a.Deadline.Sub(began).String()+" "+a.Grace.String())
	d.end("a", bad)
	d.ended("a", Outcome{Status: ok, Strays: []*schedulepb.Stray{{}}})
	d.finish()
	want(t, "ends", "a=flaky", d.results())

	d = drive(t, Config{})
	want(t, "exit status of no plan", uint32(4), d.finish())
	d = drive(t, Config{Plan: plan("a")})
	a = d.active["a"]
	want(t, "deadline and grace", "1h0m0s 10s", a.Deadline.Sub(began).String()+" "+a.Grace.String())
}

// Demands that cannot be met say what there is.
func TestImpossible(t *testing.T) {
	p := plan("a: board", "b: board board board")
	p.Jobs[0].Resources[0].Attributes = map[string]string{"wlan": "yes", "type": "esp"}
	lend(p, "board", 2).Attributes = map[string]string{"type": "esp"}
	d := drive(t, Config{Plan: p})
	d.finish()
	want(t, "cause", "it needs 1 of board with type=esp, wlan=yes, and there are 0", d.finished("a").GetCause().GetText())
	want(t, "cause", "its demands can not be met at once by the units that there are", d.finished("b").GetCause().GetText())
}

// A job whose attempt was bad ends by that if its unit goes out of service before the next one.
func TestQuarantineBetweenAttempts(t *testing.T) {
	p := plan("a: board", "b: board")
	lend(p, "board", 1).Cleaner = &schedulepb.Cleaner{}
	with(p, "a", func(j *schedulepb.Job) { j.Retries = ptr(uint32(1)) })
	d := drive(t, Config{Plan: p})
	d.end("a", late)
	d.take(d.engine.CleanerEnded("board.0", Outcome{Status: bad}, d.now))
	d.finish()
	want(t, "ends", "a=timed-out b=unrunnable", d.results())
}

func TestList(t *testing.T) {
	items := strings.Fields("a b c d")
	want(t, "all", "a, b, c, d", list(items, 4))
	want(t, "some", "a, b, c and 1 more", list(items, 3))
}
