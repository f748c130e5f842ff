package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/anypb"
)

// Fault is a message that stands for a value that could not be had. All
// faults are pointers to messages of this package.
type Fault interface {
	proto.Message
	error
	fault()
}

// Sentinels to return and to match with [errors.Is]. Each matches every fault
// of its type, whatever the particulars. They must not be changed; what is
// sent of them is a copy.
var (
	ErrFaulted     error = &Faulted{}
	ErrAborted     error = &Aborted{}
	ErrTimedOut    error = &TimedOut{}
	ErrMaybe       error = &Maybe{}
	ErrCannot      error = &Cannot{}
	ErrExhausted   error = &Exhausted{}
	ErrLockedOut   error = &LockedOut{}
	ErrInterrupted error = &Interrupted{}

	// ErrStopped matches the cause of a context that ended because its object
	// was told to stop, and the error of a Select that Stop ended.
	ErrStopped error = &Stop{}
)

// Error implements error.
func (f *Faulted) Error() string {
	return ending(f.GetExecutable(), sentence(f.GetCondition(), "", "faulted"), f.GetExplanation(), f.GetLastLines())
}

// Error implements error.
func (a *Aborted) Error() string {
	var how string
	switch {
	case a.Signal != nil:
		how = "process ended by signal: " + syscall.Signal(a.GetSignal()).String()
	case a.ExitStatus != nil:
		how = fmt.Sprintf("process exited without a result: status %d", a.GetExitStatus())
	default:
		how = "aborted"
	}
	return ending(a.GetExecutable(), how, a.GetExplanation(), a.GetLastLines())
}

// Error implements error.
func (t *TimedOut) Error() string { return sentence("timed out", t.GetExplanation(), "") }

// Error implements error.
func (m *Maybe) Error() string {
	return sentence(m.GetCondition(), m.GetExplanation(), "not now, try again later")
}

// Error implements error.
func (c *Cannot) Error() string {
	return sentence(c.GetCondition(), c.GetExplanation(), "cannot be done")
}

// Error implements error.
func (e *Exhausted) Error() string {
	text := "retries are used up"
	switch n := e.GetAttempts(); n {
	case 0:
	case 1:
		text += " after 1 attempt"
	default:
		text = fmt.Sprintf("%s after %d attempts", text, n)
	}
	return sentence(text, e.GetExplanation(), "")
}

// Error implements error.
func (l *LockedOut) Error() string {
	if l.GetPid() == 0 {
		return "locked by another process: " + l.GetPath()
	}
	return fmt.Sprintf("locked by process %d: %s", l.GetPid(), l.GetPath())
}

// Error implements error.
func (i *Interrupted) Error() string { return "interrupted half done" }

// Error implements error: a Stop is the cause of a context that it ended.
func (s *Stop) Error() string { return sentence("stopped", s.GetReason(), "") }

// Is reports whether target is a fault of the same type. A sentinel of
// Faulted with a cause matches only that cause.
func (f *Faulted) Is(target error) bool {
	t, ok := target.(*Faulted)
	return ok && (t.GetCause() == Faulted_CAUSE_UNSPECIFIED || t.GetCause() == f.GetCause())
}

// Is reports whether target is a fault of the same type.
func (a *Aborted) Is(target error) bool { _, ok := target.(*Aborted); return ok }

// Is reports whether target is a fault of the same type, or
// [context.DeadlineExceeded], which means the same.
func (t *TimedOut) Is(target error) bool {
	_, ok := target.(*TimedOut)
	return ok || target == context.DeadlineExceeded
}

// Is reports whether target is a fault of the same type.
func (m *Maybe) Is(target error) bool { _, ok := target.(*Maybe); return ok }

// Is reports whether target is a fault of the same type.
func (c *Cannot) Is(target error) bool { _, ok := target.(*Cannot); return ok }

// Is reports whether target is a fault of the same type.
func (e *Exhausted) Is(target error) bool { _, ok := target.(*Exhausted); return ok }

// Is reports whether target is a fault of the same type.
func (l *LockedOut) Is(target error) bool { _, ok := target.(*LockedOut); return ok }

// Is reports whether target is a fault of the same type.
func (i *Interrupted) Is(target error) bool { _, ok := target.(*Interrupted); return ok }

// Is reports whether target is a Stop, whatever its reason.
func (s *Stop) Is(target error) bool { _, ok := target.(*Stop); return ok }

func (*Faulted) fault()     {}
func (*Aborted) fault()     {}
func (*TimedOut) fault()    {}
func (*Maybe) fault()       {}
func (*Cannot) fault()      {}
func (*Exhausted) fault()   {}
func (*LockedOut) fault()   {}
func (*Interrupted) fault() {}

// FaultOf gives the fault that an object's error becomes. The first fault in
// the chain of err decides; the text of err is kept as its explanation. An
// error of another kind becomes a Faulted with its text. The result is the
// caller's own; FaultOf(nil) is nil.
func FaultOf(err error) Fault {
	if err == nil {
		return nil
	}
	var found Fault
	if !errors.As(err, &found) {
		if errors.Is(err, context.DeadlineExceeded) {
			return &TimedOut{Explanation: err.Error()}
		}
		return &Faulted{Condition: err.Error()}
	}
	own := proto.CloneOf(found)
	if err.Error() == found.Error() {
		return own
	}
	switch f := own.(type) {
	case *Faulted:
		f.Condition, f.Explanation, f.Executable, f.LastLines = err.Error(), "", "", ""
	case *Aborted:
		f.Explanation = err.Error()
	case *TimedOut:
		f.Explanation = err.Error()
	case *Maybe:
		f.Condition, f.Explanation = err.Error(), ""
	case *Cannot:
		f.Condition, f.Explanation = err.Error(), ""
	case *Exhausted:
		f.Explanation = err.Error()
	}
	return own
}

// Err gives the fault that value is, as an error, or nil if value is no fault.
func Err(value proto.Message) error {
	if f, ok := value.(Fault); ok {
		return f
	}
	return nil
}

// Complete packs value for a parent. A nil value is packed as Nothing.
func Complete(value proto.Message) *Completed {
	if value == nil {
		value = &Nothing{}
	}
	if ack, ok := value.(*Ack); ok && ack != nil && len(ack.unknownFields) == 0 {
		return &Completed{Value: &anypb.Any{TypeUrl: typeURL + string(ack.ProtoReflect().Descriptor().FullName())}}
	}
	packed, err := anypb.New(value)
	if f, ok := value.(Fault); ok && err != nil {
		packed, err = anypb.New(readable(f))
	}
	if err != nil {
		packed, _ = anypb.New(&Faulted{Condition: "encode the result", Explanation: err.Error()})
	}
	return &Completed{Value: packed}
}

// readable is a fault whose texts can be encoded: the name of a file, and with
// it the text of an error, may be anything, and what is no UTF-8 cannot.
func readable(f Fault) Fault {
	f = proto.CloneOf(f)
	m := f.ProtoReflect()
	m.Range(func(field protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		if field.Kind() == protoreflect.StringKind && !field.IsList() {
			m.Set(field, protoreflect.ValueOfString(strings.ToValidUTF8(v.String(), "\uFFFD")))
		}
		return true
	})
	return f
}

// typeURL is what anypb.New puts before the name of a type. An Ack is packed
// without it: it is what most processes return, and all that many of them
// would ever encode, which costs more the first time than all their frames.
const typeURL = "type.googleapis.com/"

// sentence joins what happened and its particulars. Particulars that already
// say what happened stand alone, so that a wrapped fault reads as it was
// wrapped.
func sentence(condition, explanation, otherwise string) string {
	if condition == "" {
		condition = otherwise
	}
	switch {
	case condition == "" || explanation != "" && strings.Contains(explanation, condition):
		return explanation
	case explanation == "":
		return condition
	}
	return condition + " (" + explanation + ")"
}

// ending is a sentence about a process.
func ending(executable, what, explanation, lines string) string {
	text := sentence(what, explanation, "")
	if explanation != "" && text == explanation {
		return text
	}
	if executable != "" {
		text = executable + ": " + text
	}
	return text + lastLines(lines)
}

// lastLines renders what a process said before its end: one line in the
// sentence, the others below it.
func lastLines(text string) string {
	text = strings.TrimRight(text, "\n")
	if text == "" {
		return ""
	}
	if !strings.Contains(text, "\n") {
		return "; its last line was: " + text
	}
	return "; its last lines were:\n\t" + strings.ReplaceAll(text, "\n", "\n\t")
}
