// Package busy is a tree of processes: managers that start duties, and other
// managers, down to a given level.
package busy

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/examples/examplespb"
	"github.com/ansar-go/ansar/framework"
	"github.com/ansar-go/ansar/lifecycle"
)

const manager = "busy"

func busy(self *actor.Context, _ *lifecycle.None, in *examplespb.JobInput) (*examplespb.JobReturned, error) {
	defer self.AutoStop()
	for i, duty := range in.Duties {
		self.Assign(self.Process(duty, nil, actor.Role(fmt.Sprintf("%s-%d", duty, i))), duty)
	}
	if in.ManagementLevels > 1 {
		next := proto.CloneOf(in)
		next.ManagementLevels--
		for i := range in.Managers {
			self.Assign(self.Process(manager, next, actor.Role(fmt.Sprintf("%s-%d", manager, i))), manager)
		}
	}
	processes := int32(1)
	for self.Working() > 0 {
		m, err := self.Select(actor.KindOf[*lifecycle.Completed]())
		if err != nil {
			return nil, err // stopped
		}
		counted, err := count(actor.DebriefAs[string](self, m), m)
		if err != nil {
			return nil, err
		}
		processes += counted
	}
	return &examplespb.JobReturned{Processes: processes}, nil
}

// count is how many processes an end stands for: a manager says, a duty is
// one, and so is whatever was aborted. A fault is the end of the whole job.
func count(who string, m actor.Message) (int32, error) {
	value, err := actor.Value[proto.Message](m)
	switch {
	case errors.Is(err, lifecycle.ErrAborted):
		return 1, nil
	case errors.Is(err, lifecycle.ErrFaulted):
		return 0, fmt.Errorf("%s: %w", who, err)
	}
	if job, ok := value.(*examplespb.JobReturned); ok {
		return job.Processes, nil
	}
	return 1, nil
}

// Busy counts the processes of the tree below it, and itself.
var Busy = actor.Define(manager, busy).DefaultInput(&examplespb.JobInput{
	Managers: 1, ManagementLevels: 1, Duties: []string{"noop", "snooze", "factorial"},
})

// Main is the program.
func Main() { framework.CreateObject(Busy) }
