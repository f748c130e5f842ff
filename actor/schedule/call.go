package schedule

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/job"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/engine"
	"github.com/ansar-go/ansar/internal/schedule/process"
	"github.com/ansar-go/ansar/lifecycle"
)

// callLevel is how much of what a called object logs goes into the log of its job.
const callLevel = actor.LevelConsole

// callee is what a call runs.
type callee struct {
	name      string // as logs and faults show it
	isolation schedulepb.Isolation
	returns   string // full name of the message; empty: any

	// begin begins it below self.
	begin func(self *actor.Context, options ...actor.Option) *actor.PID
}

// call calls a component or an object of this program.
func (w *work) call(self *actor.Context, c *schedulepb.Call) engine.Outcome {
	input, settings, err := w.given(c)
	if err != nil {
		return failed(schedulepb.Status_STATUS_ERROR, "refused", err.Error())
	}
	isolation := w.job.GetIsolation()
	if isolation == schedulepb.Isolation_ISOLATION_POOL {
		return w.pooled(self, c, settings, input)
	}
	target := callee{name: c.GetExecutable(), isolation: schedulepb.Isolation_ISOLATION_PROCESS}
	target.begin = func(self *actor.Context, options ...actor.Option) *actor.PID {
		return self.Process(c.GetExecutable(), input, options...)
	}
	if c.GetObject() != "" {
		object, ok := actor.Defined(c.GetObject())
		if !ok {
			return failed(schedulepb.Status_STATUS_ERROR, "not-found", "this program defines no object "+c.GetObject())
		}
		target.name, target.returns = c.GetObject(), returnsOf(object)
		target.begin = func(self *actor.Context, options ...actor.Option) *actor.PID {
			return object.Create(self, input, options...)
		}
		if isolation == schedulepb.Isolation_ISOLATION_IN_PROCESS {
			target.isolation = isolation
		}
	} else if isolation == schedulepb.Isolation_ISOLATION_IN_PROCESS {
		return failed(schedulepb.Status_STATUS_ERROR, "refused", "an executable cannot be called in-process: give an object")
	}
	var options []actor.Option
	if settings != nil {
		options = append(options, actor.Settings(settings))
	}
	return w.carry(self, target, options...)
}

// returnsOf is the message that an object returns, if it is always one.
func returnsOf(object actor.Definition) string {
	if output := actor.Describe(object).Output; output != nil {
		return string(output.FullName())
	}
	return ""
}

// given reads input and settings of a call, with what it takes of other jobs.
func (w *work) given(c *schedulepb.Call) (input, settings proto.Message, err error) {
	if settings, err = w.run.options.given(c, "settings"); err != nil {
		return nil, nil, fmt.Errorf("read the settings: %w", err)
	}
	if input, err = w.run.options.given(c, "input"); err != nil {
		return nil, nil, fmt.Errorf("read the input: %w", err)
	}
	if len(c.GetTake()) > 0 && input == nil {
		return nil, nil, errors.New("take values of other jobs: the message of the input is not known: give one as a message")
	}
	input, err = w.take(input, c.GetTake())
	return input, settings, err
}

// role runs a role of a home, which is a call of its executable.
func (w *work) role(self *actor.Context, role *schedulepb.Role) engine.Outcome {
	if w.run.options.Roles == nil {
		return failed(schedulepb.Status_STATUS_ERROR, "refused", "this program runs no roles")
	}
	part, err := w.run.options.Roles(role)
	if err != nil {
		return failed(schedulepb.Status_STATUS_ERROR, "not-found", err.Error())
	}
	options := append([]actor.Option{actor.Role(role.GetName())}, part.Options...)
	if part.Settings != nil {
		options = append(options, actor.Settings(part.Settings))
	}
	target := callee{name: part.Executable, isolation: schedulepb.Isolation_ISOLATION_PROCESS}
	target.begin = func(self *actor.Context, options ...actor.Option) *actor.PID {
		return self.Process(part.Executable, part.Input, options...)
	}
	return w.carry(self, target, options...)
}

// function runs a function of the Go program, or an object that is defined under
// its name.
func (w *work) function(self *actor.Context, name string) engine.Outcome {
	f := w.run.options.Functions[name]
	if f == nil {
		return w.call(self, &schedulepb.Call{Object: name})
	}
	target := callee{name: name, isolation: schedulepb.Isolation_ISOLATION_IN_PROCESS}
	target.begin = func(self *actor.Context, options ...actor.Option) *actor.PID {
		return functionObject.Create(self, ticket(func(self *actor.Context) (proto.Message, error) {
			j, _ := job.From(self)
			return f(self, j)
		}), options...)
	}
	return w.carry(self, target)
}

// carry begins what is called, waits for its end, and ends what it leaves.
func (w *work) carry(self *actor.Context, target callee, options ...actor.Option) engine.Outcome {
	options, err := w.callOptions(self, options)
	if err != nil {
		return failed(schedulepb.Status_STATUS_ERROR, "refused", err.Error())
	}
	inProcess := target.isolation == schedulepb.Isolation_ISOLATION_IN_PROCESS
	var called calledProcess
	if inProcess {
		options = append(options, actor.InProcess())
		w.started(0, target.isolation, target.name)
	} else {
		process.Guard()
		options = append(options, actor.OnStarted(func(pid int) {
			called.hold(pid)
			_ = self.Send(self.Address(), &schedulepb.Event{Kind: &schedulepb.Event_JobStarted{JobStarted: &schedulepb.JobStarted{Pid: int32(pid)}}}) // to itself: it does not wait
		}))
	}
	pid := target.begin(self, options...)
	done := make(chan struct{})
	helped := w.helpers(done)
	r := w.callReins(pid, &called, target.isolation)
	steered := w.steer(done, r.reins())
	completed := w.await(self, pid, target)
	close(done)
	<-steered
	<-helped
	r.end()
	called.release()
	o := w.judge(completed, target, r.killedBy())
	o.Strays = strays(r.strays())
	return o
}

// leakWindow is how long what a call has left may take to end by itself.
const leakWindow = 200 * time.Millisecond

// callOptions is what every call of the work is given.
func (w *work) callOptions(self *actor.Context, options []actor.Option) ([]actor.Option, error) {
	if err := w.spill(); err != nil {
		return nil, err
	}
	header, err := job.Encode(w.assigned)
	if err != nil {
		return nil, err
	}
	options = append(options, w.log.CallOptions(callLevel)...)
	return append(options,
		actor.Header(job.Header, header), actor.Grace(max(w.grace, time.Millisecond)),
		actor.Environment(append(append(listed(w.job.GetEnvironment()), w.variables()...), process.Mark(w.token))...),
	), nil
}

// headerValues is how much of other jobs' values a header carries.
const headerValues = 64 << 10

// spill puts the values of other jobs into files once they are too many for a
// header.
func (w *work) spill() error {
	total := 0
	for i, need := range w.assigned.GetNeeds() {
		size := len(need.GetValue().GetPayload())
		if total += size; total <= headerValues {
			continue
		}
		total -= size
		file := filepath.Join(w.assigned.GetTemporary(), fmt.Sprintf("need-%d.binpb", i))
		if err := os.WriteFile(file, need.GetValue().GetPayload(), 0o666); err != nil {
			return err
		}
		need = proto.CloneOf(need)
		need.Value.Payload, need.Value.Json, need.Value.File = nil, "", file
		w.assigned.Needs[i] = need
	}
	return nil
}

// await passes on what the called object tells until it has ended.
func (w *work) await(self *actor.Context, pid *actor.PID, target callee) *lifecycle.Completed {
	for {
		m, err := self.Select()
		if err != nil {
			continue // who steers the work has seen it, too
		}
		switch body := m.Body.(type) {
		case *lifecycle.Completed:
			if m.From.Equal(pid) {
				return body
			}
		case *schedulepb.Emitted:
			w.forward(body)
		case *schedulepb.Event:
			if s := body.GetJobStarted(); s != nil {
				w.started(int(s.GetPid()), target.isolation, target.name)
			}
		}
	}
}

// helpers does what is due while a call runs, as it is for a command: it says when
// the call is slow, and runs what comes before the time limit.
func (w *work) helpers(done <-chan struct{}) <-chan struct{} {
	var waiting sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	at := func(d time.Duration, do func()) {
		waiting.Go(func() {
			timer := time.NewTimer(d)
			defer timer.Stop()
			select {
			case <-timer.C:
				do()
			case <-ctx.Done():
			}
		})
	}
	if slow := w.job.GetSlow().AsDuration(); slow > 0 {
		at(slow, w.slow)
	}
	if b := w.beforeStop(); b != nil {
		at(b.After, func() {
			limited, stop := context.WithTimeout(ctx, b.Limit)
			defer stop()
			b.Run(limited)
		})
	}
	helped := make(chan struct{})
	go func() {
		defer close(helped)
		<-done
		cancel()
		waiting.Wait()
	}()
	return helped
}
