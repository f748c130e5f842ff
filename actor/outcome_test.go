package actor

import (
	"errors"
	"fmt"
	"io"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/internal/link"
	"github.com/ansar-go/ansar/internal/osproc"
	"github.com/ansar-go/ansar/lifecycle"
)

// What a process is worth follows from the facts alone; the text reads well
// behind "role x: ".
func TestOutcome(t *testing.T) {
	exit := func(status int) osproc.Exit { return osproc.Exit{Status: status} }
	signal := func(sig syscall.Signal) osproc.Exit { return osproc.Exit{Status: -1, Signal: sig} }
	stop := stopIn(time.Second, "")
	value := lifecycle.Complete(&lifecycle.Ack{})
	short := fmt.Errorf("start x: %w", osproc.ErrNoResources)
	tests := []struct {
		name string
		f    facts
		is   error // nil: the value
		text string
	}{
		{"a value, and exit 0", facts{pid: 1, greeted: true, result: value, exited: true, exit: exit(0)}, nil, ""},
		{"a value, and exit 1", facts{pid: 1, greeted: true, result: value, exited: true, exit: exit(1)}, nil, ""},
		{"a value, and killed because it did not leave", facts{pid: 1, greeted: true, result: value, killed: true, exit: signal(9)}, nil, ""},
		{"a value after a stop", facts{pid: 1, greeted: true, result: value, stop: stop, exit: exit(0)}, nil, ""},
		{"a value, then garbage", facts{pid: 1, greeted: true, result: value, linkError: fmt.Errorf("%w: a frame has no length", link.ErrProtocol)},
			cause(lifecycle.Faulted_CAUSE_PROTOCOL), "x: what it sent is not of the protocol (not the link protocol: a frame has no length)"},
		{"exit 0 without a value", facts{pid: 1, greeted: true, linkError: io.EOF, exited: true, exit: exit(0)},
			lifecycle.ErrAborted, "x: process exited without a result: status 0"},
		{"exit 2 with last lines", facts{pid: 1, greeted: true, exited: true, exit: exit(2), lastLines: "panic: no\n\ngoroutine 1\n"},
			lifecycle.ErrAborted, "x: process exited without a result: status 2; its last lines were:\n\tpanic: no\n\t\n\tgoroutine 1"},
		{"a signal", facts{pid: 1, greeted: true, exited: true, exit: signal(syscall.SIGSEGV)},
			lifecycle.ErrAborted, "x: process ended by signal: segmentation fault"},
		{"a signal after a stop", facts{pid: 1, greeted: true, stop: stop, exited: true, exit: signal(syscall.SIGHUP)},
			lifecycle.ErrAborted, "x: process ended by signal: hangup (after it was told to stop)"},
		{"killed after a stop", facts{pid: 1, greeted: true, stop: stop, terminated: true, killed: true, exited: true, exit: signal(9)},
			lifecycle.ErrAborted, "x: process ended by signal: killed (it did not stop in time)"},
		{"terminated after a stop", facts{pid: 1, greeted: true, stop: stop, terminated: true, exited: true, exit: signal(15)},
			lifecycle.ErrAborted, "x: process ended by signal: terminated (it did not stop in time)"},
		{"stopped before it could say Hello", facts{pid: 1, stop: stop, exited: true, exit: exit(1)},
			lifecycle.ErrAborted, "x: process exited without a result: status 1 (after it was told to stop)"},
		{"no Hello, exit 0", facts{pid: 1, exited: true, exit: exit(0)},
			cause(lifecycle.Faulted_CAUSE_NOT_FRAMEWORK), "x: not a framework executable (it ended with 0 before it said Hello; " +
				"a main function begins with framework.CreateObject or actor.Main, in test binaries TestMain does)"},
		{"no Hello, as there was no thread to be had", facts{pid: 1, exited: true, exit: exit(2), lastLines: "fatal error: newosproc\n"},
			cause(lifecycle.Faulted_CAUSE_NO_RESOURCES), "x: cannot start: the system is short of processes (it got no thread before it said Hello: " +
				"run fewer at a time, or raise the limit of processes, ulimit -u); its last line was: fatal error: newosproc"},
		{"no Hello, as there was no thread to be had in C", facts{pid: 1, exited: true, exit: signal(syscall.SIGABRT), lastLines: "runtime/cgo: pthread_create failed: Resource temporarily unavailable\n"},
			cause(lifecycle.Faulted_CAUSE_NO_RESOURCES), "x: cannot start: the system is short of processes (it got no thread before it said Hello: " +
				"run fewer at a time, or raise the limit of processes, ulimit -u); its last line was: runtime/cgo: pthread_create failed: Resource temporarily unavailable"},
		{"no thread to be had later", facts{pid: 1, greeted: true, exited: true, exit: exit(2), lastLines: "fatal error: newosproc\n"},
			lifecycle.ErrAborted, "x: process exited without a result: status 2; its last line was: fatal error: newosproc"},
		{"no Hello in time", facts{pid: 1, silence: 10 * time.Second, terminated: true, exited: true, exit: signal(15)},
			cause(lifecycle.Faulted_CAUSE_NOT_FRAMEWORK), "x: not a framework executable (it said nothing for 10s)"},
		{"no Hello in time, though it was stopped later", facts{pid: 1, silence: 10 * time.Second, stop: stop, exited: true, exit: signal(15)},
			cause(lifecycle.Faulted_CAUSE_NOT_FRAMEWORK), "x: not a framework executable (it said nothing for 10s)"},
		{"no Hello, and its link closed", facts{pid: 1, mute: true, terminated: true, exited: true, exit: signal(15)},
			cause(lifecycle.Faulted_CAUSE_NOT_FRAMEWORK), "x: not a framework executable (it closed its link without a word, and did not exit)"},
		{"no Hello, and killed by somebody, which took long", facts{pid: 1, mute: true, terminated: true, exited: true, exit: signal(9)},
			lifecycle.ErrAborted, "x: process ended by signal: killed"},
		{"no Hello, and a crash whose core took long", facts{pid: 1, mute: true, terminated: true, exited: true, exit: signal(syscall.SIGSEGV)},
			lifecycle.ErrAborted, "x: process ended by signal: segmentation fault"},
		{"no Hello, its link closed, and it heeds no signal", facts{pid: 1, mute: true, terminated: true, killed: true, exited: true, exit: signal(9)},
			cause(lifecycle.Faulted_CAUSE_NOT_FRAMEWORK), "x: not a framework executable (it closed its link without a word, and did not exit)"},
		{"no Hello, and a crash", facts{pid: 1, exited: true, exit: signal(syscall.SIGSEGV)},
			lifecycle.ErrAborted, "x: process ended by signal: segmentation fault"},
		{"another version", facts{pid: 1, linkError: fmt.Errorf("%w: ours is 1.0, that of \"x\" is 2.0", link.ErrVersion), exited: true},
			cause(lifecycle.Faulted_CAUSE_VERSION), `x: another version of the framework (link protocol version differs: ours is 1.0, that of "x" is 2.0)`},
		{"one that cannot be killed", facts{pid: 7, greeted: true, killed: true, unkillable: true},
			cause(lifecycle.Faulted_CAUSE_NO_RESOURCES), "x: process 7 cannot be killed (the system holds it)"},
		{"not found", facts{startError: fmt.Errorf("find x: %w in PATH", osproc.ErrNotFound)},
			cause(lifecycle.Faulted_CAUSE_NOT_FOUND), "x: cannot start (find x: no such file in PATH)"},
		{"not executable", facts{startError: fmt.Errorf("find x: %w: it is a directory", osproc.ErrNotExecutable)},
			cause(lifecycle.Faulted_CAUSE_NOT_EXECUTABLE), "x: cannot start (find x: not an executable file: it is a directory)"},
		{"another reason not to start", facts{startError: errors.New("start x: argument list too long")},
			lifecycle.ErrFaulted, "x: cannot start (start x: argument list too long)"},
		{"short of resources to the end", facts{waitingFor: short, stop: stop, late: true},
			cause(lifecycle.Faulted_CAUSE_NO_RESOURCES), "x: cannot start: the system is short of resources (start x: out of resources)"},
		{"stopped while short of resources", facts{waitingFor: short, stop: stop},
			lifecycle.ErrAborted, "x: aborted (stopped before it was started: start x: out of resources)"},
		{"stopped before it was started", facts{stop: stop}, lifecycle.ErrAborted, "x: aborted (stopped before it was started)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.f.name = "x"
			fault := faultIn(tt.f.outcome().GetValue())
			if tt.is == nil {
				if fault != nil {
					t.Fatalf("a fault: %v", fault)
				}
				return
			}
			if !errors.Is(fault, tt.is) {
				t.Errorf("the fault is %T (%v), want %v", fault, fault, tt.is)
			}
			if diff := cmp.Diff(tt.text, fault.Error()); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}
