package actor

import (
	"runtime"
	"time"

	"google.golang.org/protobuf/proto"
)

// PoolOption adjusts a pool. Every [Option] is one, too: Settings, LogLevel,
// Role, Processors and Environment are for the workers, InProcess is for the whole
// pool, Timeout, Grace and Header are what each call has that says nothing else.
type PoolOption interface{ adjustPool(s *poolSpec) }

// poolSpec is what a pool is to be.
type poolSpec struct {
	order     order // of each worker; its time-out and headers are of each call
	size      int
	recycle   int    // calls of a worker; 0: any number
	memory    uint64 // resident bytes of a worker; 0: any number
	warm      int
	first     proto.Message // nil: none
	lookAhead int
}

func (o Option) adjustPool(s *poolSpec) { o(&s.order) }

type poolOption func(*poolSpec)

func (o poolOption) adjustPool(s *poolSpec) { o(s) }

// Size is how many workers a pool has at most, and so how many of its calls run
// at a time. The default is the number of processors.
func Size(n int) PoolOption { return poolOption(func(s *poolSpec) { s.size = n }) }

// Recycle has each worker replaced after so many calls. The default is never. It
// means nothing with [InProcess].
func Recycle(calls int) PoolOption { return poolOption(func(s *poolSpec) { s.recycle = calls }) }

// RecycleMemory has a worker replaced after a call that leaves it with more
// resident memory than that, in bytes. The default is never. It means nothing with
// [InProcess].
func RecycleMemory(bytes uint64) PoolOption {
	return poolOption(func(s *poolSpec) { s.memory = bytes })
}

// WarmUp has so many workers started at once, as far as the budget of processes
// allows, instead of each when a call needs it.
func WarmUp(workers int) PoolOption { return poolOption(func(s *poolSpec) { s.warm = workers }) }

// FirstInput is what each new worker is called with before it has any other call,
// to load what the calls need. What that call returns does not matter.
func FirstInput(m proto.Message) PoolOption { return poolOption(func(s *poolSpec) { s.first = m }) }

// LookAhead is how many inputs Map takes before their results are taken. The
// default is twice the size.
func LookAhead(n int) PoolOption { return poolOption(func(s *poolSpec) { s.lookAhead = n }) }

func newPoolSpec(o *order, options []PoolOption) *poolSpec {
	s := &poolSpec{order: *o}
	Processors(1)(&s.order)
	for _, option := range options {
		option.adjustPool(s)
	}
	if s.size <= 0 {
		s.size = max(1, runtime.NumCPU())
	}
	if s.lookAhead <= 0 {
		s.lookAhead = 2 * s.size
	}
	s.warm = min(s.warm, s.size)
	return s
}

// each is the order of a call of the pool, to which its own options come.
func (s *poolSpec) each() *order {
	o := &order{
		name: s.order.name, kind: s.order.kind, settings: s.order.settings, inProcess: s.order.inProcess, role: s.order.role,
		timed: s.order.timed, timeout: s.order.timeout, grace: s.order.grace, headers: s.callHeaders(),
	}
	if o.inProcess {
		o.level, o.sink, o.env, o.ready = s.order.level, s.order.sink, s.order.env, s.order.ready
	}
	return o
}

// callHeaders are those that the called object sees.
func (s *poolSpec) callHeaders() map[string]string {
	var headers map[string]string
	for name, value := range s.order.headers {
		if name == processorsHeader {
			continue
		}
		if headers == nil {
			headers = map[string]string{}
		}
		headers[name] = value
	}
	return headers
}

// worker is the order of a new worker.
func (s *poolSpec) worker() *order {
	o := s.order
	o.timed, o.timeout, o.deadline, o.stdin, o.ready = false, 0, time.Time{}, nil, nil
	o.headers = map[string]string{workerHeader: "1", processorsHeader: s.order.headers[processorsHeader]}
	return &o
}
