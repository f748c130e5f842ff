package history

import (
	"encoding/json"
	"time"

	"github.com/ansar-go/ansar/internal/home"
)

// Run is one run of a role.
type Run struct {
	Number     int       `json:"-"` // the first is 1; people see one less
	Executable string    `json:"executable,omitempty"`
	Digest     string    `json:"digest,omitempty"` // of the program: sha256:...
	By         string    `json:"by,omitempty"`     // what started it, such as "ansar start"
	Restart    int       `json:"restart,omitempty"`
	PID        int       `json:"pid"`
	Started    time.Time `json:"started"`        // with milliseconds
	Ready      time.Time `json:"ready,omitzero"` // zero: it has not said so
	Stops      []Stop    `json:"stops,omitempty"`
	End        *Ending   `json:"end,omitempty"` // nil: it runs, as far as is known

	process home.Process
	parent  home.Process // who will add the end if the process cannot; no pid: nobody
	crashes int64        // length of crash.log at the start
}

// Open reports whether the run has not ended, as far as is known.
func (r *Run) Open() bool { return r.End == nil }

// Stop is somebody's order to end.
type Stop struct {
	Time time.Time `json:"time"`
	By   string    `json:"by"` // a command or a signal
}

// How a run ended.
const (
	Returned  = "returned"  // by itself, with a value or a fault
	Exited    = "exited"    // the process exited, with no value
	Signalled = "signalled" // a signal ended the process
	Vanished  = "vanished"  // nobody saw how
)

// Ending is how a run ended.
type Ending struct {
	// Time is when. Of a run that vanished, when it was last seen.
	Time time.Time `json:"time"`

	How   string          `json:"how"`
	Type  string          `json:"type,omitempty"`  // last part of the name of the value's type
	Value json.RawMessage `json:"value,omitempty"` // {"@type": ..., ...}, secrets hidden; nil: none
	Fault bool            `json:"fault,omitempty"` // the value is a fault
	Panic bool            `json:"panic,omitempty"` // of a panic
	Text  string          `json:"text,omitempty"`  // of the fault, or why it ended

	ExitStatus *int   `json:"exit_status,omitempty"` // nil: unknown, or it did not exit
	Signal     string `json:"signal,omitempty"`      // as in "killed"
	Forced     string `json:"forced,omitempty"`      // the last signal that its runner sent after the grace; empty: none
	Usage      Usage  `json:"usage,omitzero"`

	LastLines []string `json:"last_lines,omitempty"` // of the log, or of standard error
	Dump      string   `json:"dump,omitempty"`       // file with the stacks of all goroutines
	Evidence  string   `json:"evidence,omitempty"`   // of a run that vanished
	Failed    string   `json:"failed,omitempty"`     // why it was not restarted any more
}

// Crashed reports whether the run came to an end that no program wants: by a
// signal, a panic, or without a value. What it returned, a fault too, is its
// answer, and no crash.
func (e *Ending) Crashed() bool { return e != nil && (e.Panic || e.How != Returned) }

// exact reports whether somebody saw the end.
func (e *Ending) exact() bool { return e != nil && e.How != Vanished }

// Usage is what a process, and what it has waited for, took.
type Usage struct {
	UserMS   int64 `json:"user_ms"`   // CPU time in milliseconds
	SystemMS int64 `json:"system_ms"` // the same, in the kernel
	MaxRSS   int64 `json:"max_rss"`   // bytes, of the largest of them
}

// Begin is the beginning of a run.
type Begin struct {
	Executable string
	Digest     string // sha256:...; empty: unknown
	By         string // what started it; empty: by hand
	Restart    int    // number of restarts since the role was started

	// Started is when the process was started. If zero, now.
	Started time.Time

	// PID is the process that plays the role. If 0, this one.
	PID int

	// Parent is a process of ours that sees the process end, and will add the
	// end if the run has none then. If 0, there is none.
	Parent int
}
