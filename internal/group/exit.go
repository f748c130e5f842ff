package group

import (
	"fmt"

	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/osproc"
)

// exitEnding is the end of a run whose process a parent has seen ending.
func exitEnding(exit osproc.Exit) history.Ending {
	e := history.Ending{
		How: history.Exited, Text: fmt.Sprintf("it ended without a result (%v)", exit),
		Usage: history.Usage{
			UserMS: exit.Usage.User.Milliseconds(), SystemMS: exit.Usage.System.Milliseconds(), MaxRSS: exit.Usage.MaxResident,
		},
	}
	switch {
	case exit.Signal != 0:
		e.How, e.Signal = history.Signalled, exit.Signal.String()
	case exit.Status >= 0:
		e.ExitStatus = &exit.Status
	}
	return e
}
