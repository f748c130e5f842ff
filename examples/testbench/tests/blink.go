package tests

import (
	"time"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/job"
	"github.com/ansar-go/ansar/examples/examplespb"
	"github.com/ansar-go/ansar/framework"
	"github.com/ansar-go/ansar/lifecycle"
)

// period is how long the light is on and off again.
const period = 100 * time.Millisecond

func blink(self *actor.Context, _ *lifecycle.None, in *examplespb.BlinkInput) (*examplespb.BlinkReport, error) {
	j, scheduled := job.From(self)
	self.Console("Flash %s with %s", boardOf(j), in.Firmware)
	report := &examplespb.BlinkReport{Board: boardOf(j)}
	for ; report.Cycles < in.Cycles; report.Cycles++ {
		self.StartTimer(actor.T1, period)
		if _, err := self.Select(actor.T1); err != nil { // Stop ends every Select
			return nil, err
		}
		if scheduled {
			if err := j.Message("blink", report); err != nil {
				return nil, err
			}
		}
	}
	return report, nil
}

// boardOf is the first unit that a job holds.
func boardOf(j *job.Job) string {
	if j != nil {
		if units := j.Units(""); len(units) > 0 {
			return units[0]
		}
	}
	return "no board"
}

// Blink has the light of a board go on and off.
var Blink = actor.Define("blink-test", blink).DefaultInput(&examplespb.BlinkInput{Cycles: 3, Firmware: "fw"})

// BlinkMain is the program.
func BlinkMain() { framework.CreateObject(Blink) }
