package formats

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/replay"
)

// order is that in which statuses are shown: what needs a look first.
var order = []string{
	"failed", "error", "crashed", "timed-out", "unrunnable", "not-ready", "leaky", "interrupted", "blocked", "not-run",
	"running", "waiting", "flaky", "xpass", "xfail", "skipped", "unchanged", "ok", "cleaning",
}

// rank is the place of a job among others: what is not fine comes first.
func rank(j *schedulepb.JobReport) int { return rankOf(replay.State(j)) }

func rankOf(word string) int {
	if i := slices.Index(order, word); i >= 0 {
		return i
	}
	return len(order)
}

// ranked returns the jobs in the order in which they are shown.
func ranked(r *schedulepb.Report) []*schedulepb.JobReport {
	jobs := slices.Clone(r.GetJobs())
	slices.SortStableFunc(jobs, func(a, b *schedulepb.JobReport) int { return cmp.Compare(rank(a), rank(b)) })
	return jobs
}

// fine reports whether nobody needs to look at the job.
func fine(j *schedulepb.JobReport) bool { return j.GetStatus().Fine() }

// counts are the totals in the order in which they are shown.
func counts(r *schedulepb.Report) []count {
	var all []count
	for word, n := range r.GetTotals() {
		all = append(all, count{word, n})
	}
	slices.SortFunc(all, func(a, b count) int {
		return cmp.Or(cmp.Compare(rankOf(a.word), rankOf(b.word)), strings.Compare(a.word, b.word))
	})
	return all
}

type count struct {
	word string
	n    uint32
}

func (c count) String() string { return fmt.Sprintf("%d %s", c.n, c.word) }

// verdict is the run in a sentence.
func verdict(r *schedulepb.Report) string {
	bad := 0
	for _, j := range r.GetJobs() {
		if !fine(j) && j.GetStatus() != schedulepb.Status_STATUS_UNSPECIFIED {
			bad++
		}
	}
	all := plural(len(r.GetJobs()), "job")
	switch {
	case r.GetEnded() == nil && r.GetExitStatus() == 0:
		return fmt.Sprintf("%s, still running", all)
	case bad == 0 && r.GetExitStatus() == 0:
		return fmt.Sprintf("%s, all fine", all)
	case bad == 0:
		return fmt.Sprintf("%s, exit status %d", all, r.GetExitStatus())
	default:
		return fmt.Sprintf("%d of %s not fine", bad, all)
	}
}

// why says what the verdict does not: why a run ended before all jobs had.
func why(r *schedulepb.Report) string {
	if r.GetExitStatus() <= 1 {
		return ""
	}
	return r.GetWhy()
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// reason says why a job ended as it did. It is empty for one that was ok.
func reason(j *schedulepb.JobReport) string {
	if text := causeText(j.GetCause()); text != "" {
		return text
	}
	if j.GetWaiting() != "" {
		return j.GetWaiting()
	}
	if j.GetStatus() == schedulepb.Status_STATUS_OK {
		return ""
	}
	for _, a := range slices.Backward(j.GetAttempts()) {
		if text := causeText(a.GetCause()); text != "" {
			return fmt.Sprintf("attempt %d: %s", a.GetNumber(), text)
		}
	}
	return ""
}

func causeText(c *schedulepb.Cause) string {
	text := c.GetText()
	if text == "" && len(c.GetOrigins()) > 0 {
		text = "because of " + strings.Join(c.GetOrigins(), ", ")
	}
	if text == "" {
		text = c.GetKind()
	}
	return text
}

// marks are the attempts of a job, such as pass/FAIL/pass. A job that has none has none.
func marks(j *schedulepb.JobReport) string {
	var all []string
	for _, a := range j.GetAttempts() {
		all = append(all, mark(a))
	}
	return strings.Join(all, "/")
}

func mark(a *schedulepb.AttemptReport) string {
	switch s := a.GetStatus(); {
	case s == schedulepb.Status_STATUS_UNSPECIFIED:
		return "..."
	case s == schedulepb.Status_STATUS_SKIPPED:
		return "skip"
	case s == schedulepb.Status_STATUS_NOT_READY:
		return "later"
	case s == schedulepb.Status_STATUS_INTERRUPTED:
		return "stop"
	case s.Good():
		return "pass"
	default:
		return "FAIL"
	}
}

// took is how long all attempts of a job ran together.
func took(j *schedulepb.JobReport) time.Duration {
	var sum time.Duration
	for _, a := range j.GetAttempts() {
		sum += a.GetTook().AsDuration()
	}
	return sum
}

// age is how long all attempts of a job have run so far.
func age(r *schedulepb.Report, j *schedulepb.JobReport) time.Duration {
	sum := took(j)
	if a := last(j); a.GetStarted() != nil && a.GetEnded() == nil && r.GetEnded() == nil {
		sum += max(0, r.GetTook().AsDuration()-a.GetStarted().AsTime().Sub(r.GetStarted().AsTime()))
	}
	return sum
}

// waitedFor is how long a job was not started after it was known.
func waitedFor(j *schedulepb.JobReport) time.Duration {
	if j.GetQueued() == nil || j.GetStarted() == nil {
		return 0
	}
	return j.GetStarted().AsTime().Sub(j.GetQueued().AsTime())
}

// last returns the last attempt of a job; nil if there is none.
func last(j *schedulepb.JobReport) *schedulepb.AttemptReport {
	if n := len(j.GetAttempts()); n > 0 {
		return j.GetAttempts()[n-1]
	}
	return nil
}

// slotsOf are those that an attempt took.
func slotsOf(a *schedulepb.AttemptReport) []uint32 {
	if len(a.GetSlots()) > 0 {
		return a.GetSlots()
	}
	return []uint32{a.GetSlot()}
}

// brief is a duration for people: 350ms, 1.25s, 12.3s, 1m05s, 2h03m.
func brief(d time.Duration) string {
	switch {
	case d < 0:
		return "-" + brief(-d)
	case d == 0:
		return "0s"
	case d < time.Millisecond:
		return "<1ms"
	case d < 999500*time.Microsecond:
		return fmt.Sprintf("%dms", d.Round(time.Millisecond).Milliseconds())
	case d < 9995*time.Millisecond:
		return fmt.Sprintf("%.2fs", d.Seconds())
	case d < 59950*time.Millisecond:
		return fmt.Sprintf("%.1fs", d.Seconds())
	case d < time.Hour-500*time.Millisecond:
		s := int(d.Round(time.Second).Seconds())
		return fmt.Sprintf("%dm%02ds", s/60, s%60)
	default:
		m := int(d.Round(time.Minute).Minutes())
		return fmt.Sprintf("%dh%02dm", m/60, m%60)
	}
}

// sortedKeys are the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
