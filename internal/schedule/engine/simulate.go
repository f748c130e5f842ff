package engine

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Simulation says how jobs behave in a dry run.
type Simulation struct {
	// Duration is how long an attempt takes. Nil: the job's estimate, else as in the
	// previous run, else a second.
	Duration func(job *schedulepb.Job) time.Duration

	// Fails says whether the attempt fails. Nil: none does.
	Fails func(job *schedulepb.Job, attempt uint32) bool
}

// Simulate gives the events of a run in which nothing is really done. Its time is made up: it begins at
// Config.Started, and passes as fast as can be. Artefacts are announced at even intervals, cleaners
// take a second and succeed, no fingerprint is known, and no other run holds anything.
func Simulate(c Config, s Simulation) []*schedulepb.Event {
	if c.Started.IsZero() {
		c.Started = time.Unix(0, 0).UTC()
	}
	w := newWorld(New(c), c.Started, s)
	w.take(w.engine.Begin(w.now))
	for !w.engine.Done() {
		if !w.turn() {
			break
		}
	}
	w.take(w.engine.Finish(w.now))
	return w.events
}

// world is what stands in for all that the engine drives.
type world struct {
	engine *Engine
	now    time.Time
	how    Simulation
	events []*schedulepb.Event
	next   heap[happening]
	count  int
}

// happening is something that the engine is going to be told.
type happening struct {
	at   time.Time
	turn int // in the order of planning
	tell func(now time.Time) Step
}

func newWorld(e *Engine, start time.Time, s Simulation) *world {
	w := &world{engine: e, now: start, how: s}
	w.next.less = func(a, b happening) bool {
		if !a.at.Equal(b.at) {
			return a.at.Before(b.at)
		}
		return a.turn < b.turn
	}
	if w.how.Duration == nil {
		w.how.Duration = func(spec *schedulepb.Job) time.Duration { return e.own(e.byID[spec.GetId()], time.Second) }
	}
	if w.how.Fails == nil {
		w.how.Fails = func(*schedulepb.Job, uint32) bool { return false }
	}
	return w
}

// turn lets the next thing happen. It is false if there is none.
func (w *world) turn() bool {
	wake := w.engine.Wake()
	if w.next.len() > 0 && (wake.IsZero() || !w.next.top().at.After(wake)) {
		h := w.next.pop()
		w.now = h.at
		w.take(h.tell(w.now))
		return true
	}
	if wake.IsZero() {
		return false
	}
	w.now = wake
	w.take(w.engine.Timer(w.now))
	return true
}

func (w *world) later(d time.Duration, tell func(now time.Time) Step) {
	w.count++
	w.next.push(happening{at: w.now.Add(d), turn: w.count, tell: tell})
}

func (w *world) take(s Step) {
	w.events = append(w.events, s.Events...)
	for _, a := range s.Do {
		w.act(a)
	}
}

func (w *world) act(a Action) {
	e := w.engine
	switch a := a.(type) {
	case StartAttempt:
		w.start(a)
	case StopAttempt:
		w.later(0, func(now time.Time) Step {
			return e.Ended(a.Job, a.Attempt, Outcome{Status: schedulepb.Status_STATUS_INTERRUPTED}, now)
		})
	case Fingerprint:
		w.later(0, func(now time.Time) Step { return e.Fingerprinted(a.Job.GetId(), "", nil, now) })
	case StartCleaner:
		w.later(time.Second, func(now time.Time) Step {
			return e.CleanerEnded(a.ID, Outcome{Status: schedulepb.Status_STATUS_OK}, now)
		})
	case StartGuard:
		w.later(0, func(now time.Time) Step { return e.GuardStarted(a.Guard.GetId(), 0, "", now) })
	case StopGuard:
		w.later(0, func(now time.Time) Step {
			return e.GuardEnded(a.ID, Outcome{Status: schedulepb.Status_STATUS_OK}, now)
		})
	case AcquireHost:
		w.later(0, func(now time.Time) Step { return e.HostGranted(a.Job, now) })
	}
}

func (w *world) start(a StartAttempt) {
	e, id := w.engine, a.Job.GetId()
	w.take(e.Happened(id, a.Attempt, &schedulepb.Event_JobStarted{JobStarted: &schedulepb.JobStarted{
		Slot: a.Slot, Deadline: timestamppb.New(a.Deadline), Isolation: a.Job.GetIsolation(),
	}}, w.now))
	d, o := w.how.Duration(a.Job), Outcome{Status: schedulepb.Status_STATUS_OK}
	if w.how.Fails(a.Job, a.Attempt) {
		o.Status = schedulepb.Status_STATUS_FAILED
	}
	if most := max(a.Deadline.Sub(w.now), 0); d > most {
		d, o.Status = most, schedulepb.Status_STATUS_TIMED_OUT
	} else if o.Status == schedulepb.Status_STATUS_OK {
		for i, name := range a.Job.GetArtefacts() {
			m := &schedulepb.Emitted{What: &schedulepb.Emitted_Artefact{Artefact: &schedulepb.ArtefactReady{Name: name}}}
			w.later(d*time.Duration(i+1)/time.Duration(len(a.Job.GetArtefacts())+1), func(now time.Time) Step {
				return e.Emitted(id, a.Attempt, m, now)
			})
		}
	}
	o.Took = d
	w.later(d, func(now time.Time) Step { return e.Ended(id, a.Attempt, o, now) })
}
