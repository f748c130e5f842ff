package group

import (
	"cmp"
	"errors"
	"os"
	"sync"
	"syscall"
	"time"

	"google.golang.org/protobuf/types/known/anypb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/lifecycle"
)

// reserve is how much longer than its roles a run may take to end: for those
// that have to be killed, and for the report.
const reserve = 2*terminateLimit + time.Second

// Ending is what a role returned.
type Ending struct {
	Role  string
	Value *anypb.Any
	Fault error // what Value is, if it is a fault; nil otherwise
	Told  bool  // it was told to stop
	Late  bool  // it did not stop in time, and was killed
}

// failed reports whether the ending makes the run a failure: a fault, or the exit
// status of a plain program. That a role was aborted does not count where the
// run was told to stop, nor how a plain program exits that was told to.
func (e *Ending) failed(stopped bool) bool {
	code := new(lifecycle.ExitCode)
	switch {
	case e.Fault != nil:
		return !stopped || !errors.Is(e.Fault, lifecycle.ErrAborted)
	case e.Value.MessageIs(code) && e.Value.UnmarshalTo(code) == nil:
		return code.GetCode() != 0 && !e.Told
	}
	return false
}

// Result is what came of a [Run].
type Result struct {
	Completed []Ending // in order of completion
	Stopped   bool     // the run was told to stop before its end
	Killed    bool     // what was left of it was killed
}

// Failed reports whether a role ended in a fault, or a plain program with an
// exit status but 0. What a role does that was told to stop does not count: that
// it is aborted, or the status it exits with.
func (r *Result) Failed() bool {
	for _, e := range r.Completed {
		if e.failed(r.Stopped) {
			return true
		}
	}
	return false
}

// RunOptions adjust [Run]. A nil *RunOptions means the defaults.
type RunOptions struct {
	// Args are arguments for each component: settings for this one run.
	Args []string

	// Grace is how long a role may take after it was told to stop. If zero, 10
	// seconds, and for a plain program what its property command says.
	Grace time.Duration

	// Forwarding is the role that reads Stdin. If empty, none does.
	Forwarding string
	Stdin      *os.File

	// Reservation gives each role back when it has started or ended. May be nil.
	Reservation *home.Reservation

	// Completed is called for each role that has ended, one at a time. If nil,
	// nobody is told before all have.
	Completed func(Ending)

	// Output is called for each line that a plain program prints, from any
	// goroutine. If nil, they are discarded.
	Output func(Line)

	// Signals are orders to end: at the first, each role is told to stop, at the
	// second, what is left is killed. If nil, there are none.
	Signals <-chan os.Signal

	// Leave ends the program after a kill, with what came until then. It must
	// not return. It is needed where Signals are.
	Leave func(*Result)
}

// Run runs the roles of a home, each in a process of its own below this one, and
// returns when all of them have ended and nothing that they started is left. Those
// that come after others by the property after begin when those are ready, and
// are told to stop before them. It can be called once in a program, before
// everything else of package actor but actor.LogTo.
//
// What goes wrong with a role is its ending; the error says that there was no
// run at all. The caller has reserved the roles and seen to it that none of them
// runs; see [CheckOrder], too.
func Run(h *home.Home, roles []home.Role, o *RunOptions) (*Result, error) {
	o = cmp.Or(o, &RunOptions{})
	order, err := newOrder(h, roles)
	if err != nil {
		return nil, err
	}
	host, err := actor.NewHost()
	if err != nil {
		return nil, err
	}
	r := newRun(h, order, o)
	if o.Forwarding != "" {
		if err := r.forward(); err != nil {
			return nil, err
		}
		defer r.input.Close()
	}
	host.Locate(r.locate)
	done := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() { r.heed(host, done) })
	host.Finish(host.Run(actor.Define("run", r.object), nil, nil, nil))
	close(done)
	watching.Wait()
	return r.end(false), nil
}

// run is one Run.
type run struct {
	home     *home.Home
	roles    []home.Role
	options  *RunOptions
	began    time.Time
	before   map[string][]string // for each role, those that must be ready first
	behind   map[string][]string // for each role, those that must have ended first
	self     *actor.Context      // of the object
	stopping bool                // the object was told to stop; its own
	input    *os.File            // what the forwarding role reads; nil: none does

	mu     sync.Mutex // guards the fields below
	parts  map[string]*part
	result Result
	news   []news // what the object has not heard yet
	ended  bool   // the result was given away
}

func newRun(h *home.Home, o *order, options *RunOptions) *run {
	r := &run{
		home: h, roles: o.roles, options: options, began: time.Now().Truncate(time.Millisecond),
		before: o.before, behind: o.backwards(), parts: map[string]*part{},
	}
	for _, role := range o.roles {
		r.parts[role.Name] = &part{role: role}
	}
	return r
}

// locate finds the executable of a role, and says to it which role it plays.
func (r *run) locate(name, role string) (actor.Launch, error) {
	path, err := r.home.Lookup(name)
	args := append([]string{name, "--home-path=" + r.home.Root(), "--role-name=" + role}, r.options.Args...)
	return actor.Launch{Path: path, Args: args}, err
}

func (r *run) complete(e Ending) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.parts[e.Role]
	e.Told = p.told
	p.state = partOver
	if aborted := new(lifecycle.Aborted); errors.As(e.Fault, &aborted) {
		e.Late = r.result.Stopped && aborted.GetSignal() == int32(syscall.SIGKILL)
	}
	p.failed = e.failed(false)
	r.result.Completed = append(r.result.Completed, e)
}

// grace is how long it may take to stop all roles, those behind others first.
func (r *run) grace() time.Duration {
	longest := cmp.Or(r.options.Grace, actor.DefaultGrace)
	if r.options.Grace == 0 {
		for _, role := range r.roles {
			longest = max(longest, ownGrace(role))
		}
	}
	return time.Duration(r.levels())*(longest+terminateLimit) + reserve
}

// levels is how many roles, at most, have to be stopped one after the other.
func (r *run) levels() int {
	depth := map[string]int{}
	var measure func(string) int
	measure = func(name string) int {
		if depth[name] == 0 {
			deepest := 0
			for _, other := range r.before[name] {
				deepest = max(deepest, measure(other))
			}
			depth[name] = deepest + 1
		}
		return depth[name]
	}
	deepest := 1
	for _, role := range r.roles {
		deepest = max(deepest, measure(role.Name))
	}
	return deepest
}

// heed turns signals into orders.
func (r *run) heed(host *actor.Host, done <-chan struct{}) {
	host.OnOverdue(func(*lifecycle.Completed) {
		r.killPlain()
		r.options.Leave(r.end(true))
	})
	for told := false; ; told = true {
		select {
		case <-done:
			return
		case s := <-r.options.Signals:
			r.told(told)
			if told {
				r.killPlain()
				host.Kill("interrupted twice")
			}
			host.Stop(s.String(), r.grace())
		}
	}
}

// told notes that the run was told to end, or to end at once: what comes then is
// seen in that light.
func (r *run) told(kill bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.result.Stopped = true
	r.result.Killed = kill
}

// end gives the result away, once: who comes second waits for the end of the
// process. What has not ended is being killed then.
func (r *run) end(killed bool) *Result {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		r.mu.Unlock()
		select {}
	}
	r.ended = true
	r.result.Killed = r.result.Killed || killed
	for _, role := range r.roles {
		if p := r.parts[role.Name]; p.state != partOver {
			aborted := &lifecycle.Aborted{Executable: role.Executable, Explanation: "it was killed"}
			if p.state == partRunning {
				r.settle(role.Name, killedEnd())
			}
			r.result.Completed = append(r.result.Completed, Ending{
				Role: role.Name, Value: lifecycle.Complete(aborted).GetValue(), Fault: aborted,
			})
		}
	}
	return &r.result
}
