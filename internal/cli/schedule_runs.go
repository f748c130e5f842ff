package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/formats"
	"github.com/ansar-go/ansar/internal/schedule/journal"
	"github.com/ansar-go/ansar/internal/schedule/planfile"
)

const (
	// runsFolder is where runs are kept, below the folder of a plan.
	runsFolder = ".ansar-schedule"

	// latestRun is the link to the last run of a plan.
	latestRun = "latest"

	journalFile = "journal.jsonl"
)

// runsFlag is where runs are looked for.
type runsFlag struct{ folder string }

func (r *runsFlag) add(cmd *cobra.Command) {
	word(cmd.Flags(), &r.folder, "output", "where runs are kept, instead of "+runsFolder+" beside the plan")
	_ = cmd.RegisterFlagCompletionFunc("output", completeFolders) // the flag is there
}

// base is where runs are of no plan in particular.
func (r *runsFlag) base() string {
	if r.folder != "" {
		return r.folder
	}
	return runsFolder
}

// find returns the folder of a run by what people call it. Empty is the last one.
func (r *runsFlag) find(name string) (string, error) {
	switch {
	case name == "" || name == latestRun:
		if folder := lastOf(plansIn(r.base())); folder != "" {
			return folder, nil
		}
		return "", preconditionf("there is no run in %q: name one, or the file of its plan", r.base())
	case isRun(name):
		return name, nil
	case isFile(name):
		return r.ofPlan(name)
	}
	if folder := lastOf([]string{name, filepath.Join(r.base(), name)}); folder != "" {
		return folder, nil
	}
	if folder := filepath.Join(r.base(), name); isRun(folder) {
		return folder, nil
	}
	if folder := lastOf(plansIn(name)); folder != "" {
		return folder, nil
	}
	return r.byFront(name)
}

// ofPlan returns the last run of a plan by its file.
func (r *runsFlag) ofPlan(name string) (string, error) {
	file, err := planfile.Read(name)
	if err != nil {
		return "", usagef("%v", err)
	}
	base := r.folder
	if base == "" {
		base = filepath.Join(file.Dir, runsFolder)
	}
	if folder := lastOf([]string{filepath.Join(base, planName(file))}); folder != "" {
		return folder, nil
	}
	return "", preconditionf("plan %q was never run: there is nothing in %q", name, filepath.Join(base, planName(file)))
}

// byFront returns the only run whose name begins so.
func (r *runsFlag) byFront(front string) (string, error) {
	var found []string
	for _, plan := range plansIn(r.base()) {
		for _, run := range runsIn(plan) {
			if strings.HasPrefix(filepath.Base(run), front) {
				found = append(found, run)
			}
		}
	}
	switch len(found) {
	case 0:
		return "", preconditionf("no run is called %q in %q: see ansar schedule runs", front, r.base())
	case 1:
		return found[0], nil
	}
	return "", preconditionf("%d runs begin with %q, %s and %s among them: name more of it", len(found), front, filepath.Base(found[0]), filepath.Base(found[1]))
}

func isRun(folder string) bool {
	_, err := os.Stat(filepath.Join(folder, journalFile))
	return err == nil
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// plansIn lists the folders of plans.
func plansIn(base string) []string {
	entries, _ := os.ReadDir(base) // where nothing is there is none
	var plans []string
	for _, entry := range entries {
		if entry.IsDir() {
			plans = append(plans, filepath.Join(base, entry.Name()))
		}
	}
	return plans
}

// runsIn lists the runs of a plan, by when they began. Their names tell only the second.
func runsIn(plan string) []string {
	runs := slices.DeleteFunc(plansIn(plan), func(folder string) bool { return !isRun(folder) })
	began := map[string]time.Time{}
	for _, run := range runs {
		if info, err := os.Stat(filepath.Join(run, "plan.json")); err == nil { // which is written once
			began[run] = info.ModTime()
		}
	}
	slices.SortStableFunc(runs, func(a, b string) int { return began[a].Compare(began[b]) })
	return runs
}

// lastOf returns the run that began last, of the last ones of some plans.
func lastOf(plans []string) string {
	var last string
	var began time.Time
	for _, plan := range plans {
		if run, at := lastIn(plan); run != "" && (last == "" || at.After(began)) {
			last, began = run, at
		}
	}
	return last
}

// lastIn returns the last run of a plan and when it began: that of the link, or of
// those that are there if the link, or its run, was removed.
func lastIn(plan string) (string, time.Time) {
	link := filepath.Join(plan, latestRun)
	if info, err := os.Lstat(link); err == nil && isRun(link) {
		if target, err := os.Readlink(link); err == nil {
			return filepath.Join(plan, filepath.Base(target)), info.ModTime()
		}
	}
	runs := runsIn(plan)
	if len(runs) == 0 {
		return "", time.Time{}
	}
	last := runs[len(runs)-1]
	info, err := os.Stat(filepath.Join(last, "plan.json"))
	if err != nil {
		return last, time.Time{}
	}
	return last, info.ModTime()
}

// reportOf reads what became of a run from its journal.
func reportOf(folder string) (*schedulepb.Report, error) {
	report, err := formats.Load(folder)
	if damage := new(journal.DamageError); errors.As(err, &damage) && report != nil {
		report.Warnings = append(report.Warnings, damage.Error())
		err = nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, preconditionf("%q is no run of a schedule: it has no %s", folder, journalFile)
	}
	if err != nil {
		return nil, &failure{err}
	}
	report.Folder = folder // it may have been moved
	return report, nil
}

// report finds a run and reads what became of it.
func (r *runsFlag) report(name string) (*schedulepb.Report, error) {
	if ext := filepath.Ext(name); isFile(name) && (ext == ".zip" || ext == ".jsonl" || filepath.Base(name) == formats.ReportFile) {
		report, err := formats.Load(name)
		if err != nil {
			return nil, &failure{err}
		}
		return report, nil
	}
	folder, err := r.find(name)
	if err != nil {
		return nil, err
	}
	return reportOf(folder)
}

// completeRuns completes the names of runs and plans.
func completeRuns(r *runsFlag) completer {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, noFiles
		}
		var names []string
		for _, plan := range plansIn(r.base()) {
			names = append(names, filepath.Base(plan))
			for _, run := range runsIn(plan) {
				names = append(names, filepath.Base(plan)+"/"+filepath.Base(run))
			}
		}
		return names, cobra.ShellCompDirectiveDefault
	}
}

// planFiles are the endings of files of plans.
var planFiles = []string{"yaml", "yml", "json"}

func completePlan(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, noFiles
	}
	return planFiles, cobra.ShellCompDirectiveFilterFileExt
}
