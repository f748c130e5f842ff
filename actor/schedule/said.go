package schedule

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// line is one event of a command, as it writes it: one JSON object a line.
type line struct {
	Artefact string          `json:"artefact"`
	Value    string          `json:"value"`
	Message  string          `json:"message"`
	Payload  json.RawMessage `json:"payload"`
	NotReady *string         `json:"not_ready"`
	Skip     *string         `json:"skip"`
	OK       bool            `json:"ok"`
	Failed   *string         `json:"failed"`
	Resume   bool            `json:"resume"`
}

// event deals with a line that the command has written. One that cannot be read is
// noted in the log of the job, and in the report as a message.
func (w *work) event(text []byte) {
	if len(text) == 0 {
		return
	}
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		w.warn(unread(err))
		return
	}
	switch {
	case l.Artefact != "":
		w.forward(&schedulepb.Emitted{What: &schedulepb.Emitted_Artefact{
			Artefact: &schedulepb.ArtefactReady{Name: l.Artefact, Value: l.Value},
		}})
	case l.Message != "":
		w.forward(&schedulepb.Emitted{What: &schedulepb.Emitted_Message{
			Message: &schedulepb.JobMessage{Name: l.Message, Payload: string(l.Payload)},
		}})
	case l.NotReady != nil:
		w.forward(&schedulepb.Emitted{What: &schedulepb.Emitted_NotReady{NotReady: &schedulepb.NotReady{Why: *l.NotReady}}})
	case l.Skip != nil:
		w.forward(&schedulepb.Emitted{What: &schedulepb.Emitted_Skip{Skip: &schedulepb.Skip{Why: *l.Skip}}})
	case l.Failed != nil:
		w.says("failed", *l.Failed)
	case l.OK:
		w.says("ok", "")
	case l.Resume:
		_ = w.self.Send(w.scheduler, &schedulepb.GuardResumed{Id: w.job.GetId()}) // or nobody is there any more
	default:
		w.warn("an event says nothing that is known: " + short(text))
	}
}

// warn notes in the log of the job and in the report that something is wrong with what
// it tells.
func (w *work) warn(text string) {
	w.log.Note(text)
	w.forward(warningOf(text))
}

// unread says why a line is no event.
func unread(err error) string {
	var unfit *json.UnmarshalTypeError
	switch {
	case !errors.As(err, &unfit):
		return fmt.Sprintf("an event is no JSON: %v", err)
	case unfit.Field == "":
		return fmt.Sprintf("an event is no JSON object: it is a JSON %s", unfit.Value)
	}
	return fmt.Sprintf("an event has a wrong %s: it cannot be a JSON %s", unfit.Field, unfit.Value)
}

// says notes how the job says that it ended. A failure is not taken back.
func (w *work) says(how, what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.said != "failed" {
		w.said, w.what = how, what
	}
}

// warningOf is a message of a job that something is wrong with what it tells.
func warningOf(text string) *schedulepb.Emitted {
	payload, _ := json.Marshal(text) // a string always can be
	return &schedulepb.Emitted{What: &schedulepb.Emitted_Message{
		Message: &schedulepb.JobMessage{Name: "warning", Payload: string(payload)},
	}}
}
