// Package testbench is a program that runs the tests of a bench by a plan that is
// written in Go. The same plan is there as plan.yaml, for ansar schedule run.
package testbench

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/actor/schedule"
	pb "github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/examples/examplespb"
	_ "github.com/ansar-go/ansar/examples/testbench/tests" // the objects that the plan calls
	"github.com/ansar-go/ansar/framework"
	"github.com/ansar-go/ansar/lifecycle"
)

// isolations are the words for where tests run.
var isolations = []string{"process", "pool", "in-process"}

func testbench(self *actor.Context, settings *examplespb.BenchSettings, _ *lifecycle.None) (*examplespb.BenchReturned, error) {
	isolation := slices.Index(isolations, settings.Isolation)
	if isolation < 0 {
		return nil, fmt.Errorf("isolation %q is none: choose process, pool or in-process", settings.Isolation)
	}
	report, err := schedule.Run(self, Plan(), &schedule.Options{
		Dir:       settings.Folder,
		Isolation: pb.Isolation(isolation + 1),
		Events: func(e *pb.Event) {
			if ended := e.GetJobFinished(); ended != nil {
				self.Console("%s %s %s", e.GetJob(), ended.GetStatus().Name(), ended.GetCause().GetText())
			}
		},
	})
	if err != nil {
		return nil, err
	}
	return &examplespb.BenchReturned{Totals: report.GetTotals(), Report: filepath.Join(report.GetFolder(), "report.html")}, nil
}

// Testbench runs the plan. Its folder is where plan.yaml and the scripts are.
var Testbench = actor.Define("testbench", testbench).DefaultSettings(&examplespb.BenchSettings{Isolation: "process", Folder: "examples/testbench"})

// Main is the program.
func Main() { framework.CreateObject(Testbench) }
