package cli

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/internal/group"
)

// awaitLimit is how long a run waits for what its roles come after, and is in the
// background.
const awaitLimit = 10 * time.Second

// printer returns what prints the lines of plain programs among the logs of the
// others: standard output as level CONSOLE, standard error as WARNING.
func (e *env) printer(level actor.Level) func(group.Line) {
	sink := e.sink()
	return func(line group.Line) {
		tag, its := "^", actor.LevelConsole
		if line.Error {
			tag, its = "?", actor.LevelWarning
		}
		if level > its {
			return
		}
		sink(&actor.LogRecord{
			Time: timestamppb.New(time.Now()), Pid: int32(line.PID), Tag: tag, Id: "00000001", Name: line.Role, Text: line.Text,
		})
	}
}
