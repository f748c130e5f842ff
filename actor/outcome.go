package actor

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/internal/link"
	"github.com/ansar-go/ansar/internal/osproc"
	"github.com/ansar-go/ansar/lifecycle"
)

// facts are all that is known about a child process in the end. What it is
// worth follows from them alone.
type facts struct {
	name       string // as the caller wrote it
	executable string // as it was found
	pid        int

	startError error         // there was no process
	tooLarge   error         // what it was to work on cannot be given to it
	waitingFor error         // there was none to be had for some time
	waited     time.Duration // for so long, until it was given up; 0: it was not
	greeted    bool          // it said Hello
	silence    time.Duration // for so long it did not say Hello; 0: it did, or had no time to
	mute       bool          // it ended its link without a last frame
	stop       *lifecycle.Stop
	late       bool // its time was up before it was started
	terminated bool // we sent SIGTERM
	killed     bool // we sent SIGKILL
	unkillable bool

	result    *lifecycle.Completed // its last frame
	linkEnded bool
	linkError error // why, if for another reason than its end

	exited    bool
	exit      osproc.Exit
	lastLines string
}

// note keeps what an event brings.
func (f *facts) note(o occurrence) {
	switch o.event {
	case evLinkEnd:
		if !f.linkEnded {
			f.linkEnded, f.linkError = true, o.err
		}
	case evStop:
		if !f.exited {
			f.stop = o.stop
		}
	case evKill:
		if o.err != nil {
			f.tooLarge = o.err
		}
	case evResult:
		f.result = o.value
	}
}

// outcome decides what the parent is told.
//
//	never started                         Faulted: not found, not executable, no resources
//	not the protocol, another version     Faulted
//	a last frame came                     its value
//	no Hello, for want of a thread        Faulted: no resources
//	no Hello, and nobody stopped it       Faulted: not a framework executable
//	ended by a signal, or with a status   Aborted
func (f *facts) outcome() *lifecycle.Completed {
	if f.pid != 0 && f.result != nil && !f.broken() {
		return f.result
	}
	return lifecycle.Complete(f.fault())
}

// broken reports whether the link ended for another reason than the end of
// the process.
func (f *facts) broken() bool {
	return errors.Is(f.linkError, link.ErrVersion) || errors.Is(f.linkError, link.ErrProtocol)
}

// fault is what a process without a result is worth.
func (f *facts) fault() lifecycle.Fault {
	switch {
	case f.tooLarge != nil:
		return f.faulted(lifecycle.Faulted_CAUSE_TOO_LARGE, "cannot give it its settings and input", f.tooLarge.Error())
	case f.pid == 0:
		return f.unstarted()
	case errors.Is(f.linkError, link.ErrVersion):
		return f.faulted(lifecycle.Faulted_CAUSE_VERSION, "another version of the framework", f.linkError.Error())
	case errors.Is(f.linkError, link.ErrProtocol):
		return f.faulted(lifecycle.Faulted_CAUSE_PROTOCOL, "what it sent is not of the protocol", f.linkError.Error())
	case f.unkillable:
		return f.faulted(lifecycle.Faulted_CAUSE_NO_RESOURCES, "process "+strconv.Itoa(f.pid)+" cannot be killed", "the system holds it")
	case f.threadless():
		return f.faulted(lifecycle.Faulted_CAUSE_NO_RESOURCES, "cannot start: the system is short of processes",
			"it got no thread before it said Hello: run fewer at a time, or raise the limit of processes, ulimit -u")
	case !f.greeted && (f.silence > 0 || f.stop == nil && (f.exit.Signal == 0 || f.endedByUs())):
		return f.faulted(lifecycle.Faulted_CAUSE_NOT_FRAMEWORK, "not a framework executable", f.manner())
	}
	return f.aborted()
}

// threadless reports whether the process ended before its Hello because it could have no
// thread, as the Go runtime or that of C says then.
func (f *facts) threadless() bool {
	if f.greeted || f.silence > 0 || f.stop != nil || !f.exited {
		return false
	}
	for _, words := range []string{"fatal error: newosproc", "failed to create new OS thread", "pthread_create failed: Resource temporarily unavailable"} {
		if strings.Contains(f.lastLines, words) {
			return true
		}
	}
	return false
}

// endedByUs reports whether the process ended by a signal of ours. Of one that another has killed, or
// that has crashed, the link is closed some time before the end is known: long enough for a signal of ours
// on a busy machine, or while its core is dumped.
func (f *facts) endedByUs() bool {
	switch f.exit.Signal {
	case 0, syscall.SIGTERM:
		return f.terminated
	case syscall.SIGKILL:
		return f.killed
	}
	return false
}

// manner is how a process behaved that did not say Hello.
func (f *facts) manner() string {
	switch {
	case f.silence > 0:
		return "it said nothing for " + f.silence.String()
	case f.terminated:
		return "it closed its link without a word, and did not exit"
	}
	return fmt.Sprintf("it ended with %s before it said Hello; "+
		"a main function begins with framework.CreateObject or actor.Main, in test binaries TestMain does", endText(f.exit))
}

func (f *facts) aborted() *lifecycle.Aborted {
	a := &lifecycle.Aborted{Executable: f.name, LastLines: f.lastLines}
	switch {
	case f.exit.Signal != 0:
		a.Signal = proto.Int32(int32(f.exit.Signal))
	case f.exit.Status >= 0:
		a.ExitStatus = proto.Int32(int32(f.exit.Status))
	case f.killed: // and reaped by who killed it, as what its own parent had left
		a.Signal = proto.Int32(int32(syscall.SIGKILL))
	}
	switch {
	case f.stop != nil && f.terminated || f.stop != nil && f.killed:
		a.Explanation = "it did not stop in time"
	case f.stop != nil:
		a.Explanation = "after it was told to stop"
	case f.endedByUs():
		a.Explanation = "it closed its link and did not exit"
	}
	return a
}

func (f *facts) unstarted() lifecycle.Fault {
	err := f.startError
	cause := lifecycle.Faulted_CAUSE_UNSPECIFIED
	switch {
	case err == nil && f.waited > 0:
		return f.faulted(lifecycle.Faulted_CAUSE_NO_RESOURCES,
			"cannot start: the system was short of resources for "+f.waited.String(), f.waitingFor.Error())
	case err == nil && f.waitingFor != nil && (f.stop == nil || f.late):
		return f.faulted(lifecycle.Faulted_CAUSE_NO_RESOURCES, "cannot start: the system is short of resources", f.waitingFor.Error())
	case err == nil && f.waitingFor != nil:
		return &lifecycle.Aborted{Executable: f.name, Explanation: "stopped before it was started: " + f.waitingFor.Error()}
	case err == nil:
		return &lifecycle.Aborted{Executable: f.name, Explanation: "stopped before it was started"}
	case errors.Is(err, osproc.ErrNotFound):
		cause = lifecycle.Faulted_CAUSE_NOT_FOUND
	case errors.Is(err, osproc.ErrNotExecutable):
		cause = lifecycle.Faulted_CAUSE_NOT_EXECUTABLE
	}
	return f.faulted(cause, "cannot start", err.Error())
}

func (f *facts) faulted(cause lifecycle.Faulted_Cause, condition, explanation string) *lifecycle.Faulted {
	fault := &lifecycle.Faulted{
		Cause: cause, Condition: condition, Explanation: explanation, Executable: f.name, LastLines: f.lastLines,
	}
	if f.exited && f.exit.Signal == 0 && f.exit.Status >= 0 {
		fault.ExitStatus = proto.Int32(int32(f.exit.Status))
	}
	return fault
}

func endText(e osproc.Exit) string {
	if e.Signal != 0 || e.Status < 0 {
		return e.String()
	}
	return strconv.Itoa(e.Status)
}
