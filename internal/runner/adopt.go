package runner

import (
	"fmt"
	"os"
	"syscall"

	"github.com/ansar-go/ansar/internal/osproc"
)

// adopt takes up a component that runs already, and reports whether there was
// one, or at least its end.
func (k *keeper) adopt(restart int) (bool, error) {
	holder, err := k.home.Holder(k.spec.Role)
	if err != nil {
		return false, err
	}
	if holder != nil && !holder.Visible {
		return false, fmt.Errorf("process %d plays the role, and cannot be seen from here", holder.PID)
	}
	run, err := k.file.Last()
	if err != nil {
		return false, err
	}
	if restart == 0 && run != nil {
		k.base = run.Restart
	}
	var process kept
	if holder != nil {
		f, err := findHolder(holder)
		if err != nil {
			return false, err
		}
		if f != nil {
			process = f
		}
	}
	switch {
	case process != nil:
	case restart > 0:
		return false, nil // nobody plays it: as usual
	case run == nil:
		return false, fmt.Errorf("role %q is not running: there is nothing to adopt", k.spec.Role)
	default:
		process = gone(run.PID) // it has ended since: its end decides
	}
	if run != nil && (holder == nil || run.PID == holder.PID) {
		k.mu.Lock()
		k.number = run.Number
		k.mu.Unlock()
		k.began = run.Started
	}
	k.process = process
	k.tell.StartedAs(process.Pid(), k.run())
	k.post(occurrence{event: evReady, run: restart})
	go func() {
		<-process.Done()
		k.post(occurrence{event: evEnd, run: restart})
	}()
	return true, nil
}

// gone is the id of a process that has ended.
type gone int

func (g gone) Pid() int                         { return int(g) }
func (g gone) Signal(syscall.Signal) error      { return os.ErrProcessDone }
func (g gone) SignalGroup(syscall.Signal) error { return os.ErrProcessDone }
func (g gone) Exit() osproc.Exit                { return osproc.Exit{Status: -1} }

func (g gone) Done() <-chan struct{} {
	done := make(chan struct{})
	close(done)
	return done
}
