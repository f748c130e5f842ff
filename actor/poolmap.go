package actor

import (
	"context"
	"iter"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/lifecycle"
)

// Map calls the pool with each of the inputs and gives the results in the order of
// the inputs. Inputs are taken ahead of the results, but only so many ([LookAhead]):
// the inputs may be endless. They are taken in the goroutine of the loop: as long as
// inputs blocks, the loop does, too.
//
// Each call may go wrong by itself, which is the Err of its Result. After the end of
// ctx or of the pool one more input is taken at most, and the loop ends with the
// errors of what was begun: it never ends without an error before the inputs do.
//
// A loop that is left early, by break, return or a panic, stops the calls that run
// and waits for their ends.
func (p *Pool[I, O]) Map(ctx context.Context, inputs iter.Seq[I], options ...Option) iter.Seq[Result[I, O]] {
	return p.mapped(ctx, sure(inputs), true, options)
}

// MapUnordered is [Pool.Map], but gives each result as soon as it is there.
func (p *Pool[I, O]) MapUnordered(ctx context.Context, inputs iter.Seq[I], options ...Option) iter.Seq[Result[I, O]] {
	return p.mapped(ctx, sure(inputs), false, options)
}

// StarMap is [Pool.Map] over inputs that are made of something else, such as of
// several sequences by [Zip], which may fail: an error is the Err of the last result.
func (p *Pool[I, O]) StarMap(ctx context.Context, inputs iter.Seq2[I, error], options ...Option) iter.Seq[Result[I, O]] {
	return p.mapped(ctx, inputs, true, options)
}

// StarMapUnordered is [Pool.StarMap], but gives each result as soon as it is there.
func (p *Pool[I, O]) StarMapUnordered(ctx context.Context, inputs iter.Seq2[I, error], options ...Option) iter.Seq[Result[I, O]] {
	return p.mapped(ctx, inputs, false, options)
}

func sure[I any](inputs iter.Seq[I]) iter.Seq2[I, error] {
	return func(yield func(I, error) bool) {
		for in := range inputs {
			if !yield(in, nil) {
				return
			}
		}
	}
}

func (p *Pool[I, O]) mapped(ctx context.Context, inputs iter.Seq2[I, error], ordered bool, options []Option) iter.Seq[Result[I, O]] {
	return func(yield func(Result[I, O]) bool) {
		limit := p.crew.spec.lookAhead
		m := &mapping[I, O]{
			pool: p, ctx: ctx, ordered: ordered, limit: limit, ready: make(chan *item[I, O], limit), yield: yield,
		}
		defer m.end()
		for in, err := range inputs {
			more := m.add(in, err, options)
			if !m.give(limit - 1) {
				return
			}
			if !more {
				break
			}
		}
		m.give(0)
	}
}

// mapping is one loop over a Map. All but the ends of calls is of its goroutine.
type mapping[I, O proto.Message] struct {
	pool    *Pool[I, O]
	ctx     context.Context
	ordered bool
	limit   int
	yield   func(Result[I, O]) bool

	ready   chan *item[I, O] // ends of calls, room for all
	pending []*item[I, O]    // in order, not given yet
	count   int              // inputs so far
	dropped bool             // what runs was told to stop
}

// item is one input on its way.
type item[I, O proto.Message] struct {
	Result[I, O]
	task      *task // nil: it was not begun
	completed *lifecycle.Completed
	ended     bool
	stopped   bool // because nobody waits for it
}

// add begins the call of an input. It reports false if no other can follow.
func (m *mapping[I, O]) add(in I, err error, options []Option) bool {
	it := &item[I, O]{Result: Result[I, O]{Index: m.count, Input: in, Err: err}}
	m.count++
	m.pending = append(m.pending, it)
	if err != nil {
		it.ended = true
		return false
	}
	if m.ctx.Err() != nil {
		it.Err, it.ended = interrupted(m.ctx), true
		return false
	}
	order := m.pool.order(m.ctx, in, options)
	it.task = &task{order: order, owner: owner(m.ctx), done: func(completed *lifecycle.Completed) {
		it.completed = completed
		m.ready <- it
	}}
	it.Err = m.pool.crew.submit(it.task)
	it.ended = it.Err != nil
	return it.Err == nil || !m.pool.crew.isClosed()
}

// give yields results until no more than keep are pending, and those that are there
// already. It reports false if the loop is over.
func (m *mapping[I, O]) give(keep int) bool {
	for {
		for i := m.next(); i >= 0; i = m.next() {
			it := m.pending[i]
			m.pending = append(m.pending[:i], m.pending[i+1:]...)
			if !m.yield(it.Result) {
				return false
			}
		}
		if len(m.pending) > keep {
			m.settle(m.wait())
			continue
		}
		select {
		case it := <-m.ready:
			m.settle(it)
		default:
			return true
		}
	}
}

// next is the place of a result to be given now, or -1.
func (m *mapping[I, O]) next() int {
	for i, it := range m.pending {
		if it.ended {
			return i
		}
		if m.ordered {
			break
		}
	}
	return -1
}

// wait gives the next end. The end of the context stops all that runs.
func (m *mapping[I, O]) wait() *item[I, O] {
	if !m.dropped {
		select {
		case it := <-m.ready:
			return it
		case <-m.ctx.Done():
			m.drop("its caller stopped waiting")
		}
	}
	return <-m.ready
}

// settle reads what a call returned.
func (m *mapping[I, O]) settle(it *item[I, O]) {
	it.ended = true
	if it.stopped {
		it.Err = interrupted(m.ctx)
		return
	}
	it.Output, it.Err = valueOf[O](it.completed)
}

// drop ends all that is not ended.
func (m *mapping[I, O]) drop(reason string) {
	m.dropped = true
	for _, it := range m.pending {
		if !it.ended {
			it.stopped = m.pool.crew.drop(it.task, stopIn(it.task.grace(m.pool.crew), reason))
		}
	}
}

// end waits until nothing of the loop is left.
func (m *mapping[I, O]) end() {
	m.drop("its results are not wanted any more")
	left := 0
	for _, it := range m.pending {
		if !it.ended {
			left++
		}
	}
	for range left {
		<-m.ready
	}
}
