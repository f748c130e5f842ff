package cli

import (
	"bytes"
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/engine"
	"github.com/ansar-go/ansar/internal/schedule/replay"
)

// dryRun simulates a run and prints what it would be like. It creates nothing.
func (e *env) dryRun(s *scheduled, f *scheduleRunFlags, plan *schedulepb.Plan, slots int, previous *schedulepb.Report) error {
	if err := f.checkFails(plan); err != nil {
		return err
	}
	o := f.options(&scheduleRun{scheduled: s, env: e, flags: f, previous: previous})
	config := engine.Config{
		Plan: plan, Slots: slots, Seed: f.seed, Run: "dry-run", Dir: s.file.Dir, Version: programVersion(), Previous: o.Previous,
		Rerun: o.Rerun, Started: time.Now(),
	}
	took := tookBefore(previous)
	if f.grace > 0 {
		for _, j := range plan.GetJobs() {
			j.Grace = durationpb.New(f.grace)
		}
	}
	events := engine.Simulate(config, engine.Simulation{
		Duration: func(j *schedulepb.Job) time.Duration {
			return cmp.Or(j.GetEstimate().AsDuration(), took[j.GetId()], time.Second)
		},
		Fails: func(j *schedulepb.Job, _ uint32) bool { return f.fails(j.GetId()) },
	})
	r := replay.New()
	for _, event := range events {
		r.Apply(event)
		if f.show.format == "events" {
			if err := e.printEvent(event); err != nil {
				return err
			}
		}
	}
	report := r.Report()
	if f.show.format != "table" {
		return e.dryStatus(report, e.printResult(&f.show, report))
	}
	return e.dryStatus(report, e.printDry(report))
}

// tookBefore is how long the last attempt of each job took, in a run that may be nil.
func tookBefore(report *schedulepb.Report) map[string]time.Duration {
	took := map[string]time.Duration{}
	for _, j := range report.GetJobs() {
		for _, a := range j.GetAttempts() {
			took[j.GetId()] = a.GetTook().AsDuration()
		}
	}
	return took
}

func (e *env) dryStatus(report *schedulepb.Report, err error) error {
	if err == nil && report.GetExitStatus() != 0 {
		return &silent{int(report.GetExitStatus())}
	}
	return err
}

func (f *scheduleRunFlags) fails(id string) bool {
	return slices.ContainsFunc(f.fail, func(pattern string) bool {
		ok, _ := path.Match(pattern, id) // checked before
		return ok || pattern == id
	})
}

// checkFails refuses a --fail that fits no job.
func (f *scheduleRunFlags) checkFails(plan *schedulepb.Plan) error {
	for _, pattern := range f.fail {
		one := &scheduleRunFlags{fail: []string{pattern}}
		if _, err := path.Match(pattern, ""); err != nil {
			return usagef("--fail: %q is no pattern: its [ has no ]", pattern)
		}
		if !slices.ContainsFunc(plan.GetJobs(), func(j *schedulepb.Job) bool { return one.fails(j.GetId()) }) {
			return usagef("--fail: no job of the run is called %q", pattern)
		}
	}
	return nil
}

// printDry prints the order of a simulated run: when each attempt would start, for
// how long, on which slot, and with what.
func (e *env) printDry(report *schedulepb.Report) error {
	var text bytes.Buffer
	rows := dryRows(report)
	widths := make([]int, 5)
	for _, row := range rows {
		for i, cell := range row[:4] {
			widths[i] = max(widths[i], len(cell))
		}
	}
	for _, row := range rows {
		line := fmt.Sprintf("%*s  %*s  %-*s  %-*s  %s", widths[0], row[0], widths[1], row[1], widths[2], row[2], widths[3], row[3], row[4])
		fmt.Fprintln(&text, strings.TrimRight(line, " "))
	}
	fmt.Fprintf(&text, "\nit would take %s on %d slots\n", roundly(report.GetTook().AsDuration()), report.GetSlots())
	if len(report.GetCriticalPath()) > 0 {
		fmt.Fprintf(&text, "critical path: %s\n", strings.Join(report.GetCriticalPath(), " -> "))
	}
	return e.print(text.Bytes())
}

// dryRows are the rows of the attempts in their order, and of the jobs without any.
func dryRows(report *schedulepb.Report) [][]string {
	type start struct {
		at  time.Time
		row []string
	}
	var starts []start
	var never [][]string
	for _, j := range report.GetJobs() {
		if len(j.GetAttempts()) == 0 {
			never = append(never, []string{"-", "-", "-", j.GetStatus().Name(), strings.TrimSpace(j.GetId() + "  " + j.GetCause().GetText())})
		}
		for _, a := range j.GetAttempts() {
			at := a.GetStarted().AsTime()
			what := j.GetId()
			if a.GetNumber() > 1 {
				what += fmt.Sprintf(", attempt %d", a.GetNumber())
			}
			var units []string
			for _, hold := range a.GetHolds() {
				units = append(units, hold.GetUnit())
			}
			if len(units) > 0 {
				what += "  with " + strings.Join(units, ", ")
			}
			starts = append(starts, start{at, []string{
				roundly(at.Sub(report.GetStarted().AsTime())), roundly(a.GetTook().AsDuration()), fmt.Sprint(a.GetSlot()), a.GetStatus().Name(), what,
			}})
		}
	}
	slices.SortStableFunc(starts, func(a, b start) int { return a.at.Compare(b.at) })
	rows := [][]string{{"AT", "TAKES", "SLOT", "ENDS", "JOB"}}
	for _, s := range starts {
		rows = append(rows, s.row)
	}
	return append(rows, never...)
}

// roundly writes a span for people: 1.5s, 2m0.5s.
func roundly(d time.Duration) string { return elapsed(d.Round(100 * time.Millisecond)) }
