package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/examples/testbench"
	"github.com/ansar-go/ansar/examples/testbench/tests"
	"github.com/ansar-go/ansar/internal/schedule/formats"
	"github.com/ansar-go/ansar/internal/schedule/replay"
)

func init() {
	for name, play := range map[string]func(){
		"blink-test": tests.BlinkMain, "calibrate": tests.CalibrateMain, "range-test": tests.RangeMain,
		"link-test": tests.LinkMain, "hang-test": tests.HangMain, "testbench": testbench.Main,
	} {
		programs[name] = play
	}
}

// jobOutcome checks how a job of a run ended, and how long its last attempt took:
//
//	outcome plan job status [from..to]
//
// The plan is the name of one whose last run is meant, or the folder of a run. With a
// ! the job must not have been started.
func jobOutcome(ts *testscript.TestScript, neg bool, args []string) {
	report := reportOf(ts, args[0])
	for _, j := range report.GetJobs() {
		if j.GetId() != args[1] {
			continue
		}
		if got := replay.State(j); got != args[2] {
			ts.Fatalf("job %s is %s (%s), want %s", args[1], got, j.GetCause().GetText(), args[2])
		}
		attempts := j.GetAttempts()
		if neg && len(attempts) > 0 {
			ts.Fatalf("job %s was started", args[1])
		}
		if len(args) > 3 {
			within(ts, args[1], attempts[len(attempts)-1].GetTook().AsDuration(), args[3])
		}
		return
	}
	ts.Fatalf("there is no job %s", args[1])
}

// within checks a span against from..to.
func within(ts *testscript.TestScript, what string, got time.Duration, limits string) {
	low, high, _ := strings.Cut(limits, "..")
	from, err := time.ParseDuration(low)
	ts.Check(err)
	to, err := time.ParseDuration(high)
	ts.Check(err)
	if raceEnabled {
		to += time.Second
	}
	if got < from || got > to {
		ts.Fatalf("%s took %v, want %s", what, got, limits)
	}
}

// lasted checks how long a run took: lasted plan from..to.
func lasted(ts *testscript.TestScript, _ bool, args []string) {
	within(ts, "the run", reportOf(ts, args[0]).GetTook().AsDuration(), args[1])
}

// entries checks that each part of a file that a report names is the attempt's own: the
// file has it from there, and is as long as all of them together.
func entries(ts *testscript.TestScript, _ bool, args []string) {
	folder := runFolder(ts, args[0])
	sizes := map[string]int64{}
	for _, j := range reportOf(ts, args[0]).GetJobs() {
		for _, a := range j.GetAttempts() {
			for _, o := range a.GetOutputs() {
				text, err := os.ReadFile(filepath.Join(folder, o.GetFile()))
				ts.Check(err)
				part := text[o.GetOffset() : o.GetOffset()+o.GetLength()]
				if want := fmt.Sprintf("%s attempt %d", j.GetId(), a.GetNumber()); o.GetStream() == "stdout" && !bytes.Equal(part, []byte(want+"\n")) {
					ts.Fatalf("%s has %q, want %q", o.GetFile(), part, want)
				}
				sizes[o.GetFile()] += o.GetLength()
				if int64(len(text)) < sizes[o.GetFile()] {
					ts.Fatalf("%s has %d bytes, the report says %d", o.GetFile(), len(text), sizes[o.GetFile()])
				}
			}
		}
	}
	if len(sizes) == 0 {
		ts.Fatalf("the report names no output")
	}
}

// runFolder is that of a run, or of the last one of a plan.
func runFolder(ts *testscript.TestScript, name string) string {
	for _, folder := range []string{ts.MkAbs(name), ts.MkAbs(filepath.Join(".ansar-schedule", name, "latest"))} {
		if exists(filepath.Join(folder, "journal.jsonl")) {
			return folder
		}
	}
	ts.Fatalf("no run called %q", name)
	return ""
}

func reportOf(ts *testscript.TestScript, name string) *schedulepb.Report {
	report, err := formats.Load(runFolder(ts, name))
	ts.Check(err)
	return report
}
