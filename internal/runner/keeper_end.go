package runner

import (
	"cmp"
	"fmt"
	"time"

	"github.com/ansar-go/ansar/internal/history"
)

// run is the number of the present run in the history, 0 if there is none.
func (k *keeper) run() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.number
}

// end implements [player].
func (k *keeper) end() ending {
	exit := k.process.Exit()
	e := ending{crash: true, text: exit.String(), took: time.Since(k.began)}
	k.mu.Lock()
	number, refused := k.number, k.refused
	k.mu.Unlock()
	if refused != "" { // what is wrong at the first start is for people to put right
		e.text, e.final = refused, k.first
		return e
	}
	run := k.last(number)
	if run == nil {
		return e
	}
	e.final = len(run.Stops) > 0
	if run.End == nil || run.End.How == history.Vanished {
		return e
	}
	e.crash, e.text = run.End.Crashed(), endText(run.End)
	return e
}

// last is the run with that number, if it is the last one.
func (k *keeper) last(number int) *history.Run {
	run, err := k.file.Last()
	if err != nil || run == nil || number == 0 || run.Number != number {
		return nil
	}
	return run
}

// endText says how a run ended, to follow "it ended with".
func endText(e *history.Ending) string {
	switch {
	case e.Text != "":
		return e.Text
	case e.Signal != "":
		return "signal: " + e.Signal
	case e.ExitStatus != nil && e.How != history.Returned:
		return fmt.Sprintf("exit status %d and no result", *e.ExitStatus)
	default:
		return cmp.Or(e.Type, e.How)
	}
}

// settle implements [player]: it writes what the component could not.
func (k *keeper) settle(failed string) {
	run := k.last(k.run())
	if run == nil {
		return
	}
	if run.End == nil {
		_ = k.file.End(run.Number, k.ending(run)) // found out later, then
	}
	if failed != "" {
		_ = k.file.GiveUp(run.Number, failed) // the keeper ends all the same
	}
}

// ending is the end of a component that died without a word, with what there is
// to be seen of any death.
func (k *keeper) ending(run *history.Run) history.Ending {
	e := k.file.Vanished(run)
	exit := k.process.Exit()
	switch {
	case exit.Signal != 0:
		e.How, e.Signal, e.Text = history.Signalled, exit.Signal.String(), exit.String()
	case exit.Status >= 0:
		e.How, e.ExitStatus = history.Exited, &exit.Status
	default:
		return e // it was no child of ours
	}
	e.Time, e.Evidence = time.Now().UTC(), ""
	e.Usage = history.UsageFrom(exit.Usage.User, exit.Usage.System, exit.Usage.MaxResident)
	return e
}

// over implements [player].
func (k *keeper) over(why string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.refused != "" {
		why = k.refused
	}
	k.tell.Failed(why, k.locked) // not heard if it was ready
}

// pause implements [player]. The log is the component's own.
func (k *keeper) pause(string, time.Duration) {}
