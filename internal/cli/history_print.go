package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/ansar-go/ansar/internal/history"
)

// numberedRun is a run with the number that lists show.
type numberedRun struct {
	Number int `json:"run"`
	history.Run
}

func numbered(runs []history.Run) []numberedRun {
	list := make([]numberedRun, 0, len(runs))
	for i := range runs {
		list = append(list, numberedRun{number(&runs[i]), runs[i]})
	}
	return list
}

// shortLine prints [0] 3m ago ... 2m25.6s (Ack).
func shortLine(text *strings.Builder, r *history.Run, now time.Time) {
	fmt.Fprintf(text, "[%d] %s ago ... ", number(r), elapsed(now.Sub(r.Started)))
	if r.Open() {
		text.WriteString("?")
	} else {
		fmt.Fprintf(text, "%s (%s)", elapsed(r.End.Time.Sub(r.Started)), ending(r.End))
	}
	text.WriteString(remarks(r, false) + "\n")
}

// longLine prints begin ... end (2m25.6s) Ack.
func longLine(text *strings.Builder, r *history.Run) {
	text.WriteString(instant(r.Started) + " ... ")
	if r.Open() {
		text.WriteString("?")
	} else {
		fmt.Fprintf(text, "%s (%s) %s", instant(r.End.Time), elapsed(r.End.Time.Sub(r.Started)), ending(r.End))
	}
	text.WriteString(remarks(r, true) + "\n")
}

func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// ending says how a run ended, in a word or two.
func ending(e *history.Ending) string {
	switch {
	case e.Type != "" && (e.Type != "ExitCode" || e.ExitStatus == nil): // the status says more than its type
		return e.Type
	case e.Signal != "":
		return "signal " + e.Signal
	case e.ExitStatus != nil:
		return fmt.Sprintf("exit status %d", *e.ExitStatus)
	}
	return e.How
}

// remarks are what else there is to say about a run, behind a comma each.
func remarks(r *history.Run, long bool) string {
	var list []string
	if r.Restart > 0 {
		list = append(list, fmt.Sprintf("restart %d", r.Restart))
	}
	if long && r.By != "" {
		list = append(list, fmt.Sprintf("started by %q", r.By))
	}
	if n := len(r.Stops); n > 0 && (long || !r.Open()) {
		list = append(list, fmt.Sprintf("stopped by %q", r.Stops[n-1].By))
	}
	if e := r.End; e != nil {
		if e.Type != "" && e.Signal != "" {
			list = append(list, "signal "+e.Signal)
		}
		if e.Failed != "" {
			list = append(list, "failed: "+oneLine(e.Failed))
		}
	}
	if list == nil {
		return ""
	}
	return ", " + strings.Join(list, ", ")
}

// details prints what does not fit into a line.
func details(text *strings.Builder, r *history.Run) {
	row := func(name, format string, args ...any) {
		fmt.Fprintf(text, "    %-10s  %s\n", name, oneLine(fmt.Sprintf(format, args...)))
	}
	row("run", "%d, process %d", number(r), r.PID)
	if r.Executable != "" {
		row("executable", "%s", strings.TrimSpace(r.Executable+" "+r.Digest))
	}
	if !r.Ready.IsZero() {
		row("ready", "%s (%s)", instant(r.Ready), elapsed(r.Ready.Sub(r.Started)))
	}
	for _, stop := range r.Stops {
		row("stopped", "%s by %q", instant(stop.Time), stop.By)
	}
	e := r.End
	if e == nil {
		return
	}
	row("end", "%s", e.How)
	if u := e.Usage; u != (history.Usage{}) {
		row("used", "%d ms user, %d ms system, %d KiB", u.UserMS, u.SystemMS, u.MaxRSS>>10)
	}
	for _, more := range []struct{ name, text string }{
		{"fault", e.Text}, {"forced", e.Forced}, {"failed", e.Failed}, {"evidence", e.Evidence}, {"goroutines", e.Dump},
	} {
		if more.text != "" {
			row(more.name, "%s", more.text)
		}
	}
	for _, line := range e.LastLines {
		row("|", "%s", line)
	}
}

// oneLine keeps a text within its line.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return ' '
		}
		return r
	}, text)
}
