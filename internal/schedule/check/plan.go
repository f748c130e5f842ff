package check

import (
	"errors"
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/actor/schedule/graph"
	pb "github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/settings"
)

// Plan says why a plan cannot work: what is wrong, where, and what to do. It
// takes a plan as it was written as well as a complete one, and does not change
// it. Without problems the plan can be started. The order of the problems is
// that of the plan, cycles at the end.
func Plan(plan *pb.Plan, o Options) []Problem {
	if plan == nil {
		plan = &pb.Plan{}
	}
	c := &checker{plan: plan, full: Complete(plan), o: o, jobs: map[string]int{}, guesses: 20}
	c.executable = once(o.Executable)
	if o.Command != nil {
		c.startable = once(func(p place) error { return o.Command(p.name, p.dir) })
	}
	if o.File != nil {
		c.readable = once(func(p place) error { return o.File(p.name, p.dir) })
	}
	c.slots = o.Slots
	if c.slots == 0 {
		c.slots = int(plan.GetLimits().GetSlots())
	}
	c.pause = proto.CloneOf(plan.GetDefaults().GetBackoff())
	completeBackoff(c.pause)
	c.environment("environment", "", plan.Environment, nil)
	c.defaults(plan.Defaults)
	c.limits(plan.Limits)
	c.resources()
	for i, job := range c.full.Jobs {
		c.id(fmt.Sprintf("jobs[%d].id", i), "job", job.Id, i, c.jobs)
	}
	for i, job := range c.full.Jobs {
		c.job(&at{path: fmt.Sprintf("jobs[%d]", i), job: job.Id, name: nameOf(job, i)}, job, plan.Jobs[i])
	}
	c.guards()
	c.expected()
	c.exitRules()
	c.cycles()
	return c.problems
}

// checker collects the problems of one plan.
type checker struct {
	plan, full *pb.Plan // as written, and complete
	o          Options
	slots      int // 0: not known
	executable func(name string) error
	startable  func(place) error
	readable   func(place) error
	jobs       map[string]int
	pause      *pb.Backoff // of the defaults, complete
	pools      map[string]*pool
	guesses    int // how often it is still worth looking for what was meant
	problems   []Problem
}

// at is where problems are.
type at struct {
	path string
	job  string // id, for Problem.Job
	name string // subject of the sentence: job flash, guard usb
}

func (c *checker) add(a *at, below, format string, args ...any) {
	path := a.path
	switch {
	case path == "" || below == "":
		path += below
	case below[0] == '[':
		path += below
	default:
		path += "." + below
	}
	c.problems = append(c.problems, Problem{Path: path, Job: a.job, Text: fmt.Sprintf(format, args...)})
}

// meant returns a hint at what a word that is unknown was meant to be.
func (c *checker) meant(word string, candidates func() []string) string {
	if c.guesses--; c.guesses < 0 {
		return ""
	}
	near, ok := settings.Nearest(word, candidates())
	if !ok {
		return ""
	}
	return " (did you mean " + near + "?)"
}

func nameOf(job *pb.Job, i int) string {
	if job.Id == "" {
		return fmt.Sprintf("job number %d", i+1)
	}
	return "job " + word(job.Id)
}

// word returns a name as a sentence has it: in quotes only if it is odd.
func word(s string) string {
	if oddID(s) != "" {
		return fmt.Sprintf("%q", s)
	}
	return s
}

// id checks an id, and that it is the only one.
func (c *checker) id(path, what, id string, i int, seen map[string]int) {
	a := &at{path: path}
	if what == "job" {
		a.job = id
	}
	if problem := oddID(id); problem != "" {
		c.add(a, "", "the id of %s number %d %s", what, i+1, problem)
		return
	}
	if first, ok := seen[id]; ok {
		c.add(a, "", "%s %s is there already, as number %d: give each its own id", what, id, first+1)
		return
	}
	seen[id] = i
}

// idMost is how long an id may be, in bytes.
const idMost = 128

// oddID says what is wrong with an id. Ids become names of folders.
func oddID(id string) string {
	if id == "" {
		return "is missing: give it one"
	}
	if len(id) > idMost {
		return fmt.Sprintf("has %d characters, more than %d: shorten it", len(id), idMost)
	}
	for _, r := range id {
		if !letterOrDigit(r) && !strings.ContainsRune("._-@+:=", r) {
			return fmt.Sprintf("is %q, with %q in it: use letters, digits and . _ - @ + : =", id, string(r))
		}
	}
	if !letterOrDigit(rune(id[0])) && id[0] != '_' {
		return fmt.Sprintf("is %q: begin it with a letter or a digit", id)
	}
	return ""
}

func letterOrDigit(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}

// cycles names what needs itself over others, with every edge that takes part.
func (c *checker) cycles() {
	g := graph.New()
	for i, job := range c.full.Jobs {
		if c.jobs[job.Id] != i || oddID(job.Id) != "" {
			continue
		}
		var needs []string
		for _, need := range job.Needs {
			if _, ok := c.jobs[need.GetJob()]; ok {
				needs = append(needs, need.GetJob())
			}
		}
		g.Put(job.Id, needs...)
	}
	joined, ok := g.Check().(interface{ Unwrap() []error })
	if !ok {
		return
	}
	for _, err := range joined.Unwrap() {
		if cycle := new(graph.CycleError); errors.As(err, &cycle) {
			c.cycle(cycle)
		}
	}
}

func (c *checker) cycle(cycle *graph.CycleError) {
	const most = 20
	var edges []string
	for _, e := range cycle.Edges[:min(most, len(cycle.Edges))] {
		edges = append(edges, c.edge(e)+" ("+e.ID+" -> "+e.Need+")")
	}
	all := strings.Join(edges, ", ")
	if more := len(cycle.Edges) - most; more > 0 {
		all += fmt.Sprintf(" and %d more", more)
	}
	first := graph.Edge{ID: cycle.Path[0], Need: cycle.Path[1]}
	c.add(&at{path: c.edge(first), job: first.ID}, "", "cycle: %s, where each needs the next, so that none can be the first: remove one of %s",
		strings.Join(cycle.Path, " -> "), all)
}

// edge returns where an edge stands in the plan.
func (c *checker) edge(e graph.Edge) string {
	i := c.jobs[e.ID]
	for k, need := range c.full.Jobs[i].Needs {
		if need.GetJob() == e.Need {
			return fmt.Sprintf("jobs[%d].needs[%d]", i, k)
		}
	}
	return fmt.Sprintf("jobs[%d].needs", i)
}
