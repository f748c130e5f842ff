package formats

import (
	"bufio"
	"fmt"
	"io"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/replay"
)

// Changes are the differences between two runs of a plan. A job stands in one of
// Failing, Fixed and Still at most; jobs are those of the later run, in its order.
type Changes struct {
	Failing []Change // fine before, not fine now
	Fixed   []Change // the reverse
	Still   []Change // not fine in both
	Slower  []Change // fine in both, half as long again and at least 100 ms
	Faster  []Change // the reverse
	Added   []Change // not in the earlier run
	Removed []Change // not in the later one
}

// Change is a job in two runs. Old is nil for one that was added, New for one that was
// removed.
type Change struct {
	Old, New *schedulepb.JobReport
}

// Compare finds what has changed since an earlier run. Jobs that did not run, in one of
// the two, are neither slower nor faster.
func Compare(older, newer *schedulepb.Report) *Changes {
	before := map[string]*schedulepb.JobReport{}
	for _, j := range older.GetJobs() {
		before[j.GetId()] = j
	}
	c := &Changes{}
	for _, j := range newer.GetJobs() {
		c.add(Change{before[j.GetId()], j})
		delete(before, j.GetId())
	}
	for _, j := range older.GetJobs() {
		if before[j.GetId()] != nil {
			c.Removed = append(c.Removed, Change{Old: j})
		}
	}
	return c
}

func (c *Changes) add(change Change) {
	if change.Old == nil {
		c.Added = append(c.Added, change)
		return
	}
	was, is := fine(change.Old), fine(change.New)
	switch {
	case was && !is:
		c.Failing = append(c.Failing, change)
	case !was && is:
		c.Fixed = append(c.Fixed, change)
	case !was && !is:
		c.Still = append(c.Still, change)
	case slower(took(change.Old), took(change.New)):
		c.Slower = append(c.Slower, change)
	case slower(took(change.New), took(change.Old)):
		c.Faster = append(c.Faster, change)
	}
}

func slower(before, now time.Duration) bool {
	const noise = 100 * time.Millisecond
	return before > 0 && now-before >= noise && now >= before+before/2
}

// Diff writes what has changed since an earlier run, what is worse first. It writes one
// line if nothing has.
func Diff(w io.Writer, older, newer *schedulepb.Report) error {
	b := bufio.NewWriter(w)
	c := Compare(older, newer)
	written := false
	for _, section := range []struct {
		title   string
		changes []Change
		line    func(Change) string
	}{
		{"new failures", c.Failing, statuses},
		{"still not fine", c.Still, statuses},
		{"fixed", c.Fixed, statuses},
		{"slower", c.Slower, times},
		{"faster", c.Faster, times},
		{"added", c.Added, func(c Change) string { return replay.State(c.New) }},
		{"no longer there", c.Removed, func(c Change) string { return "was " + replay.State(c.Old) }},
	} {
		if len(section.changes) == 0 {
			continue
		}
		written = true
		fmt.Fprintf(b, "%s: %d\n", section.title, len(section.changes))
		for _, change := range section.changes {
			job := change.New
			if job == nil {
				job = change.Old
			}
			fmt.Fprintf(b, "  %s: %s\n", visible(job.GetId()), section.line(change))
		}
	}
	if !written {
		fmt.Fprintf(b, "no job has changed since run %s\n", visible(older.GetRun()))
	}
	return b.Flush()
}

func statuses(c Change) string {
	text := fmt.Sprintf("%s, was %s", replay.State(c.New), replay.State(c.Old))
	if why := reason(c.New); why != "" && !fine(c.New) {
		text += ": " + visible(why)
	}
	return text
}

func times(c Change) string {
	was, is := took(c.Old), took(c.New)
	return fmt.Sprintf("%s, was %s (%+.0f%%)", brief(is), brief(was), 100*(is.Seconds()/was.Seconds()-1))
}
