package actor

import (
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/ansar-go/ansar/lifecycle"
)

// Main must be the first thing that a program does which calls its own objects
// in processes: in main, or in TestMain for tests. If this process was started
// to run one of the program's objects, Main runs it and exits; otherwise it
// returns at once. framework.CreateObject does the same by itself.
func Main() {
	entered.Store(true)
	if !startedForObject() {
		return
	}
	h, err := NewHost()
	if err != nil {
		os.Stderr.WriteString(programName() + ": " + err.Error() + "\n")
		os.Exit(1)
	}
	begin := h.Begin()
	if begin == nil {
		os.Exit(1) // the parent is gone: nobody to tell
	}
	h.HeedSignals()
	completed := h.ServeNamed(begin)
	h.Exit(completed)
}

// ServeNamed runs the object of this program that the parent named, with what
// it gave.
func (h *Host) ServeNamed(begin *Begin) *lifecycle.Completed {
	found, ok := kinds.Load(begin.Object)
	if !ok {
		what := "no object called " + begin.Object
		if begin.Object == "" {
			what = "objects for its own use only: a program that is called by name needs framework.CreateObject"
		}
		return lifecycle.Complete(&lifecycle.Faulted{
			Cause: lifecycle.Faulted_CAUSE_NOT_FRAMEWORK, Condition: "cannot run " + programName(), Explanation: "it has " + what,
		})
	}
	k, _ := found.(*kind)
	return h.Serve(definition{k}, begin)
}

// Serve runs the object with what the parent gave.
func (h *Host) Serve(def Definition, begin *Begin) *lifecycle.Completed {
	begin.For(def)
	settings, err := begin.Settings()
	if err != nil {
		return lifecycle.Complete(lifecycle.FaultOf(err))
	}
	input, err := begin.Input()
	if err != nil {
		return lifecycle.Complete(lifecycle.FaultOf(err))
	}
	return h.Run(def, begin, settings, input)
}

// definition is a kind seen from outside.
type definition struct{ k *kind }

// Name implements [Definition].
func (d definition) Name() string { return d.k.name }

// Announced implements [Definition].
func (d definition) Announced() bool { return d.k.announces }

func (d definition) definition() *kind { return d.k }

// Exit tells the parent what came of it, leaves nothing behind, and exits:
// with status 1 for a fault, with 0 otherwise.
func (h *Host) Exit(c *lifecycle.Completed) {
	h.Finish(c)
	if faultIn(c.GetValue()) != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

// Finish is Exit for programs that have more to say: it tells the parent, if
// there is one, and leaves no process behind.
func (h *Host) Finish(c *lifecycle.Completed) {
	if until := h.stopsAt(); h.Hosted() && !until.IsZero() { // the parent waits, and has little time
		awaitOrphans(min(DefaultOrphanLimit, time.Until(until)-reserve))
		killOthers(reserve)
	} else {
		awaitOrphans(DefaultOrphanLimit + time.Second)
		killStrays(time.Second)
	}
	h.Tell(c)
}

// HeedSignals makes SIGINT, SIGTERM, SIGHUP and SIGQUIT stops.
func (h *Host) HeedSignals() {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	go func() {
		for s := range signals {
			h.Stop(s.String(), DefaultGrace)
		}
	}()
}
