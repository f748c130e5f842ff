package engine

import (
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// tally is what the attempts of a job have come to so far.
type tally struct {
	goods, bads, notReady int
	leaky                 bool
	value                 *schedulepb.Value // of the last good one
	good, bad             *schedulepb.Cause // of the last ones
	badValue              *schedulepb.Value
	badStatus             schedulepb.Status
}

// verdict is what follows from an attempt: the end of the job, or another attempt.
type verdict struct {
	final  bool
	status schedulepb.Status
	cause  *schedulepb.Cause
	value  *schedulepb.Value
	delay  time.Duration
	next   string // for AttemptFinished
}

// judge is how the attempt ended, from how its process did and what was said and done meanwhile.
func (e *Engine) judge(j *job, o Outcome) (schedulepb.Status, *schedulepb.Cause) {
	a, status, cause := j.run, o.Status, o.Cause
	switch status {
	case schedulepb.Status_STATUS_OK:
		switch {
		case a.notReady != nil:
			return schedulepb.Status_STATUS_NOT_READY, &schedulepb.Cause{Text: *a.notReady}
		case a.skip != nil:
			return schedulepb.Status_STATUS_SKIPPED, &schedulepb.Cause{Text: *a.skip}
		case len(o.Strays) > 0:
			return e.judgeStrays(j, o)
		}
		return status, cause
	case schedulepb.Status_STATUS_SKIPPED, schedulepb.Status_STATUS_UNCHANGED, schedulepb.Status_STATUS_LEAKY:
		return status, cause
	case schedulepb.Status_STATUS_INTERRUPTED, schedulepb.Status_STATUS_FAILED, schedulepb.Status_STATUS_ERROR, schedulepb.Status_STATUS_CRASHED,
		schedulepb.Status_STATUS_TIMED_OUT, schedulepb.Status_STATUS_NOT_READY:
	default:
		status, cause = schedulepb.Status_STATUS_ERROR, &schedulepb.Cause{Text: "its end was told with status " + o.Status.Name(), Kind: "bad-reply"}
	}
	if status == schedulepb.Status_STATUS_NOT_READY && a.notReady != nil && cause.GetText() == "" {
		cause = &schedulepb.Cause{Text: *a.notReady}
	}
	if status == schedulepb.Status_STATUS_TIMED_OUT && cause.GetKind() == "" {
		cause = copyCause(cause)
		cause.Kind = a.limit
	}
	return judgeStopped(a, status, cause)
}

// judgeStopped takes what was ended by us for what it is, and not for what it died of.
func judgeStopped(a *attempt, status schedulepb.Status, cause *schedulepb.Cause) (schedulepb.Status, *schedulepb.Cause) {
	if a.stop == "" || status == schedulepb.Status_STATUS_TIMED_OUT && cause.GetKind() == jobTimeout {
		return status, cause
	}
	cause = copyCause(cause)
	cause.Kind = a.stop
	if a.stop == runTimeout {
		return schedulepb.Status_STATUS_TIMED_OUT, cause
	}
	return schedulepb.Status_STATUS_INTERRUPTED, cause
}

func (e *Engine) judgeStrays(j *job, o Outcome) (schedulepb.Status, *schedulepb.Cause) {
	text := fmt.Sprintf("left %d processes behind: ", len(o.Strays))
	if len(o.Strays) == 1 {
		text = "left a process behind: "
	}
	var lines []string
	for _, s := range o.Strays {
		lines = append(lines, s.GetCommandLine())
	}
	cause := &schedulepb.Cause{Text: text + list(lines, 3), Kind: "strays"}
	switch e.strays(j.spec) {
	case schedulepb.Strays_STRAYS_FAIL:
		return schedulepb.Status_STATUS_FAILED, cause
	case schedulepb.Strays_STRAYS_IGNORE:
		return o.Status, o.Cause
	}
	return schedulepb.Status_STATUS_LEAKY, cause
}

func copyCause(c *schedulepb.Cause) *schedulepb.Cause {
	if c == nil {
		return &schedulepb.Cause{}
	}
	return proto.Clone(c).(*schedulepb.Cause)
}

// weigh adds an attempt to the tally and says what follows.
func (e *Engine) weigh(j *job, o Outcome) verdict {
	if j.tally == nil {
		j.tally = new(tally)
	}
	t, status := j.tally, o.Status
	switch status {
	case schedulepb.Status_STATUS_NOT_READY:
		t.notReady++
		if t.notReady < e.notReadyTries(j.spec) && !e.cut(j) {
			return again("try again", e.pause(j, t.notReady))
		}
		return verdict{final: true, status: status, cause: o.Cause, value: o.Value}
	case schedulepb.Status_STATUS_INTERRUPTED, schedulepb.Status_STATUS_SKIPPED, schedulepb.Status_STATUS_UNCHANGED:
		return verdict{final: true, status: status, cause: o.Cause, value: o.Value}
	case schedulepb.Status_STATUS_OK, schedulepb.Status_STATUS_LEAKY:
		t.goods++
		t.good, t.value = o.Cause, o.Value
		t.leaky = t.leaky || status == schedulepb.Status_STATUS_LEAKY
	default:
		t.bads++
		t.bad, t.badStatus, t.badValue = o.Cause, status, o.Value
	}
	ok := status.Good()
	expected := e.expected(j)
	if count := int(j.spec.GetRepeat().GetCount()); count > 1 {
		until := j.spec.GetRepeat().GetUntil()
		enough := until == schedulepb.Until_UNTIL_FAIL && !ok || until == schedulepb.Until_UNTIL_PASS && ok
		if n := t.goods + t.bads; n < count && !enough {
			if why := e.closedTo(j); why != nil {
				return j.partial(why)
			}
			delay := time.Duration(0)
			if !ok {
				delay = e.pause(j, t.bads)
			}
			return again(fmt.Sprintf("run %d of %d", n+1, count), delay)
		}
		return j.sum(expected)
	}
	if !ok && t.bads <= e.retries(j.spec) && expected == nil && !e.cut(j) && o.Cause.GetKind() != runTimeout {
		return again("retry", e.pause(j, t.bads))
	}
	return j.sum(expected)
}

func again(what string, delay time.Duration) verdict {
	if delay > 0 {
		what += " in " + delay.Round(time.Millisecond).String()
	}
	return verdict{delay: delay, next: what}
}

// partial is the verdict over attempts that were to be followed by others. Nothing is
// known of a repeated job that was ok so far.
func (j *job) partial(why *schedulepb.Cause) verdict {
	t := j.tally
	if t.bads > 0 {
		return j.sum(nil)
	}
	cause := copyCause(why)
	cause.Text = fmt.Sprintf("after %d of %d runs: %s", t.goods, j.spec.GetRepeat().GetCount(), why.GetText())
	return verdict{final: true, status: schedulepb.Status_STATUS_INTERRUPTED, cause: cause, value: t.value}
}

// sum is the verdict over all attempts. Expected, if set, is why the job is known to fail.
func (j *job) sum(expected *string) verdict {
	t := j.tally
	v := verdict{final: true, status: schedulepb.Status_STATUS_OK, cause: t.good, value: t.value}
	switch {
	case t.goods == 0:
		v.status, v.cause, v.value = t.badStatus, t.bad, t.badValue
		if expected != nil && expectable(t.badStatus, t.bad) {
			v.status, v.cause = schedulepb.Status_STATUS_XFAIL, copyCause(t.bad)
			v.cause.Text = "expected: " + *expected
		}
	case t.leaky:
		v.status = schedulepb.Status_STATUS_LEAKY
	case t.bads > 0:
		v.status = schedulepb.Status_STATUS_FLAKY
		v.cause = copyCause(t.bad)
		v.cause.Text = fmt.Sprintf("%d of %d attempts ok, the last of the others %s", t.goods, t.goods+t.bads, t.badStatus.Name())
		if t.bad.GetText() != "" {
			v.cause.Text += ": " + t.bad.GetText()
		}
	case expected != nil:
		v.status = schedulepb.Status_STATUS_XPASS
		v.cause = &schedulepb.Cause{Text: "expected to fail: " + *expected}
	}
	return v
}

// expectable reports whether a failure can be one that is known: not if the job could not be run, or
// the run had no more time for it.
func expectable(status schedulepb.Status, cause *schedulepb.Cause) bool {
	return slices.Contains([]schedulepb.Status{
		schedulepb.Status_STATUS_FAILED, schedulepb.Status_STATUS_CRASHED, schedulepb.Status_STATUS_TIMED_OUT,
	}, status) && cause.GetKind() != runTimeout
}
