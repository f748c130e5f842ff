package engine

import (
	"path/filepath"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// decision is what becomes of a job in a run that follows another one.
type decision uint8

const (
	runAsEver decision = iota
	runAgain           // whatever its fingerprint says
	keepPassed
	leaveOut   // it did not pass, and is not asked for
	followNeed // run if a job that it needs is
)

// decideRerun decides for every job before the first is started.
func (e *Engine) decideRerun() {
	if e.config.Previous == nil || e.config.Rerun == All {
		return
	}
	for _, j := range e.jobs {
		j.rerun = e.firstDecision(j)
	}
	var runs []*job
	for _, j := range e.jobs {
		if j.rerun == runAsEver {
			runs = append(runs, j)
		}
	}
	e.runNeeded(runs)
	for _, j := range e.jobs {
		if j.spec.GetAlways() && (j.rerun == keepPassed || j.rerun == leaveOut) && e.follows(j, len(runs) > 0) {
			j.rerun = runAgain
			e.runNeeded([]*job{j})
		}
	}
}

func (e *Engine) firstDecision(j *job) decision {
	passed := passed(j.prior)
	switch e.config.Rerun {
	case Failed:
		switch {
		case failed(j.prior):
			return runAsEver
		case passed:
			return keepPassed
		}
		return leaveOut
	case Changed:
		switch {
		case !passed || j.spec.GetFingerprint() != nil:
			return runAsEver
		case j.spec.GetSetup() && len(j.dependents) > 0:
			return runAgain
		}
		return followNeed
	}
	if passed {
		return keepPassed
	}
	return runAsEver
}

// runNeeded makes those run that jobs which are run need: what did not pass, and set-up, be it
// behind jobs that are not run.
func (e *Engine) runNeeded(work []*job) {
	seen := map[*job]bool{}
	for len(work) > 0 {
		j := work[len(work)-1]
		work = work[:len(work)-1]
		runs := j.rerun == runAsEver || j.rerun == runAgain
		for _, need := range j.spec.GetNeeds() {
			other := e.byID[need.GetJob()]
			if other == nil || seen[other] {
				continue
			}
			switch {
			case other.spec.GetSetup() && other.rerun != runAsEver:
				other.rerun = runAgain
			case other.rerun == leaveOut && runs:
				other.rerun = runAsEver
			case other.rerun == leaveOut:
				continue // looked at again if one that is run needs it
			}
			seen[other] = true
			work = append(work, other)
		}
	}
}

// follows reports whether a job that is marked always has something to come after.
func (e *Engine) follows(j *job, anyRuns bool) bool {
	for _, need := range j.spec.GetNeeds() {
		if other := e.byID[need.GetJob()]; other != nil && (other.rerun == runAsEver || other.rerun == runAgain) {
			return true
		}
	}
	return len(j.spec.GetNeeds()) == 0 && anyRuns
}

// passed reports whether a job did what it should, in the run or in one that the run followed.
func passed(prior *schedulepb.JobReport) bool {
	if prior.GetStatus() == schedulepb.Status_STATUS_SKIPPED {
		return prior.GetCause().GetKind() == passedBefore
	}
	return prior.GetStatus().Fine()
}

// failed reports whether a job was tried and is not fine, or could not be tried for that.
func failed(prior *schedulepb.JobReport) bool {
	switch prior.GetStatus() {
	case schedulepb.Status_STATUS_UNSPECIFIED, schedulepb.Status_STATUS_NOT_RUN, schedulepb.Status_STATUS_SKIPPED:
		return false
	}
	return !prior.GetStatus().Fine()
}

// keeps ends a job that is not run again.
func (e *Engine) keeps(j *job) bool {
	switch j.rerun {
	case keepPassed:
	case leaveOut:
		e.end(j, schedulepb.Status_STATUS_SKIPPED, &schedulepb.Cause{Text: "did not fail in run " + e.config.Previous.GetRun()}, nil)
		return true
	case followNeed:
		for _, need := range j.spec.GetNeeds() {
			if other := e.byID[need.GetJob()]; other.attempts > 0 && !other.spec.GetSetup() {
				return false
			}
		}
	default:
		return false
	}
	cause := j.prior.GetCause()
	if cause.GetKind() != passedBefore {
		cause = &schedulepb.Cause{Text: "passed in run " + e.config.Previous.GetRun(), Kind: passedBefore}
	}
	j.key = j.prior.GetFingerprint()
	e.announce(j, j.prior.GetArtefacts())
	e.end(j, schedulepb.Status_STATUS_SKIPPED, cause, e.priorValue(j.prior.GetValue()))
	return true
}

// priorValue is a value of the previous run, whose file is in the folder of that run.
func (e *Engine) priorValue(v *schedulepb.Value) *schedulepb.Value {
	if v.GetFile() == "" || filepath.IsAbs(v.GetFile()) {
		return v
	}
	v = proto.Clone(v).(*schedulepb.Value)
	v.File = filepath.Join(e.config.Previous.GetFolder(), v.GetFile())
	return v
}

// passedBefore reports whether a job has ended because it passed in an earlier run.
func (j *job) passedBefore() bool {
	return j.status == schedulepb.Status_STATUS_SKIPPED && j.cause.GetKind() == passedBefore
}
