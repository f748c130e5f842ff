package journal

import (
	"strconv"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// kind writes what happened. TestEncodesAsProtobufDoes compares it with protojson, so a
// field that is missing here does not go unseen.
func (o *object) kind(e *schedulepb.Event) {
	switch k := e.GetKind().(type) {
	case *schedulepb.Event_JobQueued:
		o.queued(k.JobQueued)
	case *schedulepb.Event_JobWaiting:
		o.in("job_waiting", func() { o.text("why", k.JobWaiting.GetWhy()) })
	case *schedulepb.Event_ResourceGranted:
		o.in("resource_granted", func() { o.lent(k.ResourceGranted.GetHolds(), k.ResourceGranted.GetSlots()) })
	case *schedulepb.Event_ResourceReleased:
		o.in("resource_released", func() { o.lent(k.ResourceReleased.GetHolds(), k.ResourceReleased.GetSlots()) })
	case *schedulepb.Event_JobStarted:
		o.in("job_started", func() { o.started(k.JobStarted) })
	case *schedulepb.Event_JobOutput:
		o.in("job_output", func() { o.output(k.JobOutput) })
	case *schedulepb.Event_JobMessage:
		o.message(k.JobMessage)
	case *schedulepb.Event_ArtefactReady:
		o.in("artefact_ready", func() {
			o.text("name", k.ArtefactReady.GetName())
			o.text("value", k.ArtefactReady.GetValue())
		})
	case *schedulepb.Event_JobSlow:
		o.in("job_slow", func() { o.duration("after", k.JobSlow.GetAfter()) })
	case *schedulepb.Event_JobSignalled:
		o.in("job_signalled", func() {
			o.text("signal", k.JobSignalled.GetSignal())
			o.text("why", k.JobSignalled.GetWhy())
		})
	case *schedulepb.Event_JobExited:
		o.in("job_exited", func() { o.exited(k.JobExited) })
	case *schedulepb.Event_AttemptFinished:
		o.in("attempt_finished", func() { o.attempt(k.AttemptFinished) })
	case *schedulepb.Event_JobFinished:
		o.in("job_finished", func() { o.finished(k.JobFinished) })
	case nil:
	default:
		o.rare(e)
	}
}

// rare writes the kinds of which a run has few, by reflection.
func (o *object) rare(e *schedulepb.Event) {
	m := e.ProtoReflect()
	field := m.WhichOneof(m.Descriptor().Oneofs().ByName("kind"))
	o.name(string(field.Name()))
	o.any(m.Get(field).Message().Interface())
}

// any writes a message by reflection.
func (o *object) any(m proto.Message) {
	text, err := Marshal(m)
	if err != nil && o.err == nil {
		o.err = err
	}
	o.line = append(o.line, text...)
}

func (o *object) queued(q *schedulepb.JobQueued) {
	o.in("job_queued", func() {
		if q.GetAdded() != nil {
			o.name("added")
			o.any(q.GetAdded())
		}
		o.text("by", q.GetBy())
	})
}

func (o *object) lent(holds []*schedulepb.Hold, slots []uint32) {
	o.list("holds", len(holds), func(i int) {
		o.text("resource", holds[i].GetResource())
		o.text("unit", holds[i].GetUnit())
		o.flag("shared", holds[i].GetShared())
	})
	if len(slots) == 0 {
		return
	}
	o.name("slots")
	for i, slot := range slots {
		o.line = append(o.line, "[,"[min(i, 1)])
		o.line = strconv.AppendUint(o.line, uint64(slot), 10)
	}
	o.line = append(o.line, ']')
}

func (o *object) started(s *schedulepb.JobStarted) {
	o.number("pid", int64(s.GetPid()))
	o.number("slot", int64(s.GetSlot()))
	o.text("log", s.GetLog())
	o.time("deadline", s.GetDeadline())
	o.enum("isolation", int32(s.GetIsolation()), schedulepb.Isolation_name)
	o.text("command_line", s.GetCommandLine())
}

func (o *object) output(out *schedulepb.JobOutput) {
	o.text("stream", out.GetStream())
	o.text("file", out.GetFile())
	o.int64("offset", out.GetOffset())
	o.int64("length", out.GetLength())
}

func (o *object) message(m *schedulepb.JobMessage) {
	o.in("job_message", func() {
		o.text("name", m.GetName())
		o.text("payload", m.GetPayload())
		if m.GetMessage() != nil {
			o.name("message")
			o.any(m.GetMessage())
		}
	})
}

func (o *object) exited(e *schedulepb.JobExited) {
	if e.Status != nil {
		o.present("status", int64(e.GetStatus()))
	}
	if e.Signal != nil {
		o.present("signal", int64(e.GetSignal()))
	}
	o.flag("core_dumped", e.GetCoreDumped())
	if u := e.GetUsage(); u != nil {
		o.in("usage", func() {
			o.duration("user", u.GetUser())
			o.duration("system", u.GetSystem())
			o.int64("max_resident_bytes", u.GetMaxResidentBytes())
		})
	}
}

func (o *object) attempt(a *schedulepb.AttemptFinished) {
	o.enum("status", int32(a.GetStatus()), schedulepb.Status_name)
	o.cause(a.GetCause())
	o.value(a.GetValue())
	o.text("last_lines", a.GetLastLines())
	o.text("next", a.GetNext())
}

func (o *object) finished(f *schedulepb.JobFinished) {
	o.enum("status", int32(f.GetStatus()), schedulepb.Status_name)
	o.cause(f.GetCause())
	o.value(f.GetValue())
	o.number("attempts", int64(f.GetAttempts()))
	o.text("fingerprint", f.GetFingerprint())
}

func (o *object) cause(c *schedulepb.Cause) {
	if c == nil {
		return
	}
	o.in("cause", func() {
		o.text("text", c.GetText())
		o.text("kind", c.GetKind())
		for i, origin := range c.GetOrigins() {
			if i == 0 {
				o.name("origins")
			}
			o.line = appendText(append(o.line, "[,"[min(i, 1)]), origin)
		}
		if len(c.GetOrigins()) > 0 {
			o.line = append(o.line, ']')
		}
		o.text("stack", c.GetStack())
		o.text("killed_by", c.GetKilledBy())
		if c.Signal != nil {
			o.present("signal", int64(c.GetSignal()))
		}
		if c.ExitStatus != nil {
			o.present("exit_status", int64(c.GetExitStatus()))
		}
	})
}

func (o *object) value(v *schedulepb.Value) {
	if v == nil {
		return
	}
	o.in("value", func() {
		o.text("type", v.GetType())
		o.bytes("payload", v.GetPayload())
		o.text("file", v.GetFile())
		o.text("json", v.GetJson())
	})
}
