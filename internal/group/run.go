package group

import (
	"cmp"
	"errors"
	"os"
	"sync"
	"syscall"
	"time"

	"google.golang.org/protobuf/proto"
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
	Late  bool  // it was told to stop, did not in time, and was killed
}

// Result is what came of a [Run].
type Result struct {
	Completed []Ending // in order of completion
	Stopped   bool     // the run was told to stop before its end
	Killed    bool     // what was left of it was killed
}

// Failed reports whether a role ended in a fault. That a role was aborted does
// not count where it was told to stop.
func (r *Result) Failed() bool {
	for _, e := range r.Completed {
		if e.Fault != nil && !(r.Stopped && errors.Is(e.Fault, lifecycle.ErrAborted)) {
			return true
		}
	}
	return false
}

// RunOptions adjust [Run]. A nil *RunOptions means the defaults.
type RunOptions struct {
	// Args are arguments for each role: settings for this one run.
	Args []string

	// Grace is how long a role may take after it was told to stop.
	// If zero, 10 seconds.
	Grace time.Duration

	// Forwarding is the role that reads Stdin. If empty, none does.
	Forwarding string
	Stdin      *os.File

	// Completed is called for each role that has ended, one at a time. If nil,
	// nobody is told before all have.
	Completed func(Ending)

	// Signals are orders to end: at the first, each role is told to stop, at the
	// second, what is left is killed. If nil, there are none.
	Signals <-chan os.Signal

	// Leave ends the program after a kill, with what came until then. It must
	// not return. It is needed where Signals are.
	Leave func(*Result)
}

// Run runs the roles of a home, each in a process of its own below this one, and
// returns when all of them have ended and nothing that they started is left. It
// can be called once in a program, before everything else of package actor but
// actor.LogTo.
//
// What goes wrong with a role is its ending; the error says that there was no
// run at all.
func Run(h *home.Home, roles []home.Role, o *RunOptions) (*Result, error) {
	if o == nil {
		o = &RunOptions{}
	}
	host, err := actor.NewHost()
	if err != nil {
		return nil, err
	}
	r := &run{home: h, roles: roles, options: o, grace: cmp.Or(o.Grace, actor.DefaultGrace)}
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
	home    *home.Home
	roles   []home.Role
	options *RunOptions
	grace   time.Duration
	input   *os.File // what the forwarding role reads; nil: none does

	mu      sync.Mutex // guards the fields below
	result  Result
	pending map[string]bool // roles that have not ended
	ended   bool            // the result was given away
}

// locate finds the executable of a role, and says to it which role it plays.
func (r *run) locate(name, role string) (actor.Launch, error) {
	path, err := r.home.Lookup(name)
	args := append([]string{name, "--home-path=" + r.home.Root(), "--role-name=" + role}, r.options.Args...)
	return actor.Launch{Path: path, Args: args}, err
}

// object runs all roles at once and hears them out.
func (r *run) object(self *actor.Context, _, _ *lifecycle.None) (*lifecycle.Ack, error) {
	r.begin()
	for _, role := range r.roles {
		options := []actor.Option{actor.Role(role.Name), actor.Grace(r.grace)}
		if role.Name == r.options.Forwarding {
			options = append(options, actor.Stdin(r.input))
		}
		self.Assign(self.Process(role.Executable, nil, options...), role.Name)
	}
	for self.Working() > 0 {
		m, err := self.Select(actor.KindOf[*lifecycle.Completed]())
		if err != nil { // told to stop: so are they, and their ends are heard as any others
			for _, job := range self.Running() {
				self.Stop(job.PID)
			}
			continue
		}
		role := actor.DebriefAs[string](self, m)
		_, fault := actor.Value[proto.Message](m)
		completed, _ := m.Body.(*lifecycle.Completed)
		ending := Ending{Role: role, Value: completed.GetValue(), Fault: fault}
		r.complete(ending)
		if r.options.Completed != nil {
			r.options.Completed(ending)
		}
	}
	return &lifecycle.Ack{}, nil
}

func (r *run) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pending = map[string]bool{}
	for _, role := range r.roles {
		r.pending[role.Name] = true
	}
}

func (r *run) complete(e Ending) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.pending, e.Role)
	if aborted := new(lifecycle.Aborted); errors.As(e.Fault, &aborted) {
		e.Late = r.result.Stopped && aborted.GetSignal() == int32(syscall.SIGKILL)
	}
	r.result.Completed = append(r.result.Completed, e)
}

// heed turns signals into orders.
func (r *run) heed(host *actor.Host, done <-chan struct{}) {
	host.OnOverdue(func(*lifecycle.Completed) { r.options.Leave(r.end(true)) })
	for told := false; ; told = true {
		select {
		case <-done:
			return
		case s := <-r.options.Signals:
			r.told(told)
			if told {
				host.Kill("interrupted twice")
			}
			host.Stop(s.String(), r.grace+reserve)
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
		if r.pending[role.Name] {
			aborted := &lifecycle.Aborted{Executable: role.Executable, Explanation: "it was killed"}
			r.result.Completed = append(r.result.Completed, Ending{
				Role: role.Name, Value: lifecycle.Complete(aborted).GetValue(), Fault: aborted,
			})
		}
	}
	return &r.result
}
