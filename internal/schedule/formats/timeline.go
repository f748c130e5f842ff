package formats

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Timeline writes who had what when: a column for each slot and each unit that was
// used, and a row for each instant at which something began or ended, with the time since
// the start of the run. A cell names the job that has the slot or unit from then on, and
// the words of columns are cut to limit characters (0: not at all).
func Timeline(w io.Writer, r *schedulepb.Report, limit int) error {
	used := slices.DeleteFunc(lanes(r), func(l lane) bool { return len(l.bars) == 0 })
	buffered := bufio.NewWriter(w)
	if len(used) == 0 {
		fmt.Fprintln(buffered, "nothing ran")
		return buffered.Flush()
	}
	instants := instantsOf(used)
	cells := make([][]string, len(used)) // by lane, then by instant
	widths := make([]int, len(used))
	for i, l := range used {
		cells[i] = l.cells(instants, limit)
		widths[i] = width(visible(l.name))
		for _, cell := range cells[i] {
			widths[i] = max(widths[i], width(cell))
		}
	}
	clock := len(stamp(instants[len(instants)-1]))
	line := func(first string, cell func(lane int) string) {
		var b strings.Builder
		b.WriteString(pad(first, clock, true))
		for i := range used {
			b.WriteString("  " + pad(cell(i), widths[i], false))
		}
		fmt.Fprintln(buffered, strings.TrimRight(b.String(), " "))
	}
	line("TIME", func(i int) string { return visible(used[i].name) })
	for n, at := range instants {
		line(stamp(at), func(i int) string { return cells[i][n] })
	}
	return buffered.Flush()
}

// instantsOf are all times at which something begins or ends, to the millisecond.
func instantsOf(all []lane) []time.Duration {
	var instants []time.Duration
	for _, l := range all {
		for _, b := range l.bars {
			instants = append(instants, b.from.Round(time.Millisecond), b.to.Round(time.Millisecond))
		}
	}
	slices.Sort(instants)
	return slices.Compact(instants)
}

// cells are who has the lane from each of the instants on.
func (l *lane) cells(instants []time.Duration, limit int) []string {
	cells := make([]string, len(instants))
	for _, b := range l.bars {
		from, _ := slices.BinarySearch(instants, b.from.Round(time.Millisecond))
		to, _ := slices.BinarySearch(instants, b.to.Round(time.Millisecond))
		label := visible(b.label)
		if limit > 0 {
			label = shorten(label, limit)
		}
		for i := from; i < max(to, from+1) && i < len(cells); i++ {
			if cells[i] != "" && cells[i] != label {
				cells[i] += "+" + label // shared, or shorter than a millisecond
			} else {
				cells[i] = label
			}
		}
	}
	for i, cell := range cells {
		if cell == "" {
			cells[i] = "."
		}
	}
	return cells
}

func stamp(d time.Duration) string { return fmt.Sprintf("%.3fs", d.Seconds()) }

// Utilisation writes what part of the run each slot and each unit was taken, by how many
// attempts, and which units are not in service.
func Utilisation(w io.Writer, r *schedulepb.Report) error {
	all := lanes(r)
	widest := 0
	for _, l := range all {
		widest = max(widest, width(visible(l.name)))
	}
	buffered := bufio.NewWriter(w)
	for _, l := range all {
		part := l.busy(r.GetTook().AsDuration())
		const full = 30
		gauge := pad(strings.Repeat("#", int(part*full+0.5)), full, false)
		fmt.Fprintf(buffered, "%s  %5.1f%%  [%s]  %s", pad(visible(l.name), widest, false), 100*part, gauge, plural(len(l.bars), "use"))
		if l.note != "" {
			fmt.Fprintf(buffered, "  %s", l.note)
		}
		fmt.Fprintln(buffered)
	}
	return buffered.Flush()
}

// CriticalPath writes the jobs that the length of the run is due to, with when each
// started and how long it took.
func CriticalPath(w io.Writer, r *schedulepb.Report) error {
	buffered := bufio.NewWriter(w)
	widest := 0
	for _, id := range r.GetCriticalPath() {
		widest = max(widest, width(visible(id)))
	}
	for _, step := range steps(r) {
		fmt.Fprintf(buffered, "%10s  %s  %s\n", stamp(step.from), pad(visible(step.job.GetId()), widest, false), brief(step.to-step.from))
	}
	return buffered.Flush()
}

// steps are the jobs of the critical path, with their times.
func steps(r *schedulepb.Report) []bar {
	jobs := map[string]*schedulepb.JobReport{}
	for _, j := range r.GetJobs() {
		jobs[j.GetId()] = j
	}
	var all []bar
	for _, id := range r.GetCriticalPath() {
		j := jobs[id]
		if j == nil || j.GetStarted() == nil {
			continue
		}
		b := bar{job: j, label: id, from: j.GetStarted().AsTime().Sub(r.GetStarted().AsTime()), to: r.GetTook().AsDuration()}
		if j.GetEnded() != nil {
			b.to = j.GetEnded().AsTime().Sub(r.GetStarted().AsTime())
		}
		all = append(all, b)
	}
	return all
}
