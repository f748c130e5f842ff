package actor

import (
	"context"
	"maps"
	"slices"
	"syscall"
	"time"

	"github.com/ansar-go/ansar/lifecycle"
)

// Stop tells the main object to stop, and sees to it that the process ends
// within grace: the object has a quarter of it to stop its children; then that
// is done for it; at the end, what is left of them is killed and the process
// exits. Only a stop that leaves less time than an earlier one changes
// anything.
func (h *Host) Stop(reason string, grace time.Duration) {
	h.mu.Lock()
	until := time.Now().Add(grace)
	if h.result != nil || !h.deadline.IsZero() && !until.Before(h.deadline) {
		h.mu.Unlock()
		return
	}
	h.deadline = until
	for _, t := range h.timers {
		t.Stop()
	}
	main := h.main
	stop := stopIn(grace, reason)
	h.pending = stop
	h.timers = []*time.Timer{
		time.AfterFunc(grace/4, func() { h.endTree(until, reason) }),
		time.AfterFunc(grace, h.overdue),
	}
	h.mu.Unlock()
	if main != nil {
		main.tell(stop)
	}
}

// endTree stops the children of objects that are slow to do it themselves, in
// this process and in others, and whatever they still begin.
func (h *Host) endTree(until time.Time, reason string) {
	h.node.stopping(reason, until)
	left := lessReserve(time.Until(until))
	for _, self := range h.node.living() {
		self.endChildren(left, reason)
	}
	for _, p := range h.node.processes() { // those of nobody too
		p.child.stop(stopIn(left, reason), false)
	}
}

// overdue ends the process whatever it does. An object that only waits for its
// children, which are killed now, has a moment more for its own clean-up.
func (h *Host) overdue() {
	h.killChildren()
	h.mu.Lock()
	heeds := h.main != nil && h.main.heeds() && h.result == nil
	if heeds {
		h.timers = append(h.timers, time.AfterFunc(lastMoment, h.tooLate))
	}
	h.mu.Unlock()
	if !heeds {
		h.tooLate()
	}
}

// lastMoment is for objects whose children did not end in time.
const lastMoment = 800 * time.Millisecond

func (h *Host) tooLate() {
	killOthers(100 * time.Millisecond)
	h.abandon("it did not stop in time")
}

// stopsAt is when everything must have ended; zero if nobody asked for it.
func (h *Host) stopsAt() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.deadline
}

// Kill ends the process now: every child with its process group, then this
// one. The parent is told that it was aborted.
func (h *Host) Kill(why string) {
	h.killChildren()
	killStrays(100 * time.Millisecond)
	h.abandon(why)
}

func (h *Host) killChildren() {
	for _, p := range h.node.processes() {
		if running := p.live.Load(); running != nil {
			_ = running.SignalGroup(syscall.SIGKILL) // it may be gone already
		}
	}
}

// abandon ends the process without its object.
func (h *Host) abandon(why string) {
	aborted := lifecycle.Complete(&lifecycle.Aborted{Executable: h.name(), Explanation: why})
	if h.link != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		_ = h.link.Completed(ctx, lastFrame(aborted)) // it hears of the end of the process anyhow
		_ = h.link.CloseWrite(ctx)
	}
	h.leave(aborted)
}

// name is what the process is called by: its object, once there is one.
func (h *Host) name() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.main != nil {
		return h.called
	}
	return programName()
}

// OnOverdue says how the process is to exit when it was killed: for programs
// that have more to do than to exit with status 1. It must not return.
func (h *Host) OnOverdue(leave func(*lifecycle.Completed)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.leave = leave
}

// processes lists the child processes of the whole process.
func (n *node) processes() []*process {
	n.mu.Lock()
	defer n.mu.Unlock()
	list := make([]*process, 0, len(n.procs))
	for _, p := range n.procs {
		list = append(list, p)
	}
	return list
}

// process is the child process at an address, or nil.
func (n *node) process(pid *PID) *process {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.procs[pid.GetAddress()]
}

// living lists the objects of the process.
func (n *node) living() []*Context {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Collect(maps.Values(n.objects))
}

// stopOrder is the order to end the process, or nil.
func (n *node) stopOrder() *stopOrder {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.stopped
}

// stopping has everything that is begun from now on stopped at once.
func (n *node) stopping(reason string, until time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.stopped = &stopOrder{reason: reason, deadline: until}
}

// endProcesses stops the processes that belong to no object, and waits.
func (n *node) endProcesses(grace time.Duration) {
	list := n.processes()
	for _, p := range list {
		p.child.stop(stopIn(grace, "its parent is ending"), false)
	}
	for _, p := range list {
		<-p.child.ended
	}
}
