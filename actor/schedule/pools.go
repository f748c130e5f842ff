package schedule

import (
	"cmp"
	"errors"
	"sync"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/engine"
	"github.com/ansar-go/ansar/internal/schedule/process"
)

// pool is a pool of workers for any messages.
type pool = actor.Pool[proto.Message, proto.Message]

// pools are the pools of a run, one for each executable or object, and settings.
// They are children of the scheduler, and end with it.
type pools struct {
	scheduler *scheduler
	size      int

	mu   sync.Mutex // guards the field below
	open map[string]*pool
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
	// What a worker leaves is found by its mark when this process is killed.
	options := []actor.PoolOption{actor.Size(p.size), actor.Environment(process.Mark(process.NewToken()))}
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

// close ends the workers and waits until they are gone.
func (p *pools) close() {
	p.mu.Lock()
	open := p.open
	p.open = map[string]*pool{}
	p.mu.Unlock()
	for _, pool := range open {
		pool.Close()
	}
}

// pooled has the call done by a worker.
func (w *work) pooled(self *actor.Context, c *schedulepb.Call, settings, input proto.Message) engine.Outcome {
	workers, returns, err := w.pools.of(c, settings)
	if err != nil {
		return failed(schedulepb.Status_STATUS_ERROR, "not-found", err.Error())
	}
	target := callee{name: cmp.Or(c.GetObject(), c.GetExecutable()), isolation: schedulepb.Isolation_ISOLATION_POOL, returns: returns}
	target.begin = func(self *actor.Context, options ...actor.Option) *actor.PID {
		return workers.Create(self, input, options...)
	}
	return w.carry(self, target)
}
