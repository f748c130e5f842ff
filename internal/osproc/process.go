package osproc

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"
)

// Process is a process that [Start] started. Its methods may be called from
// any goroutine, and none of them blocks.
type Process struct {
	pid      int
	pidfd    *os.File // nil: this system has none, or the poller refuses it
	started  time.Time
	exited   chan struct{}
	done     chan struct{}
	exit     Exit  // valid once exited is closed
	tail     *tail // nil: none is kept
	drains   []*drain
	draining sync.WaitGroup
	onEnd    func(*Process) // nil: nobody is told

	mu    sync.Mutex // guards the fields below, and is held while a signal is sent
	ended bool       // the process may not be sent a signal any more: the id may soon be another's
	left  bool       // what it has left may be, as the id is still its own
}

// Pid returns the process id, which is the id of its process group, too.
// After Exited it may belong to another process: do not signal it by number.
func (p *Process) Pid() int { return p.pid }

// Exited is closed as soon as the process itself has ended. Its descendants
// may still run, and its last output may still be on its way.
func (p *Process) Exited() <-chan struct{} { return p.exited }

// Done is closed when nothing of the process is left: its group has ended, it
// is reaped, and its outputs are drained. That is at most 2 s after Exited,
// plus the time that the Writers and [Spec.Ended] take.
func (p *Process) Done() <-chan struct{} { return p.done }

// Exit returns how the process ended. It is valid once Exited is closed, and
// the zero Exit before.
func (p *Process) Exit() Exit {
	select {
	case <-p.exited:
		return p.exit
	default:
		return Exit{}
	}
}

// Tail returns the last whole lines of stderr so far as valid UTF-8, the
// unterminated last line included. It is complete once Done is closed.
func (p *Process) Tail() string {
	if p.tail == nil {
		return ""
	}
	return p.tail.String()
}

// WriteErr returns the first error, or panic, of each of the two Writers, or
// nil. It is valid once Done is closed, and nil before.
func (p *Process) WriteErr() error {
	select {
	case <-p.done:
	default:
		return nil
	}
	var errs []error
	for _, d := range p.drains {
		errs = append(errs, d.failure)
	}
	return errors.Join(errs...)
}

// Signal sends sig to the process, and to nothing else.
// The error is [os.ErrProcessDone] after its end.
func (p *Process) Signal(sig syscall.Signal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return os.ErrProcessDone
	}
	return p.sent(sig, p.send(sig))
}

// SignalGroup sends sig to every process of the process group that Start
// created. SIGKILL reaches the process even if it has left that group.
// The error is [os.ErrProcessDone] after the end of the process, and of
// [Spec.Ended]: what is left of its group is being killed by then.
func (p *Process) SignalGroup(sig syscall.Signal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended && p.left {
		return p.sent(sig, syscall.Kill(-p.pid, sig))
	}
	if p.ended {
		return os.ErrProcessDone
	}
	err := syscall.Kill(-p.pid, sig)
	if errors.Is(err, syscall.ESRCH) || sig == syscall.SIGKILL {
		err = p.send(sig)
	}
	return p.sent(sig, err)
}

// sent turns the result of sending sig into an error to read.
func (p *Process) sent(sig syscall.Signal, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ESRCH):
		return os.ErrProcessDone
	default:
		return fmt.Errorf("signal process %d (%v): %w", p.pid, sig, err)
	}
}

// watch follows the process to its end and cleans up behind it. It is the one
// goroutine that waits for the process; doc.go lists its steps.
func (p *Process) watch() {
	defer close(p.done)
	p.end()
	for _, d := range p.drains {
		d.finish(p.started.Add(p.exit.Took))
	}
	p.awaitGroup()
	p.draining.Wait()
}

// announce makes the end of the process known.
func (p *Process) announce(exit Exit) {
	exit.Took = time.Since(p.started)
	p.exit = exit
	p.mu.Lock()
	p.ended = true
	p.mu.Unlock()
	close(p.exited)
}

// tellEnd calls Ended, while the id is reserved for the group.
func (p *Process) tellEnd() {
	if p.onEnd == nil {
		return
	}
	p.setLeft(true)
	p.onEnd(p)
	p.setLeft(false)
}

func (p *Process) setLeft(left bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left = left
}
