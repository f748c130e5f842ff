package live

import (
	"fmt"
	"io"
	"strings"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// writer shows a run as lines, for files and for programs.
type writer struct {
	out    io.Writer
	waited map[string]bool // jobs of which it was said that they wait
}

// line implements shower.
func (w *writer) line(e *schedulepb.Event, s *state) string {
	j := s.jobs[e.GetJob()]
	switch kind := e.GetKind().(type) {
	case *schedulepb.Event_JobStarted:
		return s.numbered(w.started(e, j, kind.JobStarted))
	case *schedulepb.Event_JobWaiting:
		return s.numbered(w.waits(j, kind.JobWaiting.GetWhy()))
	case *schedulepb.Event_AttemptFinished:
		if kind.AttemptFinished.GetNext() == "" || j == nil {
			return ""
		}
		return s.numbered(w.ended(s, j, kind.AttemptFinished.GetStatus(), kind.AttemptFinished.GetCause().GetText(), kind.AttemptFinished.GetNext()))
	case *schedulepb.Event_JobFinished:
		if j == nil {
			return ""
		}
		return s.numbered(w.ended(s, j, kind.JobFinished.GetStatus(), kind.JobFinished.GetCause().GetText()))
	case *schedulepb.Event_ResourceCondition:
		c := kind.ResourceCondition
		return strings.TrimSuffix(fmt.Sprintf("%s is %s: %s", clean(c.GetUnit().GetUnit()), c.GetCondition().Name(), clean(c.GetWhy())), ": ")
	case *schedulepb.Event_RunInterrupt, *schedulepb.Event_RunPaused:
		return clean(s.notice)
	case *schedulepb.Event_Warning:
		return "warning: " + clean(kind.Warning.GetText())
	case *schedulepb.Event_JobLeaked:
		return w.leaked(e, kind.JobLeaked)
	}
	return ""
}

func (w *writer) started(e *schedulepb.Event, j *job, started *schedulepb.JobStarted) string {
	if j == nil {
		return ""
	}
	text := fmt.Sprintf("started %s on slot %d", clean(j.id), started.GetSlot())
	if e.GetAttempt() > 1 {
		text += fmt.Sprintf(", attempt %d", e.GetAttempt())
	}
	if len(j.holds) > 0 {
		text += " with " + clean(strings.Join(j.holds, ", "))
	}
	return text
}

// waits says what a job waits for, once.
func (w *writer) waits(j *job, why string) string {
	if j == nil || w.waited[j.id] {
		return ""
	}
	if w.waited == nil {
		w.waited = map[string]bool{}
	}
	w.waited[j.id] = true
	return clean(j.id) + " waits: " + clean(why)
}

// ended says how a job or an attempt of it ended. What is not fine is in capitals,
// with the reason and the log.
func (w *writer) ended(s *state, j *job, status schedulepb.Status, more ...string) string {
	word := status.Name()
	if !status.Fine() {
		word = strings.ToUpper(word)
	}
	text := word + " " + clean(j.id)
	if why := join(more...); why != "" {
		text += ": " + clean(why)
	}
	if !status.Fine() && j.log != "" {
		text += " (log " + clean(s.path(j.log)) + ")"
	}
	return text
}

func (w *writer) leaked(e *schedulepb.Event, leaked *schedulepb.JobLeaked) string {
	var names []string
	for _, stray := range leaked.GetStrays() {
		names = append(names, fmt.Sprintf("%d %s", stray.GetPid(), clean(stray.GetCommandLine())))
	}
	return fmt.Sprintf("%s left behind %s", clean(e.GetJob()), strings.Join(names, ", "))
}

// numbered puts before a line how far the run is.
func (s *state) numbered(text string) string {
	if text == "" {
		return ""
	}
	digits := len(fmt.Sprint(len(s.order)))
	return fmt.Sprintf("[%*d/%d] %s", digits, s.done, len(s.order), text)
}

// drive implements shower.
func (w *writer) drive(v *View) {
	for {
		open := true
		select {
		case <-v.changed:
		case <-v.closing:
			open = false
		}
		if lines := v.take(); len(lines) > 0 {
			_, _ = io.WriteString(w.out, strings.Join(lines, "\n")+"\n") // whoever does not read misses them
		}
		if !open {
			return
		}
	}
}
