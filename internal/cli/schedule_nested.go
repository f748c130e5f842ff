package cli

import (
	"os"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// Of the time that a job has left, a run inside of it leaves this part at the end for
// its reports, so that it ends before the job is told to.
const (
	nestedPart  = 20
	mostForEnds = 10 * time.Second
)

// nest gives a run that is a job of another run no more time than that job has.
func nest(plan *schedulepb.Plan, now time.Time) {
	deadline, err := time.Parse(time.RFC3339Nano, os.Getenv("ANSAR_DEADLINE"))
	if err != nil || deadline.IsZero() {
		return // nobody says so
	}
	left := deadline.Sub(now)
	left = max(left-min(left/nestedPart, mostForEnds), time.Millisecond)
	limits := plan.GetLimits()
	if own := limits.GetTimeout().AsDuration(); own > 0 && own <= left {
		return
	}
	if limits == nil {
		limits = &schedulepb.Limits{}
		plan.Limits = limits
	}
	limits.Timeout = durationpb.New(left)
}
