package schedule

import (
	"errors"
	"os"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/engine"
	"github.com/ansar-go/ansar/lifecycle"
)

// Timers of the scheduler.
var (
	wakeTimer = actor.T1 // the engine has something to do
	gateTimer = actor.T2 // load or memory may allow more by now
	killTimer = actor.T3 // half of the scheduler's own grace is over
)

// scheduler is the object of a run: it tells the engine what happens and does what
// the engine says. All of it is used by the object's own goroutine alone.
type scheduler struct {
	run        *run
	self       *actor.Context
	engine     *engine.Engine
	control    Control              // for the end of Run's context
	began      func(pid *actor.PID) // called once
	ended      func() error         // why Run's context has ended; nil: it has not
	never      string               // why nothing is started at all; not changed after began
	over       chan struct{}        // closed when it does nothing more
	subscriber *subscriber          // nil: nobody subscribes
	wakeAt     time.Time            // when wakeTimer is due; zero: it is not set
	gate       gate
	pools      pools
	hosts      hosts
	keys       keys

	attempts map[attemptKey]*work
	cleaners map[string]*work
	guards   map[string]*work

	guardStarts int

	steps    []engine.Step // that are not done yet
	stepping bool
}

// attemptKey names an attempt.
type attemptKey struct {
	job    string
	number uint32
}

// task is what the scheduler does when an object that it began has ended: err is
// nil if its body has returned.
type task struct{ done func(err error) }

func newScheduler(r *run) *scheduler {
	s := &scheduler{
		run: r, over: make(chan struct{}), attempts: map[attemptKey]*work{}, cleaners: map[string]*work{}, guards: map[string]*work{},
	}
	s.engine = engine.New(engine.Config{
		Plan: r.plan, Slots: r.slots, Seed: r.options.Seed, Run: r.id, Folder: r.folder, Dir: r.options.Dir,
		Version: r.options.Version, PID: os.Getpid(), Previous: r.options.Previous, Rerun: r.options.Rerun, Started: r.began,
	})
	s.gate = newGate(r.plan.GetLimits())
	s.pools.init(s)
	s.hosts.init(s)
	s.keys.init(s)
	return s
}

// live is the life of the scheduler.
func (s *scheduler) live(self *actor.Context) (proto.Message, error) {
	defer close(s.over)
	s.self = self
	if hear := s.run.options.Events; hear != nil {
		s.subscriber = subscribe(hear, func() { _ = self.Send(self.Address(), &schedulepb.Warning{}) }) // or it is over
	}
	if err := s.ended(); err != nil {
		s.never = err.Error()
	}
	s.began(self.Address())
	s.begins()
	for !s.engine.Done() || self.Working() > 0 {
		s.turn()
	}
	s.pools.close()
	keptUp := s.subscriber.settle()
	s.warn()
	if !keptUp {
		s.apply(s.engine.Warn("a subscriber does not return: it misses the last events", time.Now()))
	}
	s.apply(s.engine.Finish(time.Now()))
	s.subscriber.end(keptUp)
	return nil, nil
}

// begins starts what can be. If nothing is to be, all jobs are not-run.
func (s *scheduler) begins() {
	if s.never == "" {
		s.checkGate()
		s.apply(s.engine.Begin(time.Now()))
		return
	}
	now := time.Now()
	s.apply(s.engine.Gate(false, "interrupted: "+s.never, now), s.engine.Begin(now), s.engine.Interrupt(1, s.never, now))
}

// turn takes one message, after all that is due by the clock: a flood of messages
// delays no timer.
func (s *scheduler) turn() {
	s.warn()
	if wake := s.engine.Wake(); !wake.IsZero() && !time.Now().Before(wake) {
		s.wakeAt = time.Time{}
		s.apply(s.engine.Timer(time.Now()))
		return
	}
	s.checkGate()
	s.setTimer()
	m, err := s.self.Select()
	var stop *lifecycle.Stop
	switch {
	case errors.As(err, &stop):
		s.self.StartTimer(killTimer, stop.GetGrace().AsDuration()/2)
		s.apply(s.engine.Interrupt(1, stop.Error(), time.Now()))
	case err == nil:
		s.take(m)
	}
}

// setTimer has the engine woken in time. One that comes too early does no harm.
func (s *scheduler) setTimer() {
	wake := s.engine.Wake()
	if wake.IsZero() || !s.wakeAt.IsZero() && !wake.Before(s.wakeAt) {
		return
	}
	s.wakeAt = wake
	s.self.StartTimer(wakeTimer, time.Until(wake))
}

// take deals with one message.
func (s *scheduler) take(m actor.Message) {
	now := time.Now()
	switch body := m.Body.(type) {
	case *lifecycle.Completed:
		if t := actor.DebriefAs[*task](s.self, m); t != nil {
			_, err := actor.Value[proto.Message](m)
			t.done(err)
		}
	case *schedulepb.Event:
		s.happened(body, now)
	case *schedulepb.Emitted:
		if body.GetAttempt() > 0 { // what guards and cleaners tell besides is in their logs
			s.apply(s.engine.Emitted(body.GetJob(), body.GetAttempt(), body, now))
		}
	case *schedulepb.GuardResumed:
		s.apply(s.engine.GuardResumed(body.GetId(), now))
	case *schedulepb.Control:
		s.reply(m.From, s.controlled(body, now))
	case *lifecycle.T1:
		s.wakeAt = time.Time{}
	case *lifecycle.T2:
		s.gate.due()
	case *lifecycle.T3:
		s.apply(s.engine.Interrupt(2, "the grace is half over", now))
	}
}

// happened passes on what an attempt or a guard tells of itself. The events of
// cleaners are in their logs alone.
func (s *scheduler) happened(e *schedulepb.Event, now time.Time) {
	if g := e.GetGuardChanged(); g != nil {
		s.apply(s.engine.GuardStarted(g.GetId(), int(g.GetPid()), g.GetLog(), now))
		return
	}
	if e.GetAttempt() > 0 {
		s.apply(s.engine.Happened(e.GetJob(), e.GetAttempt(), e.GetKind(), now))
	}
}

// controlled does what is asked for, and gives why it was refused.
func (s *scheduler) controlled(c *schedulepb.Control, now time.Time) error {
	switch what := c.GetWhat().(type) {
	case *schedulepb.Control_Interrupt:
		s.apply(s.engine.Interrupt(what.Interrupt.GetStage(), what.Interrupt.GetWhy(), now))
	case *schedulepb.Control_Pause:
		s.apply(s.engine.Pause(what.Pause.GetPaused(), what.Pause.GetWhy(), now))
	case *schedulepb.Control_Cancel:
		return s.cancel(what.Cancel, now)
	case *schedulepb.Control_Add:
		return s.add(what.Add, now)
	}
	return nil
}

func (s *scheduler) reply(to *actor.PID, err error) {
	answer := &schedulepb.Controlled{}
	if err != nil {
		answer.Refused = err.Error()
	}
	_ = s.self.Send(to, answer) // who asked may be gone
}

// begin begins an object, and has done called when it has ended.
func (s *scheduler) begin(kind *object, grace time.Duration, b body, done func(err error)) *actor.PID {
	pid := beginObject(s.self, kind, grace, b)
	s.self.Assign(pid, &task{done: done})
	return pid
}

// warn records what subscribers have missed.
func (s *scheduler) warn() {
	for _, text := range s.subscriber.take() {
		s.apply(s.engine.Warn(text, time.Now()))
	}
}
