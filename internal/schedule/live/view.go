package live

import (
	"io"
	"sync"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Options adjust [New].
type Options struct {
	// Terminal says that the output is a terminal that can be drawn upon. If
	// false, lines are written.
	Terminal bool

	// Previous is the report of an earlier run of the same plan, from which it is
	// estimated how long this one takes. May be nil.
	Previous *schedulepb.Report

	// Called says how the folder of the run is to be called where logs are named. If
	// nil, as the run itself calls it.
	Called func(folder string) string
}

// View shows a run. Its methods may be called by any goroutine, events in order.
type View struct {
	show shower

	changed chan struct{} // holds one note that there is something new
	closing chan struct{}
	done    sync.WaitGroup
	once    sync.Once

	mu    sync.Mutex // guards the fields below
	state *state
	lines []string // not written yet
}

// shower is what brings a view to those who look.
type shower interface {
	// events says what an event is to be written as, with the state before and
	// after it. It is called with the view locked.
	line(e *schedulepb.Event, s *state) string

	// drive shows what is new until the view is closed.
	drive(v *View)
}

// New returns a view that writes to out. It has to be closed.
func New(out io.Writer, o Options) *View {
	v := &View{changed: make(chan struct{}, 1), closing: make(chan struct{}), state: newState(o.Previous)}
	v.state.called = o.Called
	if o.Terminal {
		v.show = &screen{out: out}
	} else {
		v.show = &writer{out: out}
	}
	v.done.Go(func() { v.show.drive(v) })
	return v
}

// Event takes in an event of the run. It never waits for the output.
func (v *View) Event(e *schedulepb.Event) {
	v.mu.Lock()
	v.state.apply(e, time.Now())
	if line := v.show.line(e, v.state); line != "" {
		v.lines = append(v.lines, line)
	}
	v.mu.Unlock()
	v.wake()
}

func (v *View) wake() {
	select {
	case v.changed <- struct{}{}:
	default: // one is enough
	}
}

// Close shows what is new, takes what was drawn off the terminal, and returns when
// nothing more is going to be written. It may be called more than once.
func (v *View) Close() {
	v.once.Do(func() { close(v.closing) })
	v.done.Wait()
}

// take returns the lines that are not written yet.
func (v *View) take() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	lines := v.lines
	v.lines = nil
	return lines
}

// frame draws what is known now. It reports whether something in it grows older.
func (v *View) frame(width, height int, left string) (text string, ages bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.state.frame(time.Now(), width, height, left), len(v.state.running) > 0
}

// estimate says when the end is to be expected, empty if that is not known.
func (v *View) estimate() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	left, ok := v.state.left(time.Now())
	if !ok || v.state.ended || v.state.done == len(v.state.order) {
		return ""
	}
	if left < time.Second {
		return "nearly done"
	}
	return "about " + elapsed(left.Round(time.Second)) + " left"
}
