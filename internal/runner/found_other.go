//go:build !linux

package runner

import (
	"syscall"
	"time"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/osproc"
)

// found is a process that plays a role already.
type found struct {
	holder *home.Holder
	done   chan struct{}
}

func findHolder(holder *home.Holder) (*found, error) {
	f := &found{holder, make(chan struct{})}
	go f.await()
	return f, nil
}

// await asks once a second: no event of this system tells a Go program of the
// end of what is not its child.
func (f *found) await() {
	defer close(f.done)
	for f.holder.Alive() {
		time.Sleep(time.Second)
	}
}

func (f *found) Pid() int              { return f.holder.PID }
func (f *found) Done() <-chan struct{} { return f.done }
func (f *found) Exit() osproc.Exit     { return osproc.Exit{Status: -1} }

// Signal sends a signal to the process.
func (f *found) Signal(s syscall.Signal) error {
	if !f.holder.Alive() {
		return syscall.ESRCH
	}
	return syscall.Kill(f.holder.PID, s)
}

// SignalGroup sends a signal to the group that the process leads.
func (f *found) SignalGroup(s syscall.Signal) error {
	if !f.holder.Alive() {
		return syscall.ESRCH
	}
	return syscall.Kill(-f.holder.PID, s)
}
