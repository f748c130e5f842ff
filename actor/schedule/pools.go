package schedule

import (
	"context"
	"errors"
	"os"
	"sync"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/engine"
	"github.com/ansar-go/ansar/lifecycle"
)

// pool is a pool of workers for any messages.
type pool = actor.Pool[proto.Message, proto.Message]

// pools are the pools of a run, one for each executable or object, and settings.
// They are children of the scheduler, and end with it.
type pools struct {
	scheduler *scheduler
	size      int

	mu      sync.Mutex // guards the fields below
	open    map[string]*pool
	workers []*os.Process
}

func (p *pools) init(s *scheduler) {
	p.scheduler, p.open, p.size = s, map[string]*pool{}, s.run.slots
	if limit := int(s.run.plan.GetLimits().GetWorkers()); limit > 0 {
		p.size = max(1, min(limit/max(1, distinct(s.run.plan)), p.size))
	}
}

// distinct counts the executables and objects that have a pool.
func distinct(plan *schedulepb.Plan) int {
	names := map[string]bool{}
	for _, j := range plan.GetJobs() {
		if j.GetCall() != nil && j.GetIsolation() == schedulepb.Isolation_ISOLATION_POOL {
			names[poolKey(j.GetCall(), nil)] = true
		}
	}
	return len(names)
}

func poolKey(c *schedulepb.Call, settings proto.Message) string {
	key := "object " + c.GetObject()
	if c.GetObject() == "" {
		key = "executable " + c.GetExecutable()
	}
	if settings != nil {
		bytes, _ := proto.MarshalOptions{Deterministic: true}.Marshal(settings) // the call itself will say what is wrong
		key += "\x00" + string(settings.ProtoReflect().Descriptor().FullName()) + "\x00" + string(bytes)
	}
	return key
}

// of gives the pool for a call, and makes it for the first one.
func (p *pools) of(c *schedulepb.Call, settings proto.Message) (*pool, string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	object, known := actor.Defined(c.GetObject())
	switch {
	case c.GetObject() != "" && !known:
		return nil, "", errors.New("this program defines no object " + c.GetObject())
	case known && settings != nil:
		object = object.With(settings)
	}
	returns := ""
	if known {
		returns = returnsOf(object)
	}
	key := poolKey(c, settings)
	if found := p.open[key]; found != nil {
		return found, returns, nil
	}
	options := []actor.PoolOption{actor.Size(p.size), actor.OnStarted(p.hold)}
	if known {
		p.open[key] = object.Pool(p.scheduler.self, options...)
		return p.open[key], returns, nil
	}
	if settings != nil {
		options = append(options, actor.Settings(settings))
	}
	p.open[key] = actor.NewPool[proto.Message, proto.Message](p.scheduler.self, c.GetExecutable(), options...)
	return p.open[key], returns, nil
}

// hold takes hold of a worker just after it was started.
func (p *pools) hold(pid int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if held, err := os.FindProcess(pid); err == nil {
		p.workers = append(p.workers, held)
	}
}

// kill kills all workers: the run ends now.
func (p *pools) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, worker := range p.workers {
		_ = worker.Kill() // it may have ended
	}
}

// close ends the workers and waits until they are gone.
func (p *pools) close() {
	p.mu.Lock()
	open := p.open
	p.open = map[string]*pool{}
	p.mu.Unlock()
	for _, pool := range open {
		pool.Close()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, worker := range p.workers {
		_ = worker.Release() // there is nothing to do about it
	}
	p.workers = nil
}

// pooled has the call done by a worker.
func (w *work) pooled(self *actor.Context, c *schedulepb.Call, settings, input proto.Message) engine.Outcome {
	workers, returns, err := w.pools.of(c, settings)
	if err != nil {
		return failed(schedulepb.Status_STATUS_ERROR, "not-found", err.Error())
	}
	options, err := w.callOptions(self, nil)
	if err != nil {
		return failed(schedulepb.Status_STATUS_ERROR, "refused", err.Error())
	}
	target := callee{name: c.GetExecutable(), isolation: schedulepb.Isolation_ISOLATION_POOL, returns: returns}
	if c.GetObject() != "" {
		target.name = c.GetObject()
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	done := make(chan struct{})
	helped := w.helpers(done)
	r := &poolReins{work: w, cancel: cancel}
	w.started(0, target.isolation, target.name)
	steered := w.steer(done, reins{stop: r.stop, kill: r.kill})
	var completed *lifecycle.Completed
	go func() { // ends when the call has, which the context brings about
		out, err := workers.Call(ctx, input, options...)
		completed = completedOf(out, err)
		_ = self.Send(self.Address(), &lifecycle.Completed{}) // to itself: it does not wait
	}()
	w.await(self, self.Address(), target)
	close(done)
	<-steered
	<-helped
	return w.judge(completed, target, r.sent)
}

// completedOf is the end of a call as the object itself has told it.
func completedOf(out proto.Message, err error) *lifecycle.Completed {
	if err != nil {
		return lifecycle.Complete(lifecycle.FaultOf(err))
	}
	if packed, ok := out.(*anypb.Any); ok { // of a type that is not known here
		return &lifecycle.Completed{Value: packed}
	}
	return lifecycle.Complete(out)
}

// poolReins end a call of a worker.
type poolReins struct {
	work   *work
	cancel context.CancelCauseFunc
	sent   string // written by who steers, read after that has ended
}

func (r *poolReins) stop(why string) {
	if r.sent == "" {
		r.sent = "stop"
		r.work.signalled("stop", why)
	}
	r.cancel(errors.New(why))
}

// kill ends the workers, all of them: it comes with the end of the run.
func (r *poolReins) kill(why string) {
	r.stop(why)
	r.sent = "stop, SIGKILL"
	r.work.signalled("SIGKILL", why)
	r.work.pools.kill()
}
