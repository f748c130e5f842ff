package actor

import (
	"errors"
	"math/rand/v2"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/internal/interval"
	"github.com/ansar-go/ansar/lifecycle"
)

// Retrying gives an object that tries another one again as long as that ends
// in lifecycle.ErrMaybe, after the pauses that retry describes. Nothing else is
// tried again. When the pauses are used up, it ends in Exhausted, with the number
// of attempts and what the last one said.
//
// Each attempt is the object begun anew, in the same process, with the same
// settings and input. Its parent is that of the whole, which also passes on what
// others send to it; and it is ready when an attempt says so. An attempt that
// ends in an Interrupted whose work is an input for the object is resumed: tried
// again with that as its input. A stop is passed on to the attempt; during a
// pause it ends the whole at once.
//
// The object that is given may be the main object of a process (see
// [Host.Run]). The error says which number of retry cannot be waited for.
func Retrying(def Definition, retry *lifecycle.Retry) (Definition, error) {
	steps := interval.Steps{
		First: retry.GetFirstSteps(), Regular: retry.RegularSteps, Limit: retry.StepLimit,
		Randomized: retry.Randomized, Truncated: retry.Truncated,
	}
	if err := steps.Check(); err != nil {
		return nil, err
	}
	return definition{def.definition().retrying(steps, nil)}, nil
}

// retrying is the kind that tries k again. With nil for random, nobody can
// foretell the random part of its pauses.
func (k *kind) retrying(steps interval.Steps, random *rand.Rand) *kind {
	whole := *k
	whole.name, whole.subject = "Retry", k.name
	whole.run = func(self *Context, settings, input proto.Message) (proto.Message, error) {
		r := &retry{kind: k, settings: settings, input: input, next: steps.Delays(random)}
		self.state.Store(string(r.state.name()))
		value, err := self.drive(r)
		if fault := lifecycle.Fault(nil); errors.As(err, &fault) {
			return fault, nil // as it is: the attempt knew what a stop makes of it
		}
		return value, err
	}
	return &whole
}

// attempt begins the object anew.
func (r *retry) attempt(self *Context, _ Message) retryState {
	r.attempts++
	o := &order{
		name: r.kind.name, kind: r.kind, settings: r.settings, input: r.input, inProcess: true, stands: true, headers: self.headers,
	}
	if r.kind.announces {
		o.ready = self.Ready
	}
	r.child = self.begin(o, nil)
	return retryAttempting
}

// pause waits for the next attempt, if there is to be one.
func (r *retry) pause(self *Context, m Message) retryState {
	again := faultIn(m.Body.(*lifecycle.Completed).GetValue())
	if work := r.resumable(again); work != nil {
		r.input = work
	}
	d, ok := r.next()
	if !ok {
		self.Complete(r.exhausted(again))
	}
	self.Console("Pausing for %f seconds", d.Seconds())
	self.StartTimer(T1, d)
	return retryPausing
}

// exhausted is the end of the last attempt. Work that is half done is not lost.
func (r *retry) exhausted(last lifecycle.Fault) lifecycle.Fault {
	if _, maybe := last.(*lifecycle.Maybe); !maybe {
		return last
	}
	return &lifecycle.Exhausted{Attempts: r.attempts, Explanation: last.Error()}
}

// resumable is the work of an Interrupted, if it is an input for the object.
func (r *retry) resumable(fault lifecycle.Fault) proto.Message {
	interrupted, ok := fault.(*lifecycle.Interrupted)
	if !ok || r.kind.input == nil || interrupted.GetWork().MessageName() != r.kind.input.Descriptor().FullName() {
		return nil
	}
	work, err := interrupted.GetWork().UnmarshalNew()
	if err != nil {
		return nil
	}
	return work
}

// finish passes on what the attempt was worth.
func (r *retry) finish(self *Context, m Message) retryState {
	value, err := valueOf[proto.Message](m.Body.(*lifecycle.Completed))
	if fault := lifecycle.Fault(nil); errors.As(err, &fault) {
		value = fault
	}
	self.Complete(value)
	panic("unreachable")
}

// abort ends the whole at a stop, where there is no attempt.
func (r *retry) abort(self *Context, m Message) retryState {
	if stop, ok := m.Body.(*lifecycle.Stop); ok {
		r.reason = stop.GetReason()
	}
	self.Complete(&lifecycle.Aborted{Explanation: r.reason})
	panic("unreachable")
}

// clear passes a stop on to the attempt.
func (r *retry) clear(self *Context, m Message) retryState {
	stop, _ := m.Body.(*lifecycle.Stop)
	r.reason = stop.GetReason()
	self.Stop(r.child)
	return retryClearing
}

// pass gives the attempt what was sent to the whole.
func (r *retry) pass(self *Context, m Message) retryState {
	_ = self.Forward(r.child, m.Body, m.From) // one that has ended needs nothing
	return retryAttempting
}
