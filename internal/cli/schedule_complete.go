package cli

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/internal/schedule/planfile"
)

// isPlan reports whether a file is called like a plan, and not like the report of a run.
func isPlan(name string) bool {
	return slices.Contains(planFiles, strings.TrimPrefix(filepath.Ext(name), ".")) && filepath.Base(name) != "report.json"
}

// completeRunsFlag completes the value of a flag that names a run.
func completeRunsFlag(r *runsFlag) completer {
	return func(cmd *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
		return completeRuns(r)(cmd, nil, word)
	}
}

// completeJobsOfPlan completes the ids of jobs of the plan that is the first word.
func completeJobsOfPlan(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return nil, noFiles
	}
	file, err := planfile.Read(args[0])
	if err != nil {
		return nil, noFiles
	}
	var ids []string
	for _, j := range file.Plan.GetJobs() {
		ids = append(ids, j.GetId())
	}
	return ids, noFiles
}

// completeExpression completes the last term of an expression.
func completeExpression(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	at := strings.LastIndexAny(word, " (") + 1
	var terms []string
	if len(args) > 0 {
		if file, err := planfile.Read(args[0]); err == nil {
			for _, r := range file.Plan.GetResources() {
				terms = append(terms, "resource:"+r.GetName())
			}
			for _, j := range file.Plan.GetJobs() {
				for _, label := range j.GetLabels() {
					terms = append(terms, "label:"+label)
				}
			}
		}
	}
	slices.Sort(terms)
	terms = slices.Compact(terms)
	for _, status := range []string{"ok", "failed", "timed-out", "blocked", "skipped", "flaky"} {
		terms = append(terms, "status:"+status)
	}
	ids, _ := completeJobsOfPlan(cmd, args, word)
	terms = append(terms, ids...)
	for i, term := range terms {
		terms[i] = word[:at] + term
	}
	return terms, noFiles | cobra.ShellCompDirectiveNoSpace
}
