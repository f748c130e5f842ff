package engine

import (
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Engine decides one run. Make it with [New].
type Engine struct {
	config Config
	plan   *schedulepb.Plan

	// Of the input that is being worked on.
	now   time.Time
	stamp *timestamppb.Timestamp
	since *durationpb.Duration
	step  Step

	sequence uint64
	jobs     []*job // in submit order
	byID     map[string]*job
	left     int    // jobs that have not ended
	begun    int    // attempts so far
	settling []*job // have ended, and their dependents do not know

	resources map[string]*resource
	unitNamed map[string]*unit
	classOf   map[string]*class
	plain     []*class     // without demands, by weight
	classes   heap[*class] // those with a queue
	idle      heap[uint32] // free slots
	slots     int
	scan      uint64   // number of the scan over the queue, for claims
	blocked   []*class // of the scan
	picks     []pick   // of the scan
	never     int      // units out of service

	// Whether a unit can be had now, and whether it can be promised, in the present scan.
	lends, promises func(u *unit, shared bool) bool

	running  map[*job]struct{}
	timers   heap[timer]
	guards   []*guard
	cleaners map[string]*unit

	limits
}

// New returns the engine of a run that has not begun.
func New(c Config) *Engine {
	c.Slots = max(c.Slots, 1)
	if c.Plan == nil {
		c.Plan = &schedulepb.Plan{}
	}
	e := &Engine{
		config: c, plan: c.Plan, slots: c.Slots,
		jobs: make([]*job, 0, len(c.Plan.Jobs)), byID: make(map[string]*job, len(c.Plan.Jobs)),
		resources: map[string]*resource{}, unitNamed: map[string]*unit{}, classOf: map[string]*class{},
		running: map[*job]struct{}{}, cleaners: map[string]*unit{},
	}
	e.classes = heap[*class]{less: classLess, moved: func(c *class, at int) { c.at = at }}
	e.idle = heap[uint32]{less: func(a, b uint32) bool { return a < b }}
	e.timers = heap[timer]{less: timerLess}
	e.lends = func(u *unit, shared bool) bool { return u.lends(e.scan, shared) }
	e.promises = func(u *unit, shared bool) bool { return u.lasts() && !u.claimed(e.scan, shared) }
	for slot := range c.Slots {
		e.idle.push(uint32(slot))
	}
	e.lay(c.Plan.Resources)
	return e
}

// Begin loads the plan and starts what can be. Call it once, before all else but [Engine.Gate].
func (e *Engine) Begin(now time.Time) Step {
	if e.config.Started.IsZero() {
		e.config.Started = now
	}
	e.enter(now)
	loaded := &schedulepb.PlanLoaded{
		Plan: e.plan, Slots: uint32(e.slots), Seed: e.config.Seed, Pid: int32(e.config.PID),
		Folder: e.config.Folder, Previous: e.config.Previous.GetRun(), Dir: e.config.Dir, Version: e.config.Version,
	}
	e.event(nil, 0, 0).Kind = &schedulepb.Event_PlanLoaded{PlanLoaded: loaded}
	e.load()
	e.limitTime()
	if e.left > 0 {
		e.startGuards()
	}
	for _, j := range e.jobs {
		switch {
		case j.state != pending:
		case j.fault != "":
			e.end(j, schedulepb.Status_STATUS_UNRUNNABLE, &schedulepb.Cause{Text: j.fault, Kind: "refused"}, nil)
		case j.rerun == keepPassed && j.spec.GetSkip() == "":
			e.keeps(j) // at once: were this run killed, the next one knows what had passed by this one alone
		case j.missing == 0:
			e.ready(j)
		}
	}
	return e.leave()
}

// Done reports whether all jobs, cleaners and guards have ended. Then Finish is to be called.
func (e *Engine) Done() bool {
	return e.finished || e.begunRun && e.left == 0 && len(e.running) == 0 && len(e.cleaners) == 0 && !e.guarded()
}

// Finish gives the last event, with the exit status. What has not ended is ended: not-run,
// or interrupted. Later inputs give empty steps.
func (e *Engine) Finish(now time.Time) Step {
	if !e.enter(now) {
		return Step{}
	}
	if !e.Done() {
		e.cutAll()
	}
	status, why := e.exitStatus()
	e.event(nil, 0, 0).Kind = &schedulepb.Event_RunFinished{RunFinished: &schedulepb.RunFinished{ExitStatus: status, Why: why}}
	e.finished = true
	return e.step
}

// Warn records a warning.
func (e *Engine) Warn(text string, now time.Time) Step {
	if !e.enter(now) {
		return Step{}
	}
	e.warn(text)
	return e.step
}

func (e *Engine) warn(text string) {
	e.event(nil, 0, 0).Kind = &schedulepb.Event_Warning{Warning: &schedulepb.Warning{Text: text}}
}

// enter begins a step, which is never before the last one. It is false if the run is over.
func (e *Engine) enter(now time.Time) bool {
	if now.Before(e.now) {
		now = e.now
	}
	e.now, e.stamp, e.since, e.step = now, nil, nil, Step{}
	e.begunRun = true
	return !e.finished
}

// leave ends a step: everything that follows from what was changed.
func (e *Engine) leave() Step {
	if !e.timeUp && !e.over.IsZero() && !e.now.Before(e.over.Add(-e.reserve)) {
		e.outOfTimeNow() // the timer is late
	}
	e.settle()
	e.dispatch()
	if e.left == 0 {
		e.stopGuards(false)
	}
	return e.step
}

// event adds an event to the step; the caller sets its kind.
func (e *Engine) event(j *job, attempt uint32, parent uint64) *schedulepb.Event {
	if e.stamp == nil {
		e.stamp, e.since = timestamppb.New(e.now), durationpb.New(e.now.Sub(e.config.Started))
	}
	e.sequence++
	event := &schedulepb.Event{
		Run: e.config.Run, Sequence: e.sequence, Parent: parent, Attempt: attempt, Time: e.stamp, Since: e.since,
	}
	if j != nil {
		event.Job = j.id()
	}
	e.step.Events = append(e.step.Events, event)
	return event
}

func (e *Engine) do(a Action) { e.step.Do = append(e.step.Do, a) }
