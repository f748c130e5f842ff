package selection

import (
	pb "github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Expr is an expression that chooses jobs. Use [Parse].
type Expr struct {
	text string
	top  node
}

// String returns the text that it was made of.
func (e *Expr) String() string { return e.text }

// Matches reports whether the expression chooses a job; last is what became of it
// in the last run, or nil if it was not in it.
func (e *Expr) Matches(job *pb.Job, last *pb.JobReport) bool {
	return e.top.matches(subject{job, last})
}

// subject is a job and its last run.
type subject struct {
	job  *pb.Job
	last *pb.JobReport
}

type node interface{ matches(s subject) bool }

type (
	and []node
	or  []node
	not struct{ of node }

	// term is the smallest part.
	term struct {
		values func(s subject) []string
		glob   *glob
	}
)

func (all and) matches(s subject) bool {
	for _, n := range all {
		if !n.matches(s) {
			return false
		}
	}
	return true
}

func (any or) matches(s subject) bool {
	for _, n := range any {
		if n.matches(s) {
			return true
		}
	}
	return false
}

func (n not) matches(s subject) bool { return !n.of.matches(s) }

func (t term) matches(s subject) bool {
	for _, value := range t.values(s) {
		if t.glob.matches(value) {
			return true
		}
	}
	return false
}

// none is the status of a job that was not in the last run.
const none = "none"

// keys are the kinds of terms, and what of a job they look at.
var keys = map[string]func(s subject) []string{
	"id":    func(s subject) []string { return []string{s.job.GetId()} },
	"label": func(s subject) []string { return s.job.GetLabels() },
	"status": func(s subject) []string {
		if s.last == nil {
			return []string{none}
		}
		return []string{s.last.Status.Name()}
	},
	"resource": func(s subject) []string {
		var names []string
		for _, d := range s.job.GetResources() {
			names = append(names, d.GetName())
		}
		for _, attempt := range s.last.GetAttempts() {
			for _, hold := range attempt.GetHolds() {
				names = append(names, hold.GetResource(), hold.GetUnit())
			}
		}
		return names
	},
}
