package group

import (
	"strconv"
	"strings"
	"time"

	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/home"
)

// State is what a role is doing.
type State string

// The states of a role.
const (
	StateIdle       State = "idle"       // it does not run, and nothing is wrong with that
	StateStarting   State = "starting"   // it runs, and is not ready yet
	StateReady      State = "ready"      // it runs and does what it is for
	StateRunning    State = "running"    // it runs, and the history does not know since when
	StateRestarting State = "restarting" // it ended, and is to be started again
	StateFailed     State = "failed"     // its last run ended badly
)

// Status is what is known of a role.
type Status struct {
	Role       string `json:"role"`
	Executable string `json:"executable"`
	State      State  `json:"state"`

	// PID is the process that plays the role; of one that is restarting, the
	// process that will start it. 0: none.
	PID int `json:"pid,omitempty"`

	Run      *int      `json:"run,omitempty"`    // number in the history, from 0; nil: it never ran
	Started  time.Time `json:"started,omitzero"` // of the run
	Ready    time.Time `json:"ready,omitzero"`   // zero: it has not been
	Ended    time.Time `json:"ended,omitzero"`   // zero: it has not
	Restarts int       `json:"restarts"`         // since the role was started
	Reason   string    `json:"reason,omitempty"` // why it failed, or ended before a restart
}

// Runs reports whether the role has a process.
func (s *Status) Runs() bool { return s.State != StateIdle && s.State != StateFailed }

// Elapsed is how long the run has lasted, zero if the role does not run.
func (s *Status) Elapsed(now time.Time) time.Duration {
	if !s.Runs() || s.Started.IsZero() {
		return 0
	}
	return max(0, now.Sub(s.Started))
}

// Look returns what is known of each role, in the order given. It takes no lock,
// keeps nobody from starting and does not block.
func Look(h *home.Home, roles []home.Role) ([]Status, error) {
	list := make([]Status, 0, len(roles))
	for _, role := range roles {
		s, err := observe(h, role)
		if err != nil {
			return nil, err
		}
		list = append(list, *s)
	}
	return list, nil
}

// observe looks at one role. What it sees may change between one look and the next:
// a process that holds the role and a run that has ended do not fit, so it looks
// again.
func observe(h *home.Home, role home.Role) (*Status, error) {
	for attempt := 0; ; attempt++ {
		m, err := member(h, role)
		if err != nil {
			return nil, err
		}
		file := history.Of(h, role.Name)
		last, err := file.Last()
		if m == nil && err == nil {
			last, err = file.Settle()
		}
		if err != nil {
			return nil, err
		}
		s := statusOf(role, m, last)
		if s.State != StateRunning || attempt == 2 {
			return s, nil
		}
	}
}

func statusOf(role home.Role, m *Member, last *history.Run) *Status {
	s := &Status{Role: role.Name, Executable: role.Executable, State: StateIdle}
	open := last != nil && last.Open()
	if last != nil {
		number := last.Number - 1 // people count from 0
		s.Run, s.Started, s.Ready, s.Restarts = &number, last.Started, last.Ready, last.Restart
	}
	if last != nil && last.End != nil {
		s.Ended, s.Reason = last.End.Time, failure(last)
	}
	switch {
	case m == nil:
		if s.Reason != "" {
			s.State = StateFailed
		}
		return s
	case open && (m.Plain || m.Holder != nil && m.Holder.PID == last.PID):
		s.State, s.PID = StateStarting, last.PID
		if !last.Ready.IsZero() {
			s.State = StateReady
		}
		return s
	case m.runs() && (m.Plain || m.Holder == nil): // a runner without its program
		s.State = StateStarting
		if last != nil && last.End != nil && last.End.Time.After(m.leader().Since) {
			s.State = StateRestarting
		}
	default:
		s.State = StateRunning
	}
	s.PID = m.PID()
	if s.State != StateRestarting { // what the history knows is of an earlier run
		s.Run, s.Restarts, s.Started, s.Ready, s.Ended, s.Reason = nil, 0, m.known().Since, time.Time{}, time.Time{}, ""
	}
	return s
}

// failure says why the end of a run is a failure, and nothing if it is none. A
// run that was told to end did so as it should.
func failure(r *history.Run) string {
	end := r.End
	switch {
	case end.Failed != "":
		return end.Failed
	case len(r.Stops) > 0:
		return ""
	case end.Fault:
		return end.Text
	case end.Signal != "":
		return "signal: " + end.Signal
	case end.ExitStatus != nil && *end.ExitStatus != 0:
		return "exit status " + strconv.Itoa(*end.ExitStatus)
	case end.How == history.Vanished:
		return strings.TrimSuffix("vanished, "+end.Evidence, ", ")
	}
	return ""
}
