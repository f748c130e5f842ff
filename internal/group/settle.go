package group

import (
	"errors"
	"syscall"

	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/lifecycle"
)

// settle writes the end of a run into the history that its process could not
// write, as its parent, who has seen it.
func (r *run) settle(role string, end history.Ending) {
	file := history.Of(r.home, role)
	last, err := file.Last()
	if err != nil || last == nil || !last.Open() || last.Started.Before(r.began) {
		return // it has written its end itself, or never began
	}
	seen := file.Vanished(last) // what there is to be seen of any death
	end.LastLines, end.Dump = seen.LastLines, seen.Dump
	_ = file.End(last.Number, end) // what cannot be written is found out later
}

// endOf is the end of a run that came to such a value, while what is left of all
// is being killed or not.
func endOf(fault error, killing bool) history.Ending {
	aborted := new(lifecycle.Aborted)
	switch {
	case fault == nil:
		return history.Ending{How: history.Returned}
	case errors.As(fault, &aborted) && aborted.Signal != nil:
		return history.Ending{How: history.Signalled, Signal: syscall.Signal(aborted.GetSignal()).String(), Text: fault.Error()}
	case errors.As(fault, &aborted) && aborted.ExitStatus != nil:
		status := int(aborted.GetExitStatus())
		return history.Ending{How: history.Exited, ExitStatus: &status, Text: fault.Error()}
	case aborted.GetExecutable() != "" && killing: // whoever killed it has reaped it, too
		return killedEnd()
	}
	return history.Ending{How: history.Returned, Fault: true, Text: fault.Error()}
}

// killedEnd is the end of a run that is being killed.
func killedEnd() history.Ending {
	return history.Ending{How: history.Signalled, Signal: syscall.SIGKILL.String(), Text: "it was killed"}
}
