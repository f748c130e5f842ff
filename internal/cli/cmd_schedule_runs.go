package cli

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/journal"
	"github.com/ansar-go/ansar/internal/schedule/replay"
)

const scheduleRunsLong = `Runs lists the runs that are kept, those of a plan or all, the last one at the end: when
each began, how long it took, how it ended, and how its jobs did.`

// keptRun is a run as --json prints it.
type keptRun struct {
	Run     string            `json:"run"`
	Plan    string            `json:"plan"`
	Folder  string            `json:"folder"`
	Started time.Time         `json:"started"`
	Seconds float64           `json:"seconds"`
	State   string            `json:"state"`
	Status  uint32            `json:"exit_status"`
	Totals  map[string]uint32 `json:"totals"`
}

func scheduleRunsCommand(e *env) *cobra.Command {
	var r runsFlag
	var json bool
	cmd := &cobra.Command{
		Use:               "runs [plan]",
		Short:             "list the runs that are kept",
		Long:              scheduleRunsLong,
		Example:           "  ansar schedule runs\n  ansar schedule runs plan.yaml --json",
		ValidArgsFunction: completeRuns(&r),
	}
	r.add(cmd)
	cmd.Flags().BoolVar(&json, "json", false, "as JSON, one object a line")
	cmd.RunE = func(_ *cobra.Command, words []string) error {
		var name string
		if err := fill(words, slot{"plan", &name}); err != nil {
			return err
		}
		plans, err := r.plans(name)
		if err != nil {
			return err
		}
		var rows []keptRun
		for _, plan := range plans {
			for _, run := range runsIn(plan) {
				row, err := keep(run)
				if err != nil {
					return err
				}
				rows = append(rows, row)
			}
		}
		slices.SortStableFunc(rows, func(a, b keptRun) int { return a.Started.Compare(b.Started) })
		if json {
			return printLines(e, rows)
		}
		return e.print(runsTable(rows))
	}
	return cmd
}

// plans lists the folders of the plan that a word names, or of all plans.
func (r *runsFlag) plans(name string) ([]string, error) {
	switch {
	case name == "":
		return plansIn(r.base()), nil
	case isFile(name):
		run, err := r.ofPlan(name)
		return []string{filepath.Dir(run)}, err
	}
	for _, folder := range []string{name, filepath.Join(r.base(), name)} {
		if len(runsIn(folder)) > 0 {
			return []string{folder}, nil
		}
	}
	return nil, preconditionf("no plan called %q was run in %q", name, r.base())
}

func keep(folder string) (keptRun, error) {
	report, err := reportOf(folder)
	var empty *replay.EmptyError
	var damage *journal.DamageError
	switch {
	case errors.As(err, &empty) && empty.Alive:
		return unknownRun(folder, "running", 0), nil
	case errors.As(err, &empty), errors.As(err, &damage): // the others can be listed all the same
		return unknownRun(folder, "unreadable", statusMachinery), nil
	case err != nil:
		return keptRun{}, err
	}
	row := keptRun{
		Run: filepath.Base(folder), Plan: report.GetPlan(), Folder: folder, Started: report.GetStarted().AsTime(),
		Seconds: report.GetTook().AsDuration().Seconds(), State: runState(report, journal.Alive(folder)), Status: report.GetExitStatus(), Totals: report.GetTotals(),
	}
	return row, nil
}

// unknownRun is a run of which no more than its folder is known.
func unknownRun(folder, state string, status uint32) keptRun {
	row := keptRun{Run: filepath.Base(folder), Plan: filepath.Base(filepath.Dir(folder)), Folder: folder, State: state, Status: status}
	if info, err := os.Stat(filepath.Join(folder, journalFile)); err == nil {
		row.Started = info.ModTime()
	}
	return row
}

// runState is how a run ended, in a word.
func runState(report *schedulepb.Report, alive bool) string {
	switch {
	case report.GetEnded() == nil && alive:
		return "running"
	case report.GetEnded() == nil:
		return "killed"
	}
	switch report.GetExitStatus() {
	case 0:
		return "ok"
	case statusMachinery:
		return "broken"
	case statusNothing:
		return "nothing"
	case 124:
		return "out of time"
	case statusInterrupted:
		return "interrupted"
	}
	return "failed"
}

func runsTable(rows []keptRun) []byte {
	var text bytes.Buffer
	width := 0
	for _, row := range rows {
		width = max(width, len(row.Plan)+1+len(row.Run))
	}
	for _, row := range rows {
		var totals []string
		for _, name := range slices.Sorted(maps.Keys(row.Totals)) {
			totals = append(totals, fmt.Sprintf("%s %d", name, row.Totals[name]))
		}
		fmt.Fprintf(&text, "%-*s  %s  %8s  %-11s  %s\n", width, row.Plan+"/"+row.Run, row.Started.Local().Format("2006-01-02 15:04:05"),
			roundly(time.Duration(row.Seconds*float64(time.Second))), row.State, strings.Join(totals, ", "))
	}
	return text.Bytes()
}

// runBefore is the run of the same plan before that in a folder.
func runBefore(folder string) (string, error) {
	if folder == "" {
		return "", usagef("say by --against what to compare with: this is an archive")
	}
	full, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return "", err
	}
	runs := runsIn(filepath.Dir(full))
	if i := slices.Index(runs, full); i > 0 {
		return runs[i-1], nil
	}
	return "", preconditionf("there is no run before %q: say by --against what to compare with", filepath.Base(full))
}
