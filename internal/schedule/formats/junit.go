package formats

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// JUnitOptions adjust [JUnit]. A nil *JUnitOptions means the defaults.
type JUnitOptions struct {
	// Folder is that of the run, from which output is read.
	// If empty, the one that the report names.
	Folder string

	// Limit is how many bytes of each of its streams stand with a job; of longer ones
	// the beginning and the end. If zero, 32 KiB; if negative, none.
	Limit int64

	// LeakyPasses makes a job that left processes behind pass, with what it left named in
	// its output. If false, it is a failure.
	LeakyPasses bool
}

func (o *JUnitOptions) limit() int64 {
	if o == nil {
		return 32 << 10
	}
	return max(0, cmp.Or(o.Limit, 32<<10))
}

func (o *JUnitOptions) folder(r *schedulepb.Report) string {
	if o == nil {
		return r.GetFolder()
	}
	return cmp.Or(o.Folder, r.GetFolder())
}

func (o *JUnitOptions) leakyPasses() bool { return o != nil && o.LeakyPasses }

// JUnit writes the report as JUnit XML: one suite, a testcase for each job in the order of
// the plan. Bytes that XML does not know are written as \x1b, so it is
// well-formed whatever jobs have printed. Attempts that failed before the job was ok stand
// as flakyFailure, those after a first failure as rerunFailure.
func JUnit(w io.Writer, r *schedulepb.Report, opts *JUnitOptions) error {
	x := &xmlWriter{w: bufio.NewWriter(w)}
	x.raw(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	total := tally(r, opts)
	x.open(0, "testsuites", append(total, "name", r.GetPlan())...)
	x.open(1, "testsuite", append(total, "name", r.GetPlan(), "id", r.GetRun(), "timestamp", r.GetStarted().AsTime().Format("2006-01-02T15:04:05"))...)
	x.properties(r)
	for _, j := range r.GetJobs() {
		x.testcase(r, j, opts)
	}
	x.close(1, "testsuite")
	x.close(0, "testsuites")
	return x.w.Flush()
}

// The kinds of a testcase.
const (
	passed  = ""
	failure = "failure"
	fault   = "error"
	skipped = "skipped"
)

// verdictOf is the kind of a testcase.
func verdictOf(s schedulepb.Status, opts *JUnitOptions) string {
	switch s {
	case schedulepb.Status_STATUS_FAILED, schedulepb.Status_STATUS_TIMED_OUT, schedulepb.Status_STATUS_NOT_READY:
		return failure
	case schedulepb.Status_STATUS_ERROR, schedulepb.Status_STATUS_CRASHED, schedulepb.Status_STATUS_UNRUNNABLE:
		return fault
	case schedulepb.Status_STATUS_LEAKY:
		if opts.leakyPasses() {
			return passed
		}
		return failure
	case schedulepb.Status_STATUS_OK, schedulepb.Status_STATUS_FLAKY, schedulepb.Status_STATUS_XPASS:
		return passed
	}
	return skipped
}

// kindOf is what the type attribute says of a status.
func kindOf(s schedulepb.Status) string {
	switch s {
	case schedulepb.Status_STATUS_CRASHED:
		return "crash"
	case schedulepb.Status_STATUS_TIMED_OUT:
		return "timeout"
	}
	return s.Name()
}

// tally are the attributes that count testcases.
func tally(r *schedulepb.Report, opts *JUnitOptions) []string {
	n := map[string]int{}
	for _, j := range r.GetJobs() {
		n[verdictOf(j.GetStatus(), opts)]++
	}
	number := func(kind string) string { return fmt.Sprint(n[kind]) }
	return []string{
		"tests", fmt.Sprint(len(r.GetJobs())), "failures", number(failure), "errors", number(fault),
		"skipped", number(skipped), "time", seconds(r.GetTook().AsDuration()),
	}
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

func (x *xmlWriter) properties(r *schedulepb.Report) {
	x.open(2, "properties")
	for _, p := range [][2]string{
		{"run", r.GetRun()}, {"folder", r.GetFolder()}, {"slots", fmt.Sprint(r.GetSlots())}, {"seed", fmt.Sprint(r.GetSeed())},
		{"version", r.GetVersion()}, {"exit-status", fmt.Sprint(r.GetExitStatus())}, {"why", r.GetWhy()},
	} {
		if p[1] != "" {
			x.empty(3, "property", "name", p[0], "value", p[1])
		}
	}
	x.close(2, "properties")
}

func (x *xmlWriter) testcase(r *schedulepb.Report, j *schedulepb.JobReport, opts *JUnitOptions) {
	x.open(2, "testcase", "name", j.GetId(), "classname", r.GetPlan(), "time", seconds(took(j)))
	kind := verdictOf(j.GetStatus(), opts)
	switch {
	case kind == skipped:
		x.empty(3, skipped, "message", cmp.Or(reason(j), j.GetStatus().Name()), "type", j.GetStatus().Name())
	case kind != passed:
		x.problem(kind, kindOf(j.GetStatus()), reason(j), last(j))
	}
	x.attempts(j, kind)
	x.outputs(r, j, opts)
	x.close(2, "testcase")
}

// problem is an element with the last lines of an attempt.
func (x *xmlWriter) problem(element, kind, message string, a *schedulepb.AttemptReport) {
	x.start(3, element, "message", message, "type", kind)
	x.text(details(a))
	x.end(element)
}

// details are what is known of an attempt beside its status.
func details(a *schedulepb.AttemptReport) string {
	if a == nil {
		return ""
	}
	var all []string
	for _, s := range a.GetSignals() {
		all = append(all, strings.TrimSpace(s.GetSignal()+" "+s.GetWhy()))
	}
	for _, s := range a.GetStrays() {
		all = append(all, stray(s))
	}
	for _, text := range []string{a.GetCause().GetStack(), a.GetLastLines()} {
		if text != "" {
			all = append(all, text)
		}
	}
	return strings.Join(all, "\n")
}

func stray(s *schedulepb.Stray) string {
	what := "left running"
	if s.GetKilled() {
		what = "killed"
	}
	return fmt.Sprintf("process %d left behind, %s: %s", s.GetPid(), what, s.GetCommandLine())
}

// attempts are the failures beside the one that the job ended with.
func (x *xmlWriter) attempts(j *schedulepb.JobReport, kind string) {
	element, all := "rerunFailure", j.GetAttempts()
	switch {
	case kind == passed:
		element = "flakyFailure"
	case kind == skipped || len(all) == 0:
		return
	default:
		all = all[:len(all)-1] // that is the failure itself
	}
	for _, a := range all {
		if !a.GetStatus().Good() && a.GetStatus() != schedulepb.Status_STATUS_UNSPECIFIED {
			message := fmt.Sprintf("attempt %d: %s", a.GetNumber(), cmp.Or(causeText(a.GetCause()), a.GetStatus().Name()))
			x.problem(element, kindOf(a.GetStatus()), message, a)
		}
	}
}

// outputs are what the attempts have printed, with the files that have all of it.
func (x *xmlWriter) outputs(r *schedulepb.Report, j *schedulepb.JobReport, opts *JUnitOptions) {
	for _, stream := range []string{"stdout", "stderr"} {
		var parts []string
		for _, a := range j.GetAttempts() {
			for _, out := range a.GetOutputs() {
				if out.GetStream() != stream || out.GetLength() == 0 {
					continue
				}
				if text := output(r, j, a, out, opts); text != "" {
					parts = append(parts, text)
				}
			}
		}
		if logs := logFiles(j); stream == "stdout" && len(logs) > 0 {
			parts = slices.Concat(logs, parts)
		}
		if len(parts) == 0 {
			continue
		}
		element := map[string]string{"stdout": "system-out", "stderr": "system-err"}[stream]
		x.start(3, element)
		x.text(strings.Join(parts, "\n"))
		x.end(element)
	}
}

// logFiles are lines that tools show as links.
func logFiles(j *schedulepb.JobReport) []string {
	var lines []string
	for _, a := range j.GetAttempts() {
		if a.GetLog() != "" {
			lines = append(lines, "[[ATTACHMENT|"+a.GetLog()+"]]")
		}
	}
	return lines
}

func output(r *schedulepb.Report, j *schedulepb.JobReport, a *schedulepb.AttemptReport, out *schedulepb.JobOutput, opts *JUnitOptions) string {
	e := read(opts.folder(r), out, opts.limit())
	text := strings.TrimSuffix(e.text(out.GetFile()), "\n")
	if text != "" && len(j.GetAttempts()) > 1 {
		return fmt.Sprintf("--- attempt %d ---\n%s", a.GetNumber(), text)
	}
	return text
}
