package job

import (
	"encoding/base64"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Header is the name of the header that carries the assignment: an encoded
// schedulepb.Assignment, in base64.
const Header = "ansar-schedule"

// Job is one attempt at a job. Its methods may be called from any goroutine until
// the object has ended.
type Job struct {
	self     *actor.Context
	assigned *schedulepb.Assignment
}

// From gives the job that the object was called for. It reports false if no
// schedule has called it.
func From(self *actor.Context) (*Job, bool) {
	header := self.Header(Header)
	if header == "" {
		return nil, false
	}
	assigned, err := decode(header)
	if err != nil {
		self.Warning("cannot read what the schedule says: %v", err)
		return nil, false
	}
	return &Job{self: self, assigned: assigned}, true
}

// Encode gives the text of the header.
func Encode(assigned *schedulepb.Assignment) (string, error) {
	bytes, err := proto.Marshal(assigned)
	if err != nil {
		return "", fmt.Errorf("encode the assignment of %s: %w", assigned.GetJob(), err)
	}
	return base64.StdEncoding.EncodeToString(bytes), nil
}

func decode(header string) (*schedulepb.Assignment, error) {
	bytes, err := base64.StdEncoding.DecodeString(header)
	if err != nil {
		return nil, err
	}
	assigned := new(schedulepb.Assignment)
	return assigned, proto.Unmarshal(bytes, assigned)
}

// Run is the id of the run.
func (j *Job) Run() string { return j.assigned.GetRun() }

// ID is the job's id in the plan.
func (j *Job) ID() string { return j.assigned.GetJob() }

// Attempt counts the attempts at the job, from 1.
func (j *Job) Attempt() int { return int(j.assigned.GetAttempt()) }

// Slot is the number of the slot that the attempt has to itself, from 0.
func (j *Job) Slot() int { return int(j.assigned.GetSlot()) }

// Seed is the seed of the run, for what is to be random and repeatable.
func (j *Job) Seed() uint64 { return j.assigned.GetSeed() }

// Deadline is when the attempt is told to stop.
func (j *Job) Deadline() time.Time { return j.assigned.GetDeadline().AsTime() }

// Output is the folder for what is to be kept. It is there.
func (j *Job) Output() string { return j.assigned.GetOutput() }

// Temporary is the folder for what is not to be kept. It is there.
func (j *Job) Temporary() string { return j.assigned.GetTemporary() }

// Units lists the units that the attempt holds of a resource, or of all for the
// empty name, in the order of the job's demands.
func (j *Job) Units(resource string) []string {
	var units []string
	for _, hold := range j.assigned.GetHolds() {
		if resource == "" || hold.GetResource() == resource {
			units = append(units, hold.GetUnit())
		}
	}
	return units
}
