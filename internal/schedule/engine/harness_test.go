package engine

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Short names of statuses for tables.
const (
	ok        = schedulepb.Status_STATUS_OK
	bad       = schedulepb.Status_STATUS_FAILED
	crash     = schedulepb.Status_STATUS_CRASHED
	late      = schedulepb.Status_STATUS_TIMED_OUT
	unready   = schedulepb.Status_STATUS_NOT_READY
	skipped   = schedulepb.Status_STATUS_SKIPPED
	cut       = schedulepb.Status_STATUS_INTERRUPTED
	unchanged = schedulepb.Status_STATUS_UNCHANGED
)

// began is when every run of these tests begins.
var began = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// T is what tests and checks of random plans have in common.
type T interface {
	Helper()
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

// driver does by hand what an engine asks for, and checks all that it answers.
type driver struct {
	t      T
	engine *Engine
	now    time.Time
	rules  *rules
	events []*schedulepb.Event
	did    []Action // since the last look
	active map[string]StartAttempt
}

func drive(t T, c Config) *driver {
	t.Helper()
	if c.Slots == 0 {
		c.Slots = 2
	}
	if c.Run == "" {
		c.Run = "run-1"
	}
	d := &driver{t: t, engine: New(c), now: began, active: map[string]StartAttempt{}}
	d.rules = newRules(t, c)
	d.take(d.engine.Begin(d.now))
	return d
}

func (d *driver) take(s Step) {
	d.t.Helper()
	d.events = append(d.events, s.Events...)
	d.did = append(d.did, s.Do...)
	for _, event := range s.Events {
		d.rules.see(event)
	}
	for _, a := range s.Do {
		d.rules.do(a)
		if a, ok := a.(StartAttempt); ok {
			d.active[a.Job.GetId()] = a
			d.take(d.engine.Happened(a.Job.GetId(), a.Attempt, &schedulepb.Event_JobStarted{JobStarted: &schedulepb.JobStarted{Pid: 1, Slot: a.Slot}}, d.now))
		}
	}
}

// end ends the running attempt of a job.
func (d *driver) end(job string, status schedulepb.Status) {
	d.t.Helper()
	d.ended(job, Outcome{Status: status})
}

func (d *driver) ended(job string, o Outcome) {
	d.t.Helper()
	a, ok := d.active[job]
	if !ok {
		d.t.Fatalf("job %s does not run; running: %s", job, d.running())
	}
	delete(d.active, job)
	d.take(d.engine.Ended(job, a.Attempt, o, d.now))
}

// emit says something for the running attempt of a job.
func (d *driver) emit(job string, m *schedulepb.Emitted) {
	d.t.Helper()
	d.take(d.engine.Emitted(job, d.active[job].Attempt, m, d.now))
}

func (d *driver) artefact(job, name string) {
	d.t.Helper()
	d.emit(job, &schedulepb.Emitted{What: &schedulepb.Emitted_Artefact{Artefact: &schedulepb.ArtefactReady{Name: name, Value: "path/" + name}}})
}

// pass lets time go by, with all that is due.
func (d *driver) pass(by time.Duration) {
	d.t.Helper()
	end := d.now.Add(by)
	for wake := d.engine.Wake(); !wake.IsZero() && !wake.After(end); wake = d.engine.Wake() {
		d.now = wake
		d.take(d.engine.Timer(d.now))
	}
	d.now = end
}

// finish ends the run, and gives its exit status.
func (d *driver) finish() uint32 {
	d.t.Helper()
	if !d.engine.Done() {
		d.t.Fatalf("the run is not done; running: %s; ended: %s", d.running(), d.results())
	}
	d.take(d.engine.Finish(d.now))
	d.rules.over()
	return d.events[len(d.events)-1].GetRunFinished().GetExitStatus()
}

// running are the jobs that run, in order of their names.
func (d *driver) running() string {
	var ids []string
	for id := range d.active {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

// results are the ends of jobs as they came: "a=ok b=failed".
func (d *driver) results() string {
	var words []string
	for _, event := range d.events {
		if f := event.GetJobFinished(); f != nil {
			words = append(words, event.GetJob()+"="+f.GetStatus().Name())
		}
	}
	return strings.Join(words, " ")
}

// finished is the end of a job.
func (d *driver) finished(job string) *schedulepb.JobFinished {
	d.t.Helper()
	for _, event := range d.events {
		if f := event.GetJobFinished(); f != nil && event.GetJob() == job {
			return f
		}
	}
	d.t.Fatalf("job %s has not ended", job)
	return nil
}

// starts are all attempts in the order of their starts: "a b b#2".
func starts(events []*schedulepb.Event) string {
	var words []string
	for _, event := range events {
		if event.GetResourceGranted() == nil {
			continue
		}
		word := event.GetJob()
		if event.GetAttempt() > 1 {
			word += fmt.Sprint("#", event.GetAttempt())
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

// attempts are the ends of the attempts of a job: "ok failed ok".
func (d *driver) attempts(job string) string {
	var words []string
	for _, event := range d.events {
		if f := event.GetAttemptFinished(); f != nil && event.GetJob() == job {
			words = append(words, f.GetStatus().Name())
		}
	}
	return strings.Join(words, " ")
}

// story is all that happened, for whoever looks for a fault.
func (d *driver) story() string {
	var lines []string
	for _, event := range d.events {
		lines = append(lines, fmt.Sprintf("%d %s#%d %v", event.Sequence, event.Job, event.Attempt, event.Kind))
	}
	return strings.Join(lines, "\n")
}

// kindOf is the name of an event's message.
func kindOf(event *schedulepb.Event) string {
	return strings.TrimPrefix(fmt.Sprintf("%T", event.Kind), "*schedulepb.Event_")
}

// waits are the reasons that were told why a job waits.
func (d *driver) waits(job string) []string {
	var all []string
	for _, event := range d.events {
		if w := event.GetJobWaiting(); w != nil && event.GetJob() == job {
			all = append(all, w.GetWhy())
		}
	}
	return all
}

// done takes the actions of one kind since the last time.
func done[A Action](d *driver) []A {
	var all []A
	rest := d.did[:0]
	for _, a := range d.did {
		if wanted, ok := a.(A); ok {
			all = append(all, wanted)
		} else {
			rest = append(rest, a)
		}
	}
	d.did = rest
	return all
}

func want(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// plan reads jobs as a line each: "c < a b! : board-a reference* / weight=2". After "<" come
// needs: with "!" after finish, "?" any, "x.y" artefact y of x. After ":" come resources, with "*" shared.
func plan(lines ...string) *schedulepb.Plan {
	p := &schedulepb.Plan{}
	for _, line := range lines {
		line, demands, _ := strings.Cut(line, ":")
		id, needs, _ := strings.Cut(line, "<")
		j := &schedulepb.Job{Id: strings.TrimSpace(id)}
		for _, word := range strings.Fields(needs) {
			need := &schedulepb.Need{Job: strings.TrimRight(word, "!?")}
			switch {
			case strings.HasSuffix(word, "!"):
				need.After = schedulepb.After_AFTER_FINISH
			case strings.HasSuffix(word, "?"):
				need.After = schedulepb.After_AFTER_ANY
			case strings.Contains(word, "."):
				need.Job, need.Artefact, _ = strings.Cut(word, ".")
			}
			j.Needs = append(j.Needs, need)
		}
		for _, word := range strings.Fields(demands) {
			j.Resources = append(j.Resources, &schedulepb.Demand{
				Name: strings.TrimRight(word, "*"), Shared: strings.HasSuffix(word, "*"),
			})
		}
		p.Jobs = append(p.Jobs, j)
	}
	return p
}

// with changes a job of a plan.
func with(p *schedulepb.Plan, id string, change func(j *schedulepb.Job)) *schedulepb.Plan {
	for _, j := range p.Jobs {
		if j.Id == id {
			change(j)
			return p
		}
	}
	panic("no job " + id)
}

// lend adds a resource with so many units.
func lend(p *schedulepb.Plan, name string, capacity uint32) *schedulepb.Resource {
	r := &schedulepb.Resource{Name: name, Capacity: &capacity}
	p.Resources = append(p.Resources, r)
	return r
}

func seconds(n float64) *durationpb.Duration {
	return durationpb.New(time.Duration(n * float64(time.Second)))
}

func ptr[V any](v V) *V { return &v }
