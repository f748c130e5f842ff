package runner

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/ansar-go/ansar/internal/interval"
)

// version changes when a runner and an ansar from before and after the change
// would misunderstand each other.
const version = 1

// Spec is all that a runner is told. It travels as JSON through the runner's
// standard input, so that nothing of it shows in a list of processes. Exactly
// one of Program and Component is set.
type Spec struct {
	// Home is the absolute path of the home, Role the role to run in it.
	Home, Role string

	// By is who asked for it, for the history: "ansar start".
	By string

	// Digest is that of the executable of Component, for the history. If empty,
	// the component finds it out.
	Digest string `json:",omitempty"`

	// Program is a plain program to run. Its runner holds the lock of the role.
	Program *Program `json:",omitempty"`

	// Component is a program of ours to keep. Its runner holds the keeper's
	// lock of the role, and the component the lock of the role.
	Component *Component `json:",omitempty"`

	// Restart says when to start it again. The zero value: never.
	Restart Restart

	// Storage is how many bytes of log are kept of a plain program. If zero,
	// 64 MiB.
	Storage int64 `json:",omitempty"`

	// Foreground is for a plain program below `ansar run`: its output goes to
	// the runner's own and is not stored, the end of the starter is a stop, and
	// it is never started again.
	Foreground bool `json:",omitempty"`

	// Version is that of this type: a runner of another one says so. Start sets
	// it.
	Version int

	// Processors is the variable GOMAXPROCS of the starter; nil: it is not set.
	// Start sets it.
	Processors *string `json:",omitempty"`
}

// Program is a plain program.
type Program struct {
	// Path is the executable: absolute, or a name without a slash, which is
	// looked for in the PATH of Env.
	Path string

	// Args are the arguments without the name.
	Args []string `json:",omitempty"`

	// Env is the complete environment. If nil, that of the runner.
	Env []string `json:",omitempty"`

	// Dir is the working directory. If empty, the home's folder.
	Dir string `json:",omitempty"`

	// StopSignal asks the program to end. If zero, SIGTERM.
	StopSignal syscall.Signal `json:",omitempty"`

	// StopGroup sends it to all of the process group of the program.
	StopGroup bool `json:",omitempty"`

	// Grace is how long it may take to end then, before SIGTERM to all of it
	// and, 2 s later, SIGKILL. If zero, 10 s.
	Grace time.Duration `json:",omitempty"`

	// Readiness says how it is known to be ready.
	Readiness Readiness
}

// Component is a program of ours that runs in the background.
type Component struct {
	// Path is the absolute path of the executable.
	Path string

	// Args are settings for it, beside those that name its home and role.
	Args []string `json:",omitempty"`

	// Grace is how long it may take to end after it was told to. If zero, 10 s.
	Grace time.Duration `json:",omitempty"`

	// Env is the complete environment. If nil, that of the runner.
	Env []string `json:",omitempty"`

	// Level is the log level that it stores from: DEBUG and so on.
	Level string `json:",omitempty"`

	// Adopt says that the role is running already: the runner begins with the
	// process that holds its lock. How that one exits, it cannot see.
	Adopt bool `json:",omitempty"`
}

// Policy says after which ends a role is started again.
type Policy string

// The policies. The zero value is Never.
const (
	Never   Policy = "never"
	OnCrash Policy = "on-crash" // a signal, a panic, no result; of a plain program a non-zero exit
	Always  Policy = "always"   // every end but one that was asked for
)

// Restart says when a role is started again after it ended by itself. The zero
// value: never. The defaults of the rest are those of the property restart, and
// for the caller to fill in.
type Restart struct {
	Policy Policy `json:",omitempty"`

	// Intensity is how many restarts there may be in a Period. One more, and
	// the role has failed for good.
	Intensity int           `json:",omitempty"`
	Period    time.Duration `json:",omitempty"`

	// Healthy is how long a run must last to forget what was before it: the
	// delays begin again, and so does the Period.
	Healthy time.Duration `json:",omitempty"`

	// Delays are the pauses before the restarts. When they are used up, the
	// role has failed. Nil: there are none.
	Delays *interval.Steps `json:",omitempty"`

	// Seed makes the random part of Delays repeatable. If zero, nobody can
	// foretell it.
	Seed uint64 `json:",omitempty"`
}

// Readiness says how a plain program is known to be ready. At most one of the
// ways is set. The zero value: it is ready as soon as it is started.
type Readiness struct {
	// Notify is a message of the program: "socket" is READY=1 to the socket
	// NOTIFY_SOCKET names, "fd" a newline on descriptor 3.
	Notify string `json:",omitempty"`

	// Exec is a command that exits with 0 once the program is ready. It runs in
	// the program's folder and environment.
	Exec []string `json:",omitempty"`

	TCP  string `json:",omitempty"` // host:port that accepts a connection
	HTTP string `json:",omitempty"` // http://host:port/path that answers with 200 to 399
	Log  string `json:",omitempty"` // regular expression that fits part of a line

	// Every is the pause between two attempts, Timeout the time for each, of
	// Exec, TCP and HTTP. If zero, 0.25 s and 1 s.
	Every   time.Duration `json:",omitempty"`
	Timeout time.Duration `json:",omitempty"`
}

// check reports what cannot be run.
func (s *Spec) check() error {
	switch {
	case !strings.HasPrefix(s.Home, "/") || s.Role == "":
		return errors.New("specification names no home and role")
	case (s.Program == nil) == (s.Component == nil):
		return errors.New("specification is not of one program")
	case s.Component != nil && s.Foreground:
		return errors.New("a component needs no runner in the foreground")
	}
	switch s.Restart.Policy {
	case "", Never, OnCrash, Always:
	default:
		return fmt.Errorf("restart policy %q: it must be never, on-crash or always", s.Restart.Policy)
	}
	if s.Program != nil {
		return s.Program.Readiness.check()
	}
	return nil
}

func (r *Readiness) check() error {
	switch r.Notify {
	case "", "none", "socket", "fd":
	default:
		return fmt.Errorf("readiness by notification %q: it must be socket, fd or none", r.Notify)
	}
	if _, err := regexp.Compile(r.Log); err != nil {
		return fmt.Errorf("readiness by log: %w", err)
	}
	if r.HTTP != "" {
		if _, err := parseHTTP(r.HTTP); err != nil {
			return err
		}
	}
	return nil
}
