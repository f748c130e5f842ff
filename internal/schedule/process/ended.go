package process

import (
	"fmt"
	"strings"

	"github.com/ansar-go/ansar/internal/osproc"
)

// Ended is how a command ended.
type Ended struct {
	// Exit is that of the command's own process.
	Exit osproc.Exit

	// KilledBy names the signals that were sent before the process ended:
	// "SIGTERM", "SIGTERM, SIGKILL" or "SIGKILL". Empty if there was none.
	KilledBy string

	// Why is that of the first Stop or Kill. Empty if there was none before the end.
	Why string

	// Strays are the processes of the command beside its own that did not end by
	// themselves: they were running when SIGTERM was sent, or were left
	// when the leak window was over. At most [MaxStrays] are named.
	Strays []Stray

	// StraysMore is how many others there were.
	StraysMore int

	// EventsLost says what of the events did not arrive. Empty if all did.
	EventsLost string

	// OutputErr is the first error of each of the writers, or nil.
	OutputErr error

	// Stuck says that the process, or a writer of its output, did not end 10 s after
	// SIGKILL, and was given up. Exit is not known then.
	Stuck bool
}

// MaxStrays is how many strays are named.
const MaxStrays = 100

// Stray is a process that a command left.
type Stray struct {
	PID         int
	CommandLine string // at most 200 bytes; "[name]" where there is none

	// Killed says that it is gone. If false, it could not be ended.
	Killed bool
}

func (s Stray) String() string {
	if s.Killed {
		return fmt.Sprintf("%d %s (killed)", s.PID, s.CommandLine)
	}
	return fmt.Sprintf("%d %s (still running)", s.PID, s.CommandLine)
}

// killedBy is the text of KilledBy.
func killedBy(termed, killed bool) string {
	var names []string
	if termed {
		names = append(names, "SIGTERM")
	}
	if killed {
		names = append(names, "SIGKILL")
	}
	return strings.Join(names, ", ")
}
