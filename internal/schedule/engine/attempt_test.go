package engine

import (
	"testing"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

func TestAttempts(t *testing.T) {
	three := func(until schedulepb.Until) func(j *schedulepb.Job) {
		return func(j *schedulepb.Job) { j.Repeat = &schedulepb.Repeat{Count: 3, Until: until} }
	}
	retries := func(n uint32) func(j *schedulepb.Job) { return func(j *schedulepb.Job) { j.Retries = &n } }
	expected := func(j *schedulepb.Job) { j.ExpectedFailure, j.Retries = "known", ptr(uint32(2)) }
	tests := []struct {
		name   string
		change func(j *schedulepb.Job)
		ends   []schedulepb.Status // of its attempts
		want   string
	}{
		{"ok", retries(2), []schedulepb.Status{ok}, "ok"},
		{"failed without retries", retries(0), []schedulepb.Status{bad}, "failed"},
		{"failed in all attempts", retries(2), []schedulepb.Status{bad, crash, late}, "timed-out"},
		{"ok in the last attempt", retries(2), []schedulepb.Status{bad, crash, ok}, "flaky"},
		{"an error is tried again", retries(1), []schedulepb.Status{schedulepb.Status_STATUS_ERROR, ok}, "flaky"},
		{"leaky after a failure", retries(1), []schedulepb.Status{bad, schedulepb.Status_STATUS_LEAKY}, "leaky"},
		{"skipped in the second attempt", retries(1), []schedulepb.Status{bad, skipped}, "skipped"},
		{"says itself that it is unchanged", retries(1), []schedulepb.Status{unchanged}, "unchanged"},
		{"not ready does not count as an attempt", retries(1), []schedulepb.Status{unready, bad, unready, ok}, "flaky"},
		{"not ready too often", retries(9), []schedulepb.Status{unready, bad, unready, unready}, "not-ready"},
		{"only one try to be ready", func(j *schedulepb.Job) { j.NotReadyTries = ptr(uint32(1)) }, []schedulepb.Status{unready}, "not-ready"},
		{"ended by somebody else", retries(3), []schedulepb.Status{cut}, "interrupted"},
		{"repeated, all ok", three(0), []schedulepb.Status{ok, ok, ok}, "ok"},
		{"repeated, all failed", three(0), []schedulepb.Status{bad, bad, crash}, "crashed"},
		{"repeated until one fails", three(schedulepb.Until_UNTIL_FAIL), []schedulepb.Status{ok, bad}, "flaky"},
		{"repeated until one fails, and none does", three(schedulepb.Until_UNTIL_FAIL), []schedulepb.Status{ok, ok, ok}, "ok"},
		{"repeated until one passes", three(schedulepb.Until_UNTIL_PASS), []schedulepb.Status{bad, ok}, "flaky"},
		{"repeated once is not repeated", func(j *schedulepb.Job) { j.Repeat = &schedulepb.Repeat{Count: 1} }, []schedulepb.Status{ok}, "ok"},
		{"expected to fail is not tried again", expected, []schedulepb.Status{bad}, "xfail"},
		{"expected to fail, and crashed", expected, []schedulepb.Status{crash}, "xfail"},
		{"expected to fail, and ok", expected, []schedulepb.Status{ok}, "xpass"},
		{"expected to fail, and could not be run", expected, []schedulepb.Status{schedulepb.Status_STATUS_ERROR}, "error"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := drive(t, Config{Plan: with(plan("a"), "a", tt.change)})
			for _, status := range tt.ends {
				d.end("a", status)
			}
			d.finish()
			want(t, "ends", "a="+tt.want, d.results())
			want(t, "attempts", uint32(len(tt.ends)), d.finished("a").GetAttempts())
		})
	}
}

func TestBackoff(t *testing.T) {
	p := with(plan("a"), "a", func(j *schedulepb.Job) {
		j.Retries = ptr(uint32(4))
		j.Backoff = &schedulepb.Backoff{Delay: seconds(2), Factor: ptr(3.0), Limit: seconds(10)}
	})
	d := drive(t, Config{Plan: p})
	var pauses []string
	for range 4 {
		d.end("a", bad)
		pause := d.engine.Wake().Sub(d.now)
		pauses = append(pauses, pause.String())
		d.pass(pause - 1)
		want(t, "running before its time", "", d.running())
		d.pass(1)
		want(t, "running", "a", d.running())
	}
	want(t, "pauses", []string{"2s", "6s", "10s", "10s"}, pauses)
	d.end("a", ok)
	want(t, "exit status", uint32(0), d.finish())
	var next []string
	for _, event := range d.events {
		if f := event.GetAttemptFinished(); f != nil {
			next = append(next, f.Next)
		}
	}
	want(t, "what is said to follow", []string{"retry in 2s", "retry in 6s", "retry in 10s", "retry in 10s", ""}, next)
}

func TestJitter(t *testing.T) {
	pause := func(seed uint64) time.Duration {
		p := with(plan("a"), "a", func(j *schedulepb.Job) {
			j.Retries = ptr(uint32(1))
			j.Backoff = &schedulepb.Backoff{Delay: seconds(10), Jitter: ptr(0.5)}
		})
		d := drive(t, Config{Plan: p, Seed: seed})
		d.end("a", bad)
		return d.engine.Wake().Sub(d.now)
	}
	seen := map[time.Duration]bool{}
	for seed := range uint64(50) {
		got := pause(seed)
		if got < 5*time.Second || got > 10*time.Second || got != pause(seed) {
			t.Errorf("seed %d: pause of %v, and then of %v", seed, got, pause(seed))
		}
		seen[got] = true
	}
	if len(seen) < 40 {
		t.Errorf("50 seeds give only %d pauses", len(seen))
	}
}

func TestSaidByJob(t *testing.T) {
	say := func(m *schedulepb.Emitted) func(d *driver) { return func(d *driver) { d.emit("a", m) } }
	notReady := say(&schedulepb.Emitted{What: &schedulepb.Emitted_NotReady{NotReady: &schedulepb.NotReady{Why: "warming up"}}})
	skip := say(&schedulepb.Emitted{What: &schedulepb.Emitted_Skip{Skip: &schedulepb.Skip{Why: "no antenna"}}})
	tests := []struct {
		name string
		say  func(d *driver)
		end  schedulepb.Status
		want string
	}{
		{"not ready, and ended with status 0", notReady, ok, "not-ready: warming up"},
		{"not ready, and ended as not ready", notReady, unready, "not-ready: warming up"},
		{"not ready, and crashed", notReady, crash, "crashed: "},
		{"skip, and ended with status 0", skip, ok, "skipped: no antenna"},
		{"skip, and failed", skip, bad, "failed: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := drive(t, Config{Plan: with(plan("a"), "a", func(j *schedulepb.Job) { j.NotReadyTries = ptr(uint32(1)) })})
			tt.say(d)
			d.end("a", tt.end)
			d.finish()
			end := d.finished("a")
			want(t, "end", tt.want, end.GetStatus().Name()+": "+end.GetCause().GetText())
		})
	}
}

// What is ended by us is what it was ended for, however its process took it.
func TestStopped(t *testing.T) {
	stopBy := func(why string) func(d *driver) {
		return func(d *driver) {
			switch why {
			case interrupt:
				d.take(d.engine.Interrupt(1, "SIGINT", d.now))
			case stopped:
				d.take(d.engine.Cancel("a", "by hand", d.now))
			case runTimeout:
				d.pass(time.Minute)
			}
		}
	}
	ownLimit := &schedulepb.Cause{Kind: jobTimeout}
	tests := []struct {
		why   string
		end   schedulepb.Status
		cause *schedulepb.Cause
		want  string
	}{
		{interrupt, ok, nil, "ok "},
		{interrupt, bad, nil, "interrupted interrupt"},
		{interrupt, crash, nil, "interrupted interrupt"},
		{interrupt, cut, nil, "interrupted interrupt"},
		{interrupt, unready, nil, "interrupted interrupt"},
		{interrupt, skipped, nil, "skipped "},
		{interrupt, late, ownLimit, "timed-out job-timeout"},
		{stopped, crash, nil, "interrupted stopped"},
		{runTimeout, crash, nil, "timed-out run-timeout"},
		{runTimeout, cut, nil, "timed-out run-timeout"},
		{runTimeout, ok, nil, "ok "},
	}
	for _, tt := range tests {
		t.Run(tt.why+", "+tt.end.Name()+" "+tt.cause.GetKind(), func(t *testing.T) {
			p := plan("a")
			p.Limits = &schedulepb.Limits{Timeout: seconds(60)}
			p.Jobs[0].Retries = ptr(uint32(5))
			d := drive(t, Config{Plan: p})
			stopBy(tt.why)(d)
			want(t, "why it is told to stop", tt.why, done[StopAttempt](d)[0].Why)
			d.ended("a", Outcome{Status: tt.end, Cause: tt.cause})
			d.finish()
			want(t, "end", tt.want, d.finished("a").GetStatus().Name()+" "+d.finished("a").GetCause().GetKind())
		})
	}
}

func TestStrays(t *testing.T) {
	tests := []struct {
		name   string
		policy schedulepb.Strays
		end    schedulepb.Status
		want   string
		exit   uint32
	}{
		{"killed", schedulepb.Strays_STRAYS_KILL, ok, "leaky: left 2 processes behind: sleep 60, cat", 1},
		{"as if nothing was said", schedulepb.Strays_STRAYS_UNSPECIFIED, ok, "leaky: left 2 processes behind: sleep 60, cat", 1},
		{"a failure", schedulepb.Strays_STRAYS_FAIL, ok, "failed: left 2 processes behind: sleep 60, cat", 1},
		{"ignored", schedulepb.Strays_STRAYS_IGNORE, ok, "ok: ", 0},
		{"of a job that failed", schedulepb.Strays_STRAYS_FAIL, crash, "crashed: ", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := drive(t, Config{Plan: with(plan("a", "b < a"), "a", func(j *schedulepb.Job) { j.Strays = tt.policy })})
			d.ended("a", Outcome{Status: tt.end, Strays: []*schedulepb.Stray{{Pid: 7, CommandLine: "sleep 60"}, {Pid: 8, CommandLine: "cat"}}})
			end := d.finished("a")
			want(t, "end", tt.want, end.GetStatus().Name()+": "+end.GetCause().GetText())
			if end.GetStatus().Good() {
				d.end("b", ok)
			}
			want(t, "exit status", tt.exit, d.finish())
		})
	}
}

// Events of an attempt belong to its start, all others of a job to its queueing.
func TestParents(t *testing.T) {
	p := plan("a")
	with(p, "a", func(j *schedulepb.Job) { j.Artefacts = []string{"x"} })
	d := drive(t, Config{Plan: p})
	d.take(d.engine.Happened("a", 1, &schedulepb.Event_JobSlow{JobSlow: &schedulepb.JobSlow{After: seconds(1)}}, d.now))
	d.now = d.now.Add(1500 * time.Millisecond)
	d.artefact("a", "x")
	d.ended("a", Outcome{Status: ok, Exit: &schedulepb.JobExited{Status: ptr(int32(0))}})
	d.finish()
	type row struct {
		Kind   string
		Parent uint64
	}
	var got []row
	for _, event := range d.events {
		got = append(got, row{kindOf(event), event.Parent})
	}
	want(t, "events", []row{
		{"PlanLoaded", 0}, {"JobQueued", 0}, {"ResourceGranted", 2}, {"JobStarted", 2}, {"JobSlow", 4}, {"ArtefactReady", 4},
		{"JobExited", 4}, {"AttemptFinished", 4}, {"ResourceReleased", 4}, {"JobFinished", 2}, {"RunFinished", 0},
	}, got)
	want(t, "time since the start", 1500*time.Millisecond, d.events[6].Since.AsDuration())
}

// What dependents are told of the jobs that they need.
func TestNeedsOutcomes(t *testing.T) {
	d := drive(t, Config{Plan: plan("a", "b", "c < a b! a!")})
	d.ended("a", Outcome{Status: ok, Value: &schedulepb.Value{Json: `{"n":1}`}})
	d.ended("b", Outcome{Status: bad, Cause: &schedulepb.Cause{Text: "exit status 2"}})
	var got []string
	for _, o := range d.active["c"].Needs {
		got = append(got, o.Job+" "+o.Status+" "+o.Value.GetJson())
	}
	want(t, "outcomes", []string{`a ok {"n":1}`, "b failed "}, got)
	want(t, "cause of the attempt", "exit status 2", d.finished("b").GetCause().GetText())
	d.end("c", ok)
	d.finish()
}
