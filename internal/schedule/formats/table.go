package formats

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/replay"
)

// TableOptions adjust [Table]. A nil *TableOptions means the defaults.
type TableOptions struct {
	// Width is how many columns a line may take. If zero, no limit.
	Width int

	// Colour says that the terminal knows colours. If false, there are none.
	Colour bool

	// Fine shows jobs that nobody needs to look at as well. If false, they are only
	// counted, unless there are few (20) jobs in all, and so are those whose turn
	// never came, if they are more than that.
	Fine bool
}

// few jobs are all shown.
const few = 20

// Table writes the report as lines for a terminal: a sentence, the counts, and a row
// for each job, those that are not fine first, with its attempts, how long they took,
// its slot and why it ended as it did.
func Table(w io.Writer, r *schedulepb.Report, opts *TableOptions) error {
	if opts == nil {
		opts = &TableOptions{}
	}
	t := &tableWriter{w: bufio.NewWriter(w), opts: opts}
	t.head(r)
	var rows []row
	var logs []string
	left, never := 0, 0
	unrun := r.GetTotals()["not-run"] > few
	for _, j := range ranked(r) {
		switch {
		case opts.Fine || len(r.GetJobs()) <= few:
		case fine(j):
			left++
			continue
		case unrun && j.GetStatus() == schedulepb.Status_STATUS_NOT_RUN:
			never++
			continue
		}
		rows = append(rows, rowOf(r, j))
		logs = append(logs, logOf(j))
	}
	t.rows(rows, logs)
	if never > 0 {
		fmt.Fprintf(t.w, "and %d jobs whose turn never came\n", never)
	}
	if left > 0 {
		fmt.Fprintf(t.w, "and %s that %s fine\n", plural(left, "job"), map[bool]string{true: "is", false: "are"}[left == 1])
	}
	t.tail(r)
	return t.w.Flush()
}

type tableWriter struct {
	w    *bufio.Writer
	opts *TableOptions

	indent string // below the names of jobs
	left   int    // columns for reasons
}

func (t *tableWriter) head(r *schedulepb.Report) {
	fmt.Fprintf(t.w, "%s: %s", visible(cmp.Or(r.GetPlan(), "run")), verdict(r))
	if took := r.GetTook().AsDuration(); took > 0 {
		fmt.Fprintf(t.w, ", %s", brief(took))
	}
	if why := why(r); why != "" {
		fmt.Fprintf(t.w, ": %s", visible(why))
	}
	fmt.Fprintln(t.w)
	for i, c := range counts(r) {
		if i > 0 {
			fmt.Fprint(t.w, ", ")
		}
		fmt.Fprint(t.w, t.paint(c.word, c.String()))
	}
	fmt.Fprint(t.w, "\n\n")
}

// row has the cells of a job.
type row [6]string

const (
	statusCell = iota
	jobCell
	tookCell
	attemptsCell
	slotCell
	reasonCell
)

var titles = row{"STATUS", "JOB", "TOOK", "ATTEMPTS", "SLOT", "REASON"}

func rowOf(r *schedulepb.Report, j *schedulepb.JobReport) row {
	cells := row{replay.State(j), visible(j.GetId()), "", marks(j), "", visible(reason(j))}
	if a := last(j); a != nil {
		cells[tookCell], cells[slotCell] = brief(age(r, j)), fmt.Sprint(a.GetSlot())
	}
	return cells
}

// logOf is where to look for what a job that is not fine has said.
func logOf(j *schedulepb.JobReport) string {
	if a := last(j); a != nil && !fine(j) && j.GetEnded() != nil {
		return visible(a.GetLog())
	}
	return ""
}

func (t *tableWriter) rows(rows []row, logs []string) {
	if len(rows) == 0 {
		return
	}
	rows, logs = append([]row{titles}, rows...), append([]string{""}, logs...)
	var widths [len(titles)]int
	for _, cells := range rows {
		for i, cell := range cells {
			widths[i] = max(widths[i], width(cell))
		}
	}
	if t.opts.Width > 0 {
		widths[jobCell] = min(widths[jobCell], max(20, t.opts.Width/3))
	}
	widths[attemptsCell] = min(widths[attemptsCell], 30)
	used := 0
	for _, n := range widths[:reasonCell] {
		used += n + 2
	}
	t.indent = strings.Repeat(" ", widths[statusCell]+2)
	t.left = t.opts.Width - used
	for i, cells := range rows {
		var line strings.Builder
		for n, cell := range cells[:reasonCell] {
			padded := pad(shorten(cell, widths[n]), widths[n], n == tookCell || n == slotCell)
			if n == statusCell && i > 0 {
				padded = t.paint(strings.TrimSpace(cell), padded)
			}
			line.WriteString(padded + "  ")
		}
		t.row(line.String(), cells[reasonCell], logs[i])
	}
}

// row writes a row, with the reason below it where there is no room beside.
func (t *tableWriter) row(line, reason, log string) {
	const room = 30 // less is not worth it
	switch {
	case t.opts.Width <= 0:
		fmt.Fprintln(t.w, strings.TrimRight(line+reason, " "))
	case t.left >= room:
		fmt.Fprintln(t.w, strings.TrimRight(line+shorten(reason, t.left), " "))
	default:
		fmt.Fprintln(t.w, strings.TrimRight(line, " "))
		if reason != "" && reason != titles[reasonCell] {
			fmt.Fprintln(t.w, t.indent+shorten(reason, max(room, t.opts.Width-len(t.indent))))
		}
	}
	if log != "" {
		fmt.Fprintln(t.w, t.indent+t.paint("", log))
	}
}

func (t *tableWriter) tail(r *schedulepb.Report) {
	var lines []string
	for _, resource := range r.GetResources() {
		for _, u := range resource.GetUnits() {
			if u.GetCondition() == schedulepb.Condition_CONDITION_QUARANTINED {
				lines = append(lines, fmt.Sprintf("out of service: %s: %s", u.GetName(), u.GetWhy()))
			}
		}
	}
	for _, e := range r.GetDangling() {
		lines = append(lines, "expected failure that fits no job that ran: "+expectedText(e))
	}
	for _, text := range r.GetWarnings() {
		lines = append(lines, "warning: "+text)
	}
	if r.GetFolder() != "" {
		lines = append(lines, "logs are below "+r.GetFolder())
	}
	if len(lines) > 0 {
		fmt.Fprintln(t.w)
	}
	for _, line := range lines {
		fmt.Fprintln(t.w, visible(line))
	}
}

func expectedText(e *schedulepb.Expected) string {
	var parts []string
	for _, p := range [][2]string{{"job", e.GetJob()}, {"label", e.GetLabel()}, {"resource", e.GetResource()}} {
		if p[1] != "" {
			parts = append(parts, p[0]+" "+p[1])
		}
	}
	text := strings.Join(parts, ", ")
	if e.GetReason() != "" {
		text += " (" + e.GetReason() + ")"
	}
	return text
}
