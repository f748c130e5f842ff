package framework

import (
	"cmp"
	"os"
	"os/signal"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/lifecycle"
)

// ending is how a program comes to its end.
type ending struct {
	stopped  atomic.Bool // a signal asked for it
	reported atomic.Bool // somebody says, or has said, what came of the object
}

// heedSignals makes SIGINT, SIGTERM, SIGHUP and SIGQUIT stops. A second one
// kills what is left, in a program without a parent. Who writes to a pipe that
// nobody reads gets an error and no signal, so that the children still end in
// order.
//
// Signals that were ignored when the program was started stay so in a tool:
// that is how nohup and jobs in the background of a script want it.
func (p *program) heedSignals() {
	heeded := []os.Signal{syscall.SIGPIPE, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT}
	if !p.host.Hosted() && p.part == nil {
		heeded = slices.DeleteFunc(heeded, signal.Ignored)
	}
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, heeded...)
	go func() { // lives as long as the process
		for s := range signals {
			switch {
			case s == syscall.SIGPIPE:
			case p.host.Hosted() || !p.ending.stopped.Swap(true):
				p.stoppedBy(s)
				p.host.Stop(s.String(), p.grace())
			default:
				p.host.Kill("killed by a second signal")
			}
		}
	}()
}

// grace is how long the program may take to end after a signal.
func (p *program) grace() time.Duration {
	if p.given == nil { // called with nothing but a message
		return actor.DefaultGrace
	}
	return cmp.Or(p.given.grace, actor.DefaultGrace)
}

// killed ends a program without a parent whose children had to be killed.
func (p *program) killed(completed *lifecycle.Completed) {
	if p.ending.reported.Swap(true) {
		select {} // the process exits any moment
	}
	aborted := &lifecycle.Aborted{}
	if err := completed.GetValue().UnmarshalTo(aborted); err == nil {
		aborted.Executable = "" // the line begins with it
	}
	if p.run.Load() != nil {
		p.endKilled(completed, exitInterrupted)
	}
	p.say("%v", aborted)
	os.Exit(exitInterrupted)
}
