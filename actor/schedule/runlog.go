package schedule

import (
	"fmt"
	"strings"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// note writes a line into the log of the run, in the form of all job logs; the starts
// of attempts are there as links to their logs. The log is a help for readers: what
// cannot be written to it stops nothing, and is in the journal.
func (r *run) note(at time.Time, text string) {
	text = strings.ReplaceAll(text, "\n", " ")
	_, _ = fmt.Fprintf(r.log, "%s * %s\n", at.UTC().Format("2006-01-02T15:04:05.000000000Z"), text)
}

// noteEvent writes what readers of the log look for.
func (r *run) noteEvent(e *schedulepb.Event) {
	at := e.GetTime().AsTime().Local()
	switch k := e.GetKind().(type) {
	case *schedulepb.Event_PlanLoaded:
		r.note(at, fmt.Sprintf("run %s of plan %s: %d jobs, %d slots, seed %d",
			e.GetRun(), k.PlanLoaded.GetPlan().GetName(), len(k.PlanLoaded.GetPlan().GetJobs()), k.PlanLoaded.GetSlots(), k.PlanLoaded.GetSeed()))
	case *schedulepb.Event_JobFinished:
		r.note(at, fmt.Sprintf("job %s %s%s", e.GetJob(), k.JobFinished.GetStatus().Name(), because(k.JobFinished.GetCause())))
	case *schedulepb.Event_GuardChanged:
		if k.GuardChanged.GetEnded() == "" {
			r.note(at, fmt.Sprintf("guard %s started, log at %s", k.GuardChanged.GetId(), k.GuardChanged.GetLog()))
		} else {
			r.note(at, fmt.Sprintf("guard %s ended: %s", k.GuardChanged.GetId(), k.GuardChanged.GetEnded()))
		}
	case *schedulepb.Event_Warning:
		r.note(at, "warning: "+k.Warning.GetText())
	case *schedulepb.Event_RunInterrupt:
		r.note(at, fmt.Sprintf("interrupt, stage %d: %s", k.RunInterrupt.GetStage(), k.RunInterrupt.GetWhy()))
	case *schedulepb.Event_RunPaused:
		word := "goes on"
		if k.RunPaused.GetPaused() {
			word = "pauses"
		}
		r.note(at, "the run "+word+": "+k.RunPaused.GetWhy())
	case *schedulepb.Event_RunFinished:
		r.note(at, fmt.Sprintf("ended with exit status %d: %s", k.RunFinished.GetExitStatus(), k.RunFinished.GetWhy()))
	}
}

func because(c *schedulepb.Cause) string {
	if c.GetText() == "" {
		return ""
	}
	return ": " + c.GetText()
}
