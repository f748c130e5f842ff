package schedule

import (
	"cmp"
	"fmt"
	"syscall"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/engine"
	"github.com/ansar-go/ansar/lifecycle"
)

// judge gives what came of a call.
func (w *work) judge(completed *lifecycle.Completed, target callee, killedBy string) engine.Outcome {
	returned := completed.GetValue()
	fault, isFault := faultIn(returned)
	why := w.told()
	switch {
	case why != "" && killedBy != "":
		o := w.cut(why, killedBy)
		if target.isolation == schedulepb.Isolation_ISOLATION_IN_PROCESS && givenUp(fault) {
			o.Cause.KilledBy, o.Cause.Text = "still running", o.Cause.Text+", still running"
		}
		o.Exit = exitOf(fault)
		return o
	case isFault:
		return w.judgeFault(fault)
	}
	return w.judgeValue(returned, target)
}

// givenUp reports whether an object of this process was left behind.
func givenUp(fault lifecycle.Fault) bool {
	aborted, ok := fault.(*lifecycle.Aborted)
	return ok && aborted.GetExecutable() != "" && aborted.Signal == nil && aborted.ExitStatus == nil
}

// faultIn reads a value that is a fault.
func faultIn(value *anypb.Any) (lifecycle.Fault, bool) {
	m, err := value.UnmarshalNew()
	if err != nil {
		return nil, false
	}
	fault, ok := m.(lifecycle.Fault)
	return fault, ok
}

// judgeValue is the outcome of a call that has returned a value: of one that
// speaks of failures, what it says.
func (w *work) judgeValue(returned *anypb.Any, target callee) engine.Outcome {
	name := string(returned.MessageName())
	if target.returns != "" && name != target.returns {
		return failed(schedulepb.Status_STATUS_ERROR, "bad-reply", fmt.Sprintf("it returned a %s, not a %s", name, target.returns))
	}
	if t := w.run.options.find(name); t != nil {
		err := proto.UnmarshalOptions{Resolver: w.run.options.resolver()}.Unmarshal(returned.GetValue(), t.New().Interface())
		if err != nil {
			return failed(schedulepb.Status_STATUS_ERROR, "bad-reply", "its value cannot be read: "+err.Error())
		}
	}
	value, err := w.valueOf(returned)
	if err != nil {
		return failed(schedulepb.Status_STATUS_ERROR, "bad-reply", err.Error())
	}
	o := engine.Outcome{Status: schedulepb.Status_STATUS_OK, Value: value}
	m, _ := returned.UnmarshalNew() // only what is linked in is judged
	switch m := m.(type) {
	case *lifecycle.TestReport:
		if m.GetFailed() > 0 {
			o.Status = schedulepb.Status_STATUS_FAILED
			o.Cause = &schedulepb.Cause{Kind: "fault", Text: fmt.Sprintf("%d of %d checks failed", m.GetFailed(), m.GetFailed()+m.GetPassed())}
		}
	case *lifecycle.ExitCode:
		if m.GetCode() != 0 {
			o.Status = w.meaning(int(m.GetCode()))
			o.Cause = &schedulepb.Cause{Kind: "exit-status", Text: fmt.Sprintf("exit status %d", m.GetCode()), ExitStatus: proto.Int32(m.GetCode())}
		}
	}
	return o
}

// judgeFault is the outcome of a call that has failed by itself.
func (w *work) judgeFault(fault lifecycle.Fault) engine.Outcome {
	switch f := fault.(type) {
	case *lifecycle.Faulted:
		return judgeFaulted(f)
	case *lifecycle.Aborted:
		return judgeAborted(f)
	case *lifecycle.Maybe:
		return failed(schedulepb.Status_STATUS_NOT_READY, "fault", f.Error())
	case *lifecycle.Cannot:
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.skip {
			return failed(schedulepb.Status_STATUS_SKIPPED, "fault", cmp.Or(f.GetExplanation(), f.GetCondition()))
		}
	case *lifecycle.LockedOut:
		return failed(schedulepb.Status_STATUS_ERROR, "refused", f.Error())
	}
	return failed(schedulepb.Status_STATUS_FAILED, "fault", fault.Error())
}

func judgeFaulted(f *lifecycle.Faulted) engine.Outcome {
	text := f.GetCondition()
	if f.GetExplanation() != "" {
		text = cmp.Or(text, "faulted") + ": " + f.GetExplanation()
	}
	status, kind := schedulepb.Status_STATUS_ERROR, "refused"
	switch f.GetCause() {
	case lifecycle.Faulted_CAUSE_PANIC:
		kind = "panic"
	case lifecycle.Faulted_CAUSE_NOT_FOUND, lifecycle.Faulted_CAUSE_NOT_EXECUTABLE:
		kind = "not-found"
	case lifecycle.Faulted_CAUSE_PROTOCOL:
		kind = "truncated-reply"
	case lifecycle.Faulted_CAUSE_UNKNOWN_TYPE, lifecycle.Faulted_CAUSE_VERSION, lifecycle.Faulted_CAUSE_NOT_FRAMEWORK:
		kind = "bad-reply"
	case lifecycle.Faulted_CAUSE_REFUSED, lifecycle.Faulted_CAUSE_TOO_LARGE, lifecycle.Faulted_CAUSE_NO_RESOURCES:
	case lifecycle.Faulted_CAUSE_EXIT_STATUS:
		status, kind = schedulepb.Status_STATUS_FAILED, "exit-status"
	default:
		status, kind = schedulepb.Status_STATUS_FAILED, "fault"
	}
	o := failed(status, kind, text)
	o.Cause.Stack, o.Cause.ExitStatus, o.LastLines = f.GetStack(), f.ExitStatus, f.GetLastLines()
	return o
}

// judgeAborted is the outcome of a call whose process ended without a result.
func judgeAborted(a *lifecycle.Aborted) engine.Outcome {
	var o engine.Outcome
	switch {
	case a.Signal != nil:
		o = failed(schedulepb.Status_STATUS_CRASHED, "signal", "signal: "+syscall.Signal(a.GetSignal()).String())
		o.Cause.Signal = a.Signal
	case a.ExitStatus != nil && a.GetExitStatus() != 0:
		o = failed(schedulepb.Status_STATUS_FAILED, "exit-status", fmt.Sprintf("exit status %d, without a result", a.GetExitStatus()))
		o.Cause.ExitStatus = a.ExitStatus
	case a.ExitStatus != nil:
		o = failed(schedulepb.Status_STATUS_ERROR, "no-report", "it ended with status 0 and returned nothing")
	default:
		o = failed(schedulepb.Status_STATUS_FAILED, "stopped", a.Error())
	}
	o.Exit, o.LastLines = exitOf(a), a.GetLastLines()
	return o
}

// exitOf is the end of a process, as far as a fault tells of it.
func exitOf(fault lifecycle.Fault) *schedulepb.JobExited {
	a, ok := fault.(*lifecycle.Aborted)
	if !ok || a.Signal == nil && a.ExitStatus == nil {
		return nil
	}
	return &schedulepb.JobExited{Status: a.ExitStatus, Signal: a.Signal}
}
