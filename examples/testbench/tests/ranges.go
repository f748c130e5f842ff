package tests

import (
	"fmt"
	"time"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule/job"
	"github.com/ansar-go/ansar/examples/examplespb"
	"github.com/ansar-go/ansar/framework"
	"github.com/ansar-go/ansar/lifecycle"
)

// measured is what the boards show, in microvolts.
const measured = 7

func calibrate(self *actor.Context, _, _ *lifecycle.None) (*examplespb.Calibration, error) {
	self.StartTimer(actor.T1, 3*period)
	if _, err := self.Select(actor.T1); err != nil {
		return nil, err
	}
	return &examplespb.Calibration{Offset: 5}, nil
}

// Calibrate finds out how wrong the reference is.
var Calibrate = actor.Define("calibrate", calibrate)

// CalibrateMain is the program.
func CalibrateMain() { framework.CreateObject(Calibrate) }

func ranges(self *actor.Context, _ *lifecycle.None, in *examplespb.RangeInput) (*examplespb.RangeReport, error) {
	self.StartTimer(actor.T1, 500*time.Millisecond)
	if _, err := self.Select(actor.T1); err != nil {
		return nil, err
	}
	report := &examplespb.RangeReport{Error: measured - in.GetCalibration().GetOffset()}
	if j, scheduled := job.From(self); scheduled {
		report.Units = j.Units("")
	}
	if report.Error > in.Limit {
		return nil, fmt.Errorf("%d uV off, where %d is the limit: calibrate the reference", report.Error, in.Limit)
	}
	return report, nil
}

// Range compares what a board measures with the reference.
var Range = actor.Define("range-test", ranges).DefaultInput(&examplespb.RangeInput{Limit: 3})

// RangeMain is the program.
func RangeMain() { framework.CreateObject(Range) }
