package schedule

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/job"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/engine"
)

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
