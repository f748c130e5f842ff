package check

import (
	"fmt"
	"path"
	"strings"

	pb "github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

func (c *checker) guards() {
	seen := map[string]int{}
	for i, guard := range c.full.Guards {
		a := &at{path: fmt.Sprintf("guards[%d]", i), name: "guard " + word(guard.Id)}
		c.id(a.path+".id", "guard", guard.Id, i, seen)
		if _, ok := c.jobs[guard.Id]; ok {
			c.add(a, "id", "guard %s is called as a job is: give it an id of its own", word(guard.Id))
		}
		switch w := guard.Work.(type) {
		case *pb.Guard_Command:
			c.command(a, "command", w.Command)
		case *pb.Guard_Call:
			c.call(a, "call", w.Call)
		default:
			c.add(a, "", "%s has nothing to do: give it a command or a call", a.name)
		}
		known(c, a, "alarm", guard.Alarm, pb.Alarm_name)
	}
}

func (c *checker) expected() {
	for i, e := range c.full.Expected {
		a := &at{path: fmt.Sprintf("expected[%d]", i)}
		if e.GetJob() == "" && e.GetLabel() == "" && e.GetResource() == "" {
			c.add(a, "", "expected failure number %d fits every job: give it a job, a label or a resource", i+1)
		}
		if _, err := path.Match(e.GetJob(), ""); err != nil {
			c.add(a, "job", "%q is no pattern: close its [ or write \\[", e.GetJob())
		}
	}
}

// meanings are the statuses that a command may end with by its exit status. The
// others are for the scheduler to find.
var meanings = []pb.Status{
	pb.Status_STATUS_OK, pb.Status_STATUS_FAILED, pb.Status_STATUS_ERROR, pb.Status_STATUS_SKIPPED,
	pb.Status_STATUS_UNCHANGED, pb.Status_STATUS_NOT_READY,
}

func (c *checker) exitRules() {
	seen := map[uint32]int{}
	for i, rule := range c.full.ExitStatuses {
		a := &at{path: fmt.Sprintf("exit_statuses[%d]", i)}
		if rule.GetStatus() > 255 {
			c.add(a, "status", "exit status %d does not exist: write 0 to 255", rule.GetStatus())
		}
		if first, ok := seen[rule.GetStatus()]; ok {
			c.add(a, "status", "exit status %d has a meaning already, in rule number %d: keep one", rule.GetStatus(), first+1)
		} else {
			seen[rule.GetStatus()] = i
		}
		var words []string
		ok := false
		for _, s := range meanings {
			ok = ok || s == rule.GetMeans()
			words = append(words, s.Name())
		}
		switch {
		case ok:
		case rule.GetMeans() == pb.Status_STATUS_UNSPECIFIED:
			c.add(a, "means", "exit status %d is given no meaning: write one of %s", rule.GetStatus(), strings.Join(words, ", "))
		default:
			c.add(a, "means", "exit status %d cannot mean %s, which only the scheduler knows: write one of %s", rule.GetStatus(), rule.GetMeans().Name(), strings.Join(words, ", "))
		}
	}
}

// Warnings says what is odd in a plan that can work all the same.
func Warnings(plan *pb.Plan) []Problem {
	c := &checker{plan: plan, full: Complete(plan)}
	if len(c.full.Jobs) == 0 {
		c.add(&at{path: "jobs"}, "", "the plan has no jobs: nothing will run")
	}
	c.dangling()
	lower := map[string]string{}
	for i, job := range c.full.Jobs {
		a := &at{path: fmt.Sprintf("jobs[%d]", i), job: job.Id, name: nameOf(job, i)}
		if slow := job.Slow.AsDuration(); slow > 0 && slow >= job.Timeout.AsDuration() {
			c.add(a, "slow", "%s would be stopped for its timeout before it counts as slow: shorten slow", a.name)
		}
		key := strings.ToLower(job.Id)
		if other := lower[key]; other != "" && other != job.Id {
			c.add(a, "id", "job %s and job %s differ in case only, and share a folder where the file system does not tell case apart: rename one", word(job.Id), word(other))
		} else {
			lower[key] = job.Id
		}
	}
	return c.problems
}

// dangling finds expected failures that no job of the plan can fit.
func (c *checker) dangling() {
	names := map[string]bool{}
	for _, r := range c.full.Resources {
		names[r.Name] = true
		for _, u := range r.Units {
			names[u.Name] = true
		}
	}
	for i, e := range c.full.Expected {
		a := &at{path: fmt.Sprintf("expected[%d]", i)}
		fits := false
		for _, job := range c.full.Jobs {
			if fits = fits || fit(e, job); fits {
				break
			}
		}
		switch {
		case !fits && e.GetLabel() == "":
			c.add(a, "job", "no job is called %s, so that its expected failure can never be: correct it, or take it out", word(e.GetJob()))
		case !fits:
			c.add(a, "label", "no job has the label %q%s, so that its expected failure can never be: correct it, or take it out", e.GetLabel(), called(e.GetJob()))
		}
		if r := e.GetResource(); r != "" && !names[r] {
			c.add(a, "resource", "no resource or unit is called %s, so that the expected failure can never be: correct it, or take it out", word(r))
		}
	}
}

func called(job string) string {
	if job == "" {
		return ""
	}
	return " and is called " + job
}

// fit reports whether the job's id and labels are those of an expected failure.
func fit(e *pb.Expected, job *pb.Job) bool {
	if e.GetJob() != "" {
		if ok, err := path.Match(e.GetJob(), job.Id); err != nil || !ok {
			return false
		}
	}
	for _, label := range job.Labels {
		if label == e.GetLabel() {
			return true
		}
	}
	return e.GetLabel() == ""
}
