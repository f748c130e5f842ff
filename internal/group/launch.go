package group

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/ansar-go/ansar/internal/background"
	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/home"
)

const (
	// wordLimit is how long after its end the words of a process are waited for:
	// a stray descendant may hold the pipe.
	wordLimit = 500 * time.Millisecond

	// interruptLimit is how long a process that was just begun may take to say
	// that it has started, once the command was interrupted.
	interruptLimit = time.Second
)

// StartError says why a role did not start, or is not ready in time.
type StartError struct {
	Role   string
	Reason string

	// Lines are the last lines of its log, if it failed.
	Lines []string

	// Slow says that the role goes on, and may be ready later.
	Slow bool

	// Locked is the process that plays the role already, 0 if none does.
	Locked int
}

func (e *StartError) Error() string { return fmt.Sprintf("cannot start %q - %s", e.Role, e.Reason) }

// launch is the start of one role.
type launch struct {
	*start
	role    home.Role
	spawned *spawned
	begun   Begun
	started atomic.Bool
	leave   sync.Once
}

func (l *launch) fail(format string, args ...any) error {
	return &StartError{Role: l.role.Name, Reason: fmt.Sprintf(format, args...)}
}

// run starts the process and hears what comes of it.
func (l *launch) run(ctx context.Context) error {
	args := l.options.Args
	if own, ok := l.options.RoleArgs[l.role.Name]; ok {
		args = own
	}
	select {
	case l.slots <- struct{}{}:
	case <-ctx.Done():
		return l.fail("it was not started, because of an interrupt")
	}
	defer l.arrived()
	deadline := time.Now().Add(l.timeout)
	var err error
	if l.spawned, err = spawn(l.home, l.role, args, l.by); err != nil {
		return l.fail("%v", err)
	}
	events := l.spawned.events
	defer events.Close()
	_ = events.SetReadDeadline(deadline) // a pipe has deadlines
	heard := make(chan struct{})
	defer close(heard)
	go func() { // ends when all was heard
		select {
		case <-l.spawned.process.Exited():
			_ = events.SetReadDeadline(time.Now().Add(wordLimit))
		case <-ctx.Done():
			if !l.started.Load() {
				_ = events.SetReadDeadline(time.Now().Add(interruptLimit))
				return
			}
			_ = events.SetReadDeadline(time.Now()) // it goes on, and nobody waits for it
		case <-heard:
		}
	}()
	return l.hear(ctx)
}

// arrived lets another role begin.
func (l *launch) arrived() { l.leave.Do(func() { <-l.slots }) }

// hear reads the events of the process until the role is what is waited for.
func (l *launch) hear(ctx context.Context) error {
	for {
		event, err := background.Read(l.spawned.events)
		switch {
		case err == nil && event.Kind == background.Started:
			l.begun.PID, l.begun.Run = event.PID, event.Run
			l.started.Store(true)
			l.arrived()
			l.options.Reservation.Release(l.role.Name)
			if l.options.Until == UntilStarted && !l.awaited() || ctx.Err() != nil {
				return nil
			}
		case err == nil && event.Kind == background.Ready:
			return nil
		case err == nil:
			l.gone()
			return &StartError{Role: l.role.Name, Reason: event.Error, Locked: event.Locked}
		case errors.Is(err, os.ErrDeadlineExceeded) && !l.ended():
			return l.late(ctx)
		case errors.Is(err, io.EOF), errors.Is(err, os.ErrDeadlineExceeded):
			return l.died()
		default:
			return l.fail("%v", err)
		}
	}
}

// awaited reports whether another role waits for this one to be ready.
func (l *launch) awaited() bool {
	for _, names := range l.gates.after {
		for _, name := range names {
			if name == l.role.Name {
				return true
			}
		}
	}
	return false
}

func (l *launch) ended() bool {
	select {
	case <-l.spawned.process.Exited():
		return true
	default:
		return false
	}
}

// gone waits until the process is gone, which has said that it goes.
func (l *launch) gone() {
	select {
	case <-l.spawned.process.Done():
	case <-time.After(terminateLimit):
		l.kill()
	}
}

// late is about a role that took too long. One that has its role may go on; one
// that has not is nobody's, and must not be left.
func (l *launch) late(ctx context.Context) error {
	if l.begun.PID == 0 {
		l.kill()
		if ctx.Err() != nil {
			return l.fail("it was killed before it had started, because of an interrupt")
		}
		return l.fail("it has not started within %v and was killed", l.timeout)
	}
	if ctx.Err() != nil {
		return nil
	}
	return &StartError{Role: l.role.Name, Reason: fmt.Sprintf("it is not ready within %v, and goes on as %d", l.timeout, l.begun.PID), Slow: true}
}

// kill kills the process with all that is below it.
func (l *launch) kill() {
	if p, err := openProcess(l.spawned.process.Pid()); err == nil {
		if !l.ended() { // so that it is still this process
			_ = p.signal(syscall.SIGKILL)
		}
		p.close()
	}
	select {
	case <-l.spawned.process.Done():
	case <-time.After(killLimit): // the system holds it
	}
}

// died is about a process that ended, or closed the pipe, without a last word.
func (l *launch) died() error {
	select {
	case <-l.spawned.process.Exited():
	case <-time.After(wordLimit):
		if l.begun.PID == 0 {
			l.kill()
			return l.fail("it does not say that it has started, and was killed: is it a framework executable?")
		}
		return l.fail("it does not say that it is ready, and goes on as %d", l.begun.PID)
	}
	<-l.spawned.process.Done()
	failed := &StartError{Role: l.role.Name, Reason: fmt.Sprintf("it ended before it was ready (%v)", l.spawned.process.Exit())}
	end := l.record()
	if end == nil {
		return failed
	}
	failed.Lines = end.LastLines
	switch {
	case end.How == history.Returned && end.Fault:
		failed.Reason = fmt.Sprintf("it ended before it was ready: %s", cmp.Or(end.Text, end.Type))
	case end.How == history.Returned:
		failed.Reason = fmt.Sprintf("it returned %s before it was ready", end.Type)
	}
	return failed
}

// record writes the end that the process could not write, as its parent, and
// returns it. It is nil if that is not known, or not for this process to know.
func (l *launch) record() *history.Ending {
	if l.begun.Run == 0 || l.begun.PID != l.spawned.process.Pid() {
		return nil // it never began, or has a runner, which is its parent
	}
	file := history.Of(l.home, l.role.Name)
	last, err := file.Last()
	if err != nil || last == nil || last.Number != l.begun.Run {
		return nil
	}
	if last.End != nil {
		return last.End
	}
	end, seen := exitEnding(l.spawned.process.Exit()), file.Vanished(last) // what there is to be seen of any death
	end.LastLines, end.Dump = seen.LastLines, seen.Dump
	_ = file.End(l.begun.Run, end) // what it cannot, is found out later
	return &end
}

// watch records the end of a process that has its role, if it comes before the
// start is over: until then nobody else would.
func (l *launch) watch() {
	select {
	case <-l.spawned.process.Exited():
	case <-l.over:
		if !l.ended() {
			return
		}
	}
	<-l.spawned.process.Done()
	l.record()
}
