package schedule

import (
	"context"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/process"
	"github.com/ansar-go/ansar/lifecycle"
)

// calledProcess is the process of a call, held so that no other is mistaken for it.
type calledProcess struct {
	mu     sync.Mutex // guards the fields below
	held   *os.Process
	over   bool
	killed bool
}

// hold takes hold of the process just after it was started. One that comes after the
// kill is killed, too.
func (c *calledProcess) hold(pid int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	held, err := os.FindProcess(pid)
	if err != nil || c.over {
		return
	}
	if c.held != nil {
		_ = c.held.Release() // of a worker that did not take the call
	}
	c.held = held
	if c.killed {
		_ = held.Kill() // as below
	}
}

func (c *calledProcess) kill() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.killed = true
	if c.held != nil {
		_ = c.held.Kill() // it may have ended just now
	}
}

// release lets go of it.
func (c *calledProcess) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = true
	if c.held != nil {
		_ = c.held.Release() // there is nothing to do about it
		c.held = nil
	}
}

// callReins end a call: by a Stop, and when its grace is over by killing its
// processes. What runs in this process is left behind then.
type callReins struct {
	work      *work
	pid       *actor.PID
	called    *calledProcess
	inProcess bool
	pooled    bool // its process is to outlive it
	killing   sync.WaitGroup
	limit     *time.Timer     // of the grace; nil: it was not told to stop
	around    []process.Stray // what ran beside the call when it was told to stop

	mu   sync.Mutex // guards the field below
	sent []string
}

func (w *work) callReins(pid *actor.PID, called *calledProcess, isolation schedulepb.Isolation) *callReins {
	return &callReins{
		work: w, pid: pid, called: called,
		inProcess: isolation == schedulepb.Isolation_ISOLATION_IN_PROCESS, pooled: isolation == schedulepb.Isolation_ISOLATION_POOL,
	}
}

func (r *callReins) reins() reins { return reins{stop: r.stop, kill: r.kill} }

// stop has the object told to stop, which leaves it the grace of the job.
func (r *callReins) stop(why string) {
	if r.limit != nil {
		return
	}
	r.note("stop", why)
	if !r.inProcess && !r.pooled {
		r.around = process.Strays(r.work.token)
	}
	r.work.self.Stop(r.pid)
	r.limit = time.AfterFunc(r.work.grace+killReserve, func() { r.finish(why) })
}

// killReserve is what a process of ours has beside its grace to end itself.
const killReserve = 250 * time.Millisecond

func (r *callReins) kill(why string) {
	if r.limit != nil {
		r.limit.Stop()
	} else {
		r.limit = time.NewTimer(0)
	}
	r.killing.Go(func() { r.finish(why) })
}

// finish ends it now.
func (r *callReins) finish(why string) {
	self := r.work.self
	if r.inProcess {
		_ = self.Send(self.Address(), &lifecycle.Stop{Reason: why, Grace: durationpb.New(0)}) // to itself
		self.Stop(r.pid)
		return
	}
	r.note("SIGKILL", why)
	r.called.kill()
	self.Stop(r.pid) // it may not have begun, and is not to then
	if !r.pooled {
		process.KillStrays(context.Background(), r.work.token, -1, 0)
	}
}

func (r *callReins) note(signal, why string) {
	r.mu.Lock()
	r.sent = append(r.sent, signal)
	r.mu.Unlock()
	r.work.signalled(signal, why)
}

// end waits for what was begun. The call has ended.
func (r *callReins) end() {
	if r.limit != nil {
		r.limit.Stop()
	}
	r.killing.Wait()
}

// strays ends what the call has left, and gives it with what ran when the call was
// told to stop: a component that is not late ends that by itself.
func (r *callReins) strays() []process.Stray {
	if r.inProcess || r.pooled {
		return nil
	}
	left := process.KillStrays(context.Background(), r.work.token, leakWindow, r.work.grace)
	for _, s := range r.around {
		if !slices.ContainsFunc(left, func(l process.Stray) bool { return l.PID == s.PID }) {
			s.Killed = true
			left = append(left, s)
		}
	}
	return left
}

// killedBy names what was sent.
func (r *callReins) killedBy() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.sent, ", ")
}
