package engine

import (
	"fmt"
	"slices"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// edge goes from a job to one that needs it.
type edge struct {
	to       *job
	after    schedulepb.After
	artefact string
	done     bool // met or not, it was told
}

func after(need *schedulepb.Need) schedulepb.After {
	switch {
	case need.GetAfter() != schedulepb.After_AFTER_UNSPECIFIED:
		return need.GetAfter()
	case need.GetArtefact() != "":
		return schedulepb.After_AFTER_ARTEFACT
	}
	return schedulepb.After_AFTER_SUCCESS
}

// link writes the needs of a job into the jobs that it needs.
func (e *Engine) link(j *job) {
	for _, need := range j.spec.GetNeeds() {
		other := e.byID[need.GetJob()]
		if other == nil {
			j.fault = fmt.Sprintf("it needs %s, and there is no such job", need.GetJob())
			continue
		}
		kind := after(need)
		other.dependents = append(other.dependents, edge{to: j, after: kind, artefact: need.GetArtefact()})
		other.users++
		if kind != schedulepb.After_AFTER_ANY {
			j.missing++
			continue
		}
		if j.anyLeft == 0 {
			j.missing++
		}
		j.anyLeft++
	}
}

// settle tells of ends until none is new.
func (e *Engine) settle() {
	for {
		for i := 0; i < len(e.settling); i++ {
			j := e.settling[i]
			e.tellDependents(j)
			j.dependents = nil
		}
		e.settling = e.settling[:0]
		if e.aborting == nil {
			return
		}
		e.abortNow()
	}
}

// tellDependents tells those that need a job that it has ended.
func (e *Engine) tellDependents(j *job) {
	for i := range j.dependents {
		d := &j.dependents[i]
		if d.done {
			continue
		}
		d.done = true
		if d.to.state != pending {
			continue
		}
		switch d.after {
		case schedulepb.After_AFTER_FINISH:
			e.met(d.to)
		case schedulepb.After_AFTER_ARTEFACT:
			if j.status == schedulepb.Status_STATUS_UNCHANGED || j.passedBefore() {
				e.met(d.to)
			} else {
				e.block(d.to, fmt.Sprintf("needs artefact %s of %s, which ended %s without it", d.artefact, j.id(), j.status.Name()), j.origins())
			}
		case schedulepb.After_AFTER_ANY:
			e.anyEnded(j, d.to)
		default:
			if j.good() {
				e.met(d.to)
			} else {
				e.block(d.to, needText(j), j.origins())
			}
		}
	}
}

func (e *Engine) anyEnded(j, to *job) {
	if to.anyLeft == 0 {
		return // one was enough
	}
	if j.good() {
		to.anyLeft = 0
		e.met(to)
		return
	}
	to.anyOrigins = join(to.anyOrigins, j.origins())
	if to.anyLeft--; to.anyLeft == 0 {
		e.block(to, "needs any of several jobs, and none ended well", to.anyOrigins)
	}
}

// artefact tells those that wait for it.
func (e *Engine) artefact(j *job, name string) {
	for i := range j.dependents {
		d := &j.dependents[i]
		if d.after == schedulepb.After_AFTER_ARTEFACT && d.artefact == name && !d.done {
			d.done = true
			if d.to.state == pending {
				e.met(d.to)
			}
		}
	}
}

func (e *Engine) met(j *job) {
	if j.missing--; j.missing == 0 {
		e.ready(j)
	}
}

func (e *Engine) block(j *job, why string, origins []string) {
	e.end(j, schedulepb.Status_STATUS_BLOCKED, &schedulepb.Cause{Text: why, Origins: origins}, nil)
}

func needText(j *job) string {
	origins := j.origins()
	if j.status == schedulepb.Status_STATUS_BLOCKED && len(origins) > 0 {
		return fmt.Sprintf("needs %s, which is blocked by %s", j.id(), list(origins, 3))
	}
	return fmt.Sprintf("needs %s, which ended %s", j.id(), j.status.Name())
}

// origins are the jobs at which the trouble of an ended job began.
func (j *job) origins() []string {
	if len(j.cause.GetOrigins()) > 0 {
		return j.cause.GetOrigins()
	}
	return []string{j.id()}
}

// maxOrigins is how many are named at most.
const maxOrigins = 32

func join(a, b []string) []string {
	all := slices.Clone(a)
	for _, id := range b {
		if len(all) < maxOrigins && !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all
}

// outcomes are how the jobs that a job needs have ended.
func (e *Engine) outcomes(j *job) []*schedulepb.Outcome {
	needs := j.spec.GetNeeds()
	if len(needs) == 0 {
		return nil
	}
	all := make([]*schedulepb.Outcome, 0, len(needs))
	seen := make(map[string]bool, len(needs))
	for _, need := range needs {
		if seen[need.GetJob()] {
			continue
		}
		seen[need.GetJob()] = true
		other := e.byID[need.GetJob()]
		all = append(all, &schedulepb.Outcome{
			Job: other.id(), Status: other.status.Name(), Value: other.value, Artefacts: slices.Clone(other.artefacts),
		})
	}
	return all
}
