package replay

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Settle completes the report of a run whose end was never written, if its scheduler
// is no longer alive: what ran is interrupted, what waited is not-run. Whether that died
// or could write no more is not known. Any other report stays as it is.
func Settle(report *schedulepb.Report, alive bool) {
	if alive || report.GetEnded() != nil || report.GetEvents() == 0 {
		return
	}
	const kind = "interrupt"
	scheduler := fmt.Sprintf("the scheduler, process %d, ", report.GetPid())
	ended := scheduler + "could not write on, or died,"
	totals := map[string]uint32{}
	for _, j := range report.GetJobs() {
		for _, a := range j.GetAttempts() {
			if a.GetStatus() == schedulepb.Status_STATUS_UNSPECIFIED {
				a.Status = schedulepb.Status_STATUS_INTERRUPTED
				a.Cause = &schedulepb.Cause{Kind: kind, Text: ended + " while it ran"}
			}
		}
		switch State(j) {
		case "running":
			j.Status = schedulepb.Status_STATUS_INTERRUPTED
			j.Cause = &schedulepb.Cause{Kind: kind, Text: ended + " while it ran"}
		case "waiting":
			j.Status = schedulepb.Status_STATUS_NOT_RUN
			j.Cause = &schedulepb.Cause{Kind: kind, Text: ended + " before its turn"}
		}
		j.Waiting = ""
		totals[j.GetStatus().Name()]++
	}
	report.Totals = totals
	report.Paused, report.PauseWhy = false, ""
	report.ExitStatus = 3
	report.Why = fmt.Sprintf("the journal ends at event %d: %scould not write on (no space left, for example), or died without writing the end of the run",
		report.GetEvents(), scheduler)
}

// unitNames are the names of a resource's units.
func unitNames(resource *schedulepb.Resource) []string {
	var names []string
	for _, u := range resource.GetUnits() {
		names = append(names, u.GetName())
	}
	const sane = 10_000 // the plan may come from a journal that somebody has written by hand
	for i := len(names); i < int(min(resource.GetCapacity(), sane)); i++ {
		names = append(names, fmt.Sprintf("%s.%d", resource.GetName(), i))
	}
	if len(names) == 0 {
		names = append(names, resource.GetName()+".0")
	}
	return names
}

// utilisation is the part of a time in which at least one of the holdings was on. One
// without an end goes on.
func utilisation(holdings []*schedulepb.Holding, whole time.Duration) float64 {
	if whole <= 0 {
		return 0
	}
	type stretch struct{ from, to time.Duration }
	var held []stretch
	for _, h := range holdings {
		s := stretch{h.GetFrom().AsDuration(), whole}
		if h.GetTo() != nil {
			s.to = min(h.GetTo().AsDuration(), whole)
		}
		held = append(held, s)
	}
	slices.SortFunc(held, func(a, b stretch) int { return cmp.Compare(a.from, b.from) })
	var sum, until time.Duration
	for _, s := range held {
		if s.to > until {
			sum += s.to - max(s.from, until)
			until = s.to
		}
	}
	return min(float64(sum)/float64(whole), 1)
}

// dangling returns the entries that fit no job that ran.
func dangling(expected []*schedulepb.Expected, report *schedulepb.Report) []*schedulepb.Expected {
	var without []*schedulepb.Expected
	for _, entry := range expected {
		fits := func(j *schedulepb.JobReport) bool { return fits(entry, j) }
		if !slices.ContainsFunc(report.GetJobs(), fits) {
			without = append(without, entry)
		}
	}
	return without
}

func fits(entry *schedulepb.Expected, j *schedulepb.JobReport) bool {
	if len(j.GetAttempts()) == 0 {
		return false
	}
	if matched, err := path.Match(entry.GetJob(), j.GetId()); entry.GetJob() != "" && entry.GetJob() != j.GetId() && (err != nil || !matched) {
		return false
	}
	if entry.GetLabel() != "" && !slices.Contains(j.GetLabels(), entry.GetLabel()) {
		return false
	}
	return entry.GetResource() == "" || slices.ContainsFunc(j.GetAttempts(), func(a *schedulepb.AttemptReport) bool {
		return slices.ContainsFunc(a.GetHolds(), func(h *schedulepb.Hold) bool {
			return h.GetUnit() == entry.GetResource() || h.GetResource() == entry.GetResource()
		})
	})
}
