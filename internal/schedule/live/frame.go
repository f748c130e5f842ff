package live

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Styles of a frame. Terminals that have no colours, and people who want none, are
// given plain text by the writer.
var (
	bold  = lipgloss.NewStyle().Bold(true)
	faint = lipgloss.NewStyle().Faint(true)
	red   = lipgloss.NewStyle().Foreground(lipgloss.Red)
	green = lipgloss.NewStyle().Foreground(lipgloss.Green)
	amber = lipgloss.NewStyle().Foreground(lipgloss.Yellow)
)

// frame draws the state into at most height lines of at most width cells.
func (s *state) frame(now time.Time, width, height int, left string) string {
	width, height = max(width, 20), max(height, 3)
	lines := s.head(now, width, left)
	room := height - len(lines)
	running := len(s.running)
	waiting := s.waiting.Len()
	failed := min(len(s.failures), 5)
	shares := share(room, []int{running, section(waiting), section(failed)})
	lines = append(lines, s.runningLines(now, shares[0])...)
	lines = append(lines, s.waitingLines(shares[1])...)
	lines = append(lines, s.failureLines(shares[2])...)
	for i, line := range lines {
		lines[i] = lipgloss.NewStyle().Inline(true).MaxWidth(width).Render(line)
	}
	return strings.Join(lines[:min(len(lines), height)], "\n")
}

// section is how many lines a list takes with its title.
func section(n int) int {
	if n == 0 {
		return 0
	}
	return n + 1
}

// share parts room among lists, evenly where it does not do for all.
func share(room int, wanted []int) []int {
	given := make([]int, len(wanted))
	for ; room > 0; room-- {
		least := -1
		for i, w := range wanted {
			if given[i] < w && (least < 0 || given[i] < given[least]) {
				least = i
			}
		}
		if least < 0 {
			break
		}
		given[least]++
	}
	return given
}

// head is what is said of the run as a whole.
func (s *state) head(now time.Time, width int, left string) []string {
	title := s.plan
	if title == "" {
		title = "schedule"
	}
	queued := len(s.order) - s.done - len(s.running) // whether or not it was said what for
	first := fmt.Sprintf("%s  %d/%d done  %d running  %d waiting  %s", bold.Render(clean(title)), s.done, len(s.order), len(s.running), queued, elapsed(now.Sub(s.started)))
	if left != "" {
		first += ", " + left
	}
	lines := []string{first, s.bar(min(width, 60)) + "  " + s.tally()}
	if s.notice != "" {
		lines = append(lines, amber.Render(clean(s.notice)))
	}
	for _, unit := range slices.Sorted(maps.Keys(s.units)) {
		if len(lines) > 4 {
			break
		}
		lines = append(lines, amber.Render(clean(unit)+" is "+s.units[unit]))
	}
	if s.warnings > 0 {
		lines = append(lines, amber.Render(fmt.Sprintf("%d warnings, the last: %s", s.warnings, clean(s.warning))))
	}
	return lines
}

// bar shows which part is done.
func (s *state) bar(width int) string {
	width = max(width/3, 5)
	full := width * s.done / max(len(s.order), 1)
	return "[" + green.Render(strings.Repeat("=", full)) + strings.Repeat(" ", width-full) + "]"
}

// tally counts how jobs ended.
func (s *state) tally() string {
	var parts []string
	for _, status := range slices.Sorted(maps.Keys(s.counts)) {
		text := fmt.Sprintf("%s %d", status.Name(), s.counts[status])
		parts = append(parts, styleOf(status).Render(text))
	}
	return strings.Join(parts, "  ")
}

func styleOf(status schedulepb.Status) lipgloss.Style {
	switch {
	case status == schedulepb.Status_STATUS_OK:
		return green
	case status.Fine():
		return faint
	}
	return red
}

func (s *state) runningLines(now time.Time, room int) []string {
	var lines []string
	for i, j := range s.running {
		if len(lines) == room-1 && i < len(s.running)-1 {
			return append(lines, faint.Render(fmt.Sprintf("  and %d more run", len(s.running)-i)))
		}
		if len(lines) == room {
			break
		}
		line := fmt.Sprintf("  slot %d  %s  %s", j.slot, clean(j.id), elapsed(now.Sub(j.since)))
		if j.attempt > 1 {
			line += fmt.Sprintf("  attempt %d", j.attempt)
		}
		if len(j.holds) > 0 {
			line += "  " + faint.Render(clean(strings.Join(j.holds, ", ")))
		}
		if j.slow {
			line += "  " + amber.Render("slow")
		}
		lines = append(lines, line)
	}
	return lines
}

func (s *state) waitingLines(room int) []string {
	if room < 2 {
		return nil
	}
	lines := []string{bold.Render("waiting")}
	for at := s.waiting.Front(); at != nil; at = at.Next() {
		rest := s.waiting.Len() - (len(lines) - 1)
		if len(lines) == room-1 && rest > 1 {
			return append(lines, faint.Render(fmt.Sprintf("  and %d more", rest)))
		}
		if len(lines) == room {
			break
		}
		if j, ok := at.Value.(*job); ok {
			lines = append(lines, "  "+clean(j.id)+"  "+faint.Render(clean(j.why)))
		}
	}
	return lines
}

func (s *state) failureLines(room int) []string {
	if room < 2 {
		return nil
	}
	lines := []string{bold.Render("last failures")}
	for i := len(s.failures) - 1; i >= 0 && len(lines) < room; i-- {
		f := s.failures[i]
		line := "  " + red.Render(f.status) + "  " + clean(f.job)
		if f.why != "" {
			line += "  " + clean(f.why)
		}
		if f.log != "" {
			line += "  " + faint.Render(clean(s.path(f.log)))
		}
		lines = append(lines, line)
	}
	return lines
}

// path is where a file of the run is.
func (s *state) path(file string) string { return filepath.Join(s.folder, file) }

// clean keeps what programs say from being read as orders to the terminal.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case r < ' ' || r >= 0x7f && r < 0xa0:
			return '?'
		}
		return r
	}, text)
}

// elapsed writes a span for people: 3.2s, 1m05s, 2h03m.
func elapsed(d time.Duration) string {
	switch d = max(d, 0); {
	case d < time.Minute:
		return fmt.Sprintf("%.1fs", d.Truncate(100*time.Millisecond).Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
}
