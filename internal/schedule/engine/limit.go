package engine

import (
	"fmt"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// limits is what may end a run early, or hold it.
type limits struct {
	begunRun, finished bool

	interrupted  uint32 // stage
	interruptWhy string
	broken       string // what failed of the machinery

	aborting, aborted *schedulepb.Cause // about to be, and is

	pausers map[string]string // who pauses the run, and why
	gate    string            // why nothing may start

	over      time.Time // when the time of the run is up; zero: never
	reserve   time.Duration
	timeUp    bool
	outOfTime bool // something suffered from it

	tried, failures, inARow int
	notFine, unchanged      int
}

// Of the time that a run has, this part at the end is for jobs marked always.
const (
	reservePart = 20
	mostReserve = 10 * time.Second
)

func (e *Engine) limitTime() {
	d := e.plan.GetLimits().GetTimeout().AsDuration()
	if d <= 0 || e.left == 0 {
		return
	}
	e.over, e.reserve = e.now.Add(d), min(d/reservePart, mostReserve)
	e.timers.push(timer{at: e.over.Add(-e.reserve)})
	e.timers.push(timer{at: e.over})
}

// count counts an end for the limits of failures.
func (e *Engine) count(j *job) {
	if !j.status.Fine() {
		e.notFine++
	}
	switch j.status {
	case schedulepb.Status_STATUS_UNCHANGED:
		e.unchanged++
		return
	case schedulepb.Status_STATUS_BLOCKED, schedulepb.Status_STATUS_NOT_RUN, schedulepb.Status_STATUS_INTERRUPTED,
		schedulepb.Status_STATUS_SKIPPED:
	default:
		e.tried++
		e.inARow++
		if j.status.Fine() {
			e.inARow = 0
		} else {
			e.failures++
		}
	}
	if j.spec.GetMustPass() && !j.status.Fine() {
		e.abort(fmt.Sprintf("aborted: job %s must pass, and ended %s", j.id(), j.status.Name()), j)
	}
	l := e.plan.GetLimits()
	switch n, row, ratio := int(l.GetFailures()), int(l.GetConsecutiveFailures()), l.GetFailureRatio(); {
	case row > 0 && e.inARow >= row:
		e.abort(fmt.Sprintf("aborted after %d failures in a row", row), j)
	case n > 0 && e.failures >= n:
		e.abort(fmt.Sprintf("aborted after %d failures", n), j)
	case ratio > 0 && e.tried >= 10 && float64(e.failures) >= ratio*float64(e.tried):
		e.abort(fmt.Sprintf("aborted after %d failures of %d jobs", e.failures, e.tried), j)
	}
}

// abort makes the run start nothing more but jobs marked always, once those that depend on
// the job know of its end.
func (e *Engine) abort(why string, j *job) {
	if e.aborting == nil && e.aborted == nil {
		e.aborting = &schedulepb.Cause{Text: why, Kind: aborted, Origins: j.origins()}
	}
}

func (e *Engine) abortNow() {
	e.aborted, e.aborting = e.aborting, nil
	for _, j := range e.jobs {
		if !j.spec.GetAlways() {
			e.cutOff(j, e.aborted)
		}
	}
}

// held reports whether nothing may be started at present.
func (e *Engine) held() bool {
	if e.gate != "" && e.classes.len() > 0 {
		e.waitsForGate(e.classes.top().queue.top())
	}
	return e.interrupted > 0 || len(e.pausers) > 0 || e.gate != ""
}

// cut reports whether a job gets no further attempt.
func (e *Engine) cut(j *job) bool { return e.closedTo(j) != nil }

// closedTo is why nothing is started any more of a job.
func (e *Engine) closedTo(j *job) *schedulepb.Cause {
	always := j.spec.GetAlways()
	switch {
	case j.run != nil && j.run.stop != "":
		return &schedulepb.Cause{Text: "it was told to stop", Kind: j.run.stop}
	case e.interrupted > 0:
		return &schedulepb.Cause{Text: "interrupted: " + e.interruptWhy, Kind: interrupt}
	case e.aborted != nil && !always:
		return e.aborted
	case e.aborting != nil && !always:
		return e.aborting
	case e.timeUp && !always, !e.over.IsZero() && !e.now.Before(e.over):
		return e.tooLate()
	}
	return nil
}

func (e *Engine) tooLate() *schedulepb.Cause {
	return &schedulepb.Cause{Text: "the time of the run is over: " + e.plan.GetLimits().GetTimeout().AsDuration().String(), Kind: runTimeout}
}

// cutOff ends a job of which nothing runs. It is not-run, unless attempts of it say more.
func (e *Engine) cutOff(j *job, why *schedulepb.Cause) {
	switch j.state {
	case ended, running:
		return
	case locking:
		e.unlock(j)
	}
	t := j.tally
	switch {
	case t != nil && t.goods+t.bads > 0:
		e.conclude(j, j.partial(why))
	case t != nil && t.notReady > 0:
		e.end(j, schedulepb.Status_STATUS_NOT_READY, why, nil)
	default:
		e.end(j, schedulepb.Status_STATUS_NOT_RUN, why, nil)
	}
}

// outOfTimeNow ends what the run has no more time for: all but jobs marked always at
// first, and those, too, at the very end.
func (e *Engine) outOfTimeNow() {
	e.timeUp = true
	very := !e.now.Before(e.over)
	why := e.tooLate()
	for _, j := range e.jobs {
		switch {
		case j.state == ended || j.spec.GetAlways() && !very:
		case j.state != running:
			e.outOfTime = true
			e.cutOff(j, why)
		case very:
			e.outOfTime = true
			e.stop(j, runTimeout, true)
		}
	}
	if very {
		e.stopCleaners(true)
	}
}

// stop tells a running attempt to stop.
func (e *Engine) stop(j *job, why string, kill bool) {
	if j.run.stop == "" {
		j.run.stop = why
	}
	e.do(StopAttempt{Job: j.id(), Attempt: j.run.number, Why: why, Kill: kill})
}
