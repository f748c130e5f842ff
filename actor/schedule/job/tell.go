package job

import (
	"encoding/json"
	"fmt"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/lifecycle"
)

// Artefact says that something is there which other jobs wait for: one of the
// artefacts that the plan lists for this job. The value is handed to them, and may
// be empty. It waits while the scheduler has much to read; the error is that of a
// Send.
func (j *Job) Artefact(name, value string) error {
	return j.tell(&schedulepb.Emitted{What: &schedulepb.Emitted_Artefact{
		Artefact: &schedulepb.ArtefactReady{Name: name, Value: value},
	}})
}

// Message puts an event of the job's own into the journal and the report. The
// payload is a protobuf message, or anything that encoding/json takes; nil is none.
// It waits while the scheduler has much to read.
func (j *Job) Message(name string, payload any) error {
	message := &schedulepb.JobMessage{Name: name}
	switch p := payload.(type) {
	case nil:
	case proto.Message:
		packed, err := anypb.New(p)
		if err != nil {
			return fmt.Errorf("send message %s: %w", name, err)
		}
		message.Message = packed
	default:
		text, err := json.Marshal(p)
		if err != nil {
			return fmt.Errorf("send message %s: %w", name, err)
		}
		message.Payload = string(text)
	}
	return j.tell(&schedulepb.Emitted{What: &schedulepb.Emitted_Message{Message: message}})
}

// NotReady gives an error to return: the job cannot do its work now, and is tried
// again later as the plan says.
func (j *Job) NotReady(why string) error {
	_ = j.tell(&schedulepb.Emitted{What: &schedulepb.Emitted_NotReady{NotReady: &schedulepb.NotReady{Why: why}}}) // the error says it too
	return &lifecycle.Maybe{Condition: "not ready", Explanation: why}
}

// Skip gives an error to return: there is nothing for the job to do. It ends as
// skipped.
func (j *Job) Skip(why string) error {
	_ = j.tell(&schedulepb.Emitted{What: &schedulepb.Emitted_Skip{Skip: &schedulepb.Skip{Why: why}}}) // whoever returns it anyway is failed
	return &lifecycle.Cannot{Condition: "skipped", Explanation: why}
}

func (j *Job) tell(m *schedulepb.Emitted) error {
	m.Job, m.Attempt = j.assigned.GetJob(), j.assigned.GetAttempt()
	to := &actor.PID{Address: j.assigned.GetChannelAddress(), Id: j.assigned.GetChannelId()}
	return j.self.Send(to, m)
}
