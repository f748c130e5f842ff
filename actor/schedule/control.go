package schedule

import (
	"context"
	"errors"
	"sync"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/lifecycle"
)

// ErrNotRunning is wrapped by the errors of a [Control] whose run has not begun, or
// has ended.
var ErrNotRunning = errors.New("the run is not running")

// Control influences a run while it lasts; give it to [Run] by [Options]. The zero
// value is ready, and serves one run at a time. Its methods may be called from any
// goroutine, and wait until the scheduler has done what they ask for.
type Control struct {
	mu  sync.Mutex // guards the field below
	pid *actor.PID // of the scheduler; nil: there is none
}

// Interrupt ends the run early: nothing more is started, what runs is told to stop
// within its grace, and all reports are written. It is what the end of Run's context
// does.
func (c *Control) Interrupt(why string) error {
	return c.ask(&schedulepb.Control{What: &schedulepb.Control_Interrupt{Interrupt: &schedulepb.Interrupt{Stage: 1, Why: why}}})
}

// Kill ends the run at once: what runs is killed.
func (c *Control) Kill(why string) error {
	return c.ask(&schedulepb.Control{What: &schedulepb.Control_Interrupt{Interrupt: &schedulepb.Interrupt{Stage: 2, Why: why}}})
}

// Pause has nothing more started until it is called with false. What runs goes on.
func (c *Control) Pause(paused bool, why string) error {
	return c.ask(&schedulepb.Control{What: &schedulepb.Control_Pause{Pause: &schedulepb.Pause{Paused: paused, Why: why}}})
}

// Cancel ends one job: it is told to stop if it runs, and not started if it does
// not. The error says that there is no such job, or that it has ended.
func (c *Control) Cancel(job, why string) error {
	return c.ask(&schedulepb.Control{What: &schedulepb.Control_Cancel{Cancel: &schedulepb.CancelJob{Job: job, Why: why}}})
}

// Add makes a job part of the run. It may need any job that is there, also one
// that has ended. The error says why it is refused. by is who asks, for the report.
func (c *Control) Add(job *schedulepb.Job, by string) error {
	return c.ask(&schedulepb.Control{What: &schedulepb.Control_Add{Add: &schedulepb.AddJob{Job: proto.CloneOf(job), By: by}}})
}

func (c *Control) ask(m *schedulepb.Control) error {
	c.mu.Lock()
	pid := c.pid
	c.mu.Unlock()
	if pid == nil {
		return ErrNotRunning
	}
	reply, err := actor.Request[*schedulepb.Controlled](context.Background(), pid, m)
	var gone *lifecycle.Faulted
	switch {
	case errors.As(err, &gone) && gone.GetCause() == lifecycle.Faulted_CAUSE_GONE:
		return ErrNotRunning
	case err != nil:
		return err
	case reply.GetRefused() != "":
		return errors.New(reply.GetRefused())
	}
	return nil
}

// bind gives the control a scheduler, or takes it away.
func (c *Control) bind(pid *actor.PID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pid = pid
}
