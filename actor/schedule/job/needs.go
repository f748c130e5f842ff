package job

import (
	"fmt"
	"os"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Needs lists how the jobs ended that this one needs, in the order of the plan.
func (j *Job) Needs() []*schedulepb.Outcome { return j.assigned.GetNeeds() }

// Need tells how the job with that id ended, which must be one that this one needs.
func (j *Job) Need(id string) (*schedulepb.Outcome, bool) {
	for _, need := range j.assigned.GetNeeds() {
		if need.GetJob() == id {
			return need, true
		}
	}
	return nil, false
}

// Found is what a needed job said of its artefact, such as a path. It reports false
// if that was not announced.
func (j *Job) Found(id, artefact string) (string, bool) {
	need, _ := j.Need(id)
	for _, a := range need.GetArtefacts() {
		if a.GetName() == artefact {
			return a.GetValue(), true
		}
	}
	return "", false
}

// ValueOf reads what a needed job has returned. What a command has left as JSON is
// read into an M, too.
//
// The error says that the job is none that is needed, that it returned nothing, or
// something else than an M.
func ValueOf[M proto.Message](j *Job, id string) (M, error) {
	var out M
	need, ok := j.Need(id)
	if !ok {
		return out, fmt.Errorf("read the value of %s: job %s does not need it", id, j.ID())
	}
	value := need.GetValue()
	if value == nil {
		return out, fmt.Errorf("read the value of %s: it returned none, it is %s", id, need.GetStatus())
	}
	m := out.ProtoReflect().Type().New().Interface()
	wanted := m.ProtoReflect().Descriptor().FullName()
	if value.GetType() != "" && value.GetType() != string(wanted) {
		return out, fmt.Errorf("read the value of %s: it is a %s, not a %s", id, value.GetType(), wanted)
	}
	payload, err := Payload(value)
	if err != nil {
		return out, fmt.Errorf("read the value of %s: %w", id, err)
	}
	if value.GetType() == "" {
		err = protojson.UnmarshalOptions{DiscardUnknown: true}.Unmarshal(payload, m)
	} else {
		err = proto.Unmarshal(payload, m)
	}
	if err != nil {
		return out, fmt.Errorf("read the value of %s: %w", id, err)
	}
	out, _ = m.(M)
	return out, nil
}

// Payload gives the bytes of a value, from its file if it is a long one: a message
// as it is encoded, or the JSON of a command. A value in a report names its file
// from the folder of the run, and must be made absolute before.
func Payload(value *schedulepb.Value) ([]byte, error) {
	if value.GetFile() == "" {
		return value.GetPayload(), nil
	}
	return os.ReadFile(value.GetFile())
}
