package check

import (
	"fmt"
	"path"
	"slices"
	"strings"

	pb "github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// job checks one job of the complete plan; written is the same as it was written.
func (c *checker) job(a *at, job, written *pb.Job) {
	c.work(a, job)
	c.needs(a, job)
	c.demands(a, job)
	c.numbers(a, job, written)
	c.environment(a.path+".environment", job.Id, written.GetEnvironment(), c.inherited)
	if d := c.plan.GetDefaults(); written.GetIsolation() != d.GetIsolation() {
		known(c, a, "isolation", written.GetIsolation(), pb.Isolation_name)
	}
	if d := c.plan.GetDefaults(); written.GetStrays() != d.GetStrays() {
		known(c, a, "strays", written.GetStrays(), pb.Strays_name)
	}
	for k, name := range job.Artefacts {
		switch {
		case name == "":
			c.add(a, fmt.Sprintf("artefacts[%d]", k), "%s announces an artefact without a name: give it one", a.name)
		case slices.Contains(job.Artefacts[:k], name):
			c.add(a, fmt.Sprintf("artefacts[%d]", k), "%s announces %q twice: keep one", a.name, name)
		}
	}
	for k, label := range job.Labels {
		if strings.TrimSpace(label) == "" {
			c.add(a, fmt.Sprintf("labels[%d]", k), "%s has an empty label: leave it out", a.name)
		}
	}
	for k, pattern := range job.Fingerprint.GetFiles() {
		if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
			c.add(a, fmt.Sprintf("fingerprint.files[%d]", k), "%q is no pattern of files: close its [ or write \\[", pattern)
		}
	}
	if r := job.Repeat; r != nil {
		if r.Count == 0 {
			c.add(a, "repeat.count", "%s is repeated 0 times: say how often, or leave repeat out", a.name)
		}
		known(c, a, "repeat.until", r.Until, pb.Until_name)
	}
}

// known checks that an enum has a value that there is.
func known[E ~int32](c *checker, a *at, below string, value E, names map[int32]string) {
	if _, ok := names[int32(value)]; !ok {
		c.add(a, below, "%s has %s %d, which means nothing: use one of its constants", a.name, below, value)
	}
}

// inherited reports whether a job has a variable from the plan or its defaults,
// where it was checked already.
func (c *checker) inherited(name, value string) bool {
	for _, from := range []map[string]string{c.plan.Environment, c.plan.GetDefaults().GetEnvironment()} {
		if v, ok := from[name]; ok && v == value {
			return true
		}
	}
	return false
}

// environment checks names and values of variables, but those to leave out.
func (c *checker) environment(path, job string, variables map[string]string, leave func(name, value string) bool) {
	for _, name := range sorted(variables) {
		switch {
		case leave != nil && leave(name, variables[name]):
		case name == "" || strings.ContainsAny(name, "=\x00"):
			c.add(&at{path: path, job: job}, "", "%q is no name of an environment variable: leave out = and what is empty", name)
		case strings.Contains(variables[name], "\x00"):
			c.add(&at{path: path + "." + name, job: job}, "", "the value of %s has a zero byte, which no environment can hold: leave it out", name)
		}
	}
}

func (c *checker) needs(a *at, job *pb.Job) {
	type edge struct{ job, artefact string }
	seen := map[edge]bool{}
	for k, need := range job.Needs {
		here := &at{path: fmt.Sprintf("%s.needs[%d]", a.path, k), job: a.job, name: a.name}
		c.need(here, need)
		if e := (edge{need.GetJob(), need.GetArtefact()}); seen[e] && e.job != "" {
			c.add(here, "", "%s needs %s twice: keep one", a.name, word(e.job))
		} else {
			seen[e] = true
		}
	}
}

func (c *checker) need(a *at, need *pb.Need) {
	id := need.GetJob()
	if id == "" {
		c.add(a, "job", "%s needs a job without an id: say which", a.name)
		return
	}
	i, ok := c.jobs[id]
	if !ok {
		c.add(a, "job", "%s needs %q, which is not in the plan%s", a.name, id, c.hint(id, c.ids))
		return
	}
	known(c, a, "after", need.After, pb.After_name)
	artefacts := c.full.Jobs[i].Artefacts
	switch {
	case need.Artefact == "" && need.After == pb.After_AFTER_ARTEFACT:
		c.add(a, "artefact", "%s waits for an artefact of %s and does not say which: name it", a.name, word(id))
	case need.Artefact == "":
	case need.After != pb.After_AFTER_ARTEFACT && pb.After_name[int32(need.After)] != "":
		c.add(a, "after", "%s waits for the artefact %q of %s and for its end: keep one, or write two needs", a.name, need.Artefact, word(id))
	case len(artefacts) == 0:
		c.add(a, "artefact", "%s needs the artefact %q of %s, which announces none: add artefacts: [%s] to %s", a.name, need.Artefact, word(id), need.Artefact, word(id))
	case !slices.Contains(artefacts, need.Artefact):
		c.add(a, "artefact", "%s needs the artefact %q of %s, which announces %s%s", a.name, need.Artefact, word(id), some(artefacts),
			c.meant(need.Artefact, func() []string { return artefacts }))
	}
}

// hint is what was meant, or what else to do.
func (c *checker) hint(word string, candidates func() []string) string {
	if near := c.meant(word, candidates); near != "" {
		return near
	}
	return ": add it, or correct the id"
}

func (c *checker) ids() []string {
	ids := make([]string, len(c.full.Jobs))
	for i, job := range c.full.Jobs {
		ids[i] = job.Id
	}
	return ids
}

// some joins names, and not too many.
func some(names []string) string {
	const most = 12
	s := strings.Join(names[:min(most, len(names))], ", ")
	if more := len(names) - most; more > 0 {
		s += fmt.Sprintf(" and %d more", more)
	}
	return s
}
