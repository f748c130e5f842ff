package osproc

import (
	"fmt"
	"log/slog"
	"syscall"
	"time"
)

// Exit is how a process ended.
type Exit struct {
	// Status is the exit status, 0 to 255; -1 if a signal ended the process, or
	// if somebody else in this program reaped it, so that nobody can know.
	Status int

	// Signal is the signal that ended the process; 0 if it exited.
	Signal syscall.Signal

	// CoreDumped says whether Signal left a core dump.
	CoreDumped bool

	// Took is the time from Start to the end.
	Took time.Duration

	// Usage is what the process, and those of its children it waited for, used.
	Usage Usage
}

// Usage is what a process used.
type Usage struct {
	User, System time.Duration // of processors
	MaxResident  int64         // bytes of memory at most; Linux counts this process at the fork in
}

// String returns "exit status 3", "signal: killed", "signal: aborted (core
// dumped)", or "exit status unknown".
func (e Exit) String() string {
	switch {
	case e.Signal != 0 && e.CoreDumped:
		return fmt.Sprintf("signal: %v (core dumped)", e.Signal)
	case e.Signal != 0:
		return fmt.Sprintf("signal: %v", e.Signal)
	case e.unknown():
		return "exit status unknown"
	default:
		return fmt.Sprintf("exit status %d", e.Status)
	}
}

// unknown reports whether nobody can know how the process ended.
func (e Exit) unknown() bool { return e.Signal == 0 && e.Status < 0 }

// LogValue implements [slog.LogValuer].
func (e Exit) LogValue() slog.Value {
	took := slog.Duration("took", e.Took)
	if e.Signal != 0 {
		return slog.GroupValue(slog.String("signal", e.Signal.String()), took)
	}
	return slog.GroupValue(slog.Int("status", e.Status), took)
}

func usage(user, system, maxResident int64) Usage {
	return Usage{User: time.Duration(user), System: time.Duration(system), MaxResident: maxResident}
}
