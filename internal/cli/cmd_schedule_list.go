package cli

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/check"
	"github.com/ansar-go/ansar/internal/schedule/planfile"
	"github.com/ansar-go/ansar/internal/schedule/replay"
)

const scheduleListLong = `List prints the jobs of a plan, or those of a run with how they ended, a line each:
what a job is, what it needs, and what it holds. With --only and --skip it prints
what run would run with them, and why the rest would be left out.`

// jobRow is a job as --json prints it.
type jobRow struct {
	ID        string   `json:"id"`
	Status    string   `json:"status,omitempty"`
	Labels    []string `json:"labels,omitempty"`
	Work      string   `json:"work,omitempty"`
	Needs     []string `json:"needs,omitempty"`
	Resources []string `json:"resources,omitempty"`
	Priority  int32    `json:"priority,omitempty"`
	Skipped   string   `json:"skipped,omitempty"`
	Reason    string   `json:"reason,omitempty"`
}

func scheduleListCommand(e *env) *cobra.Command {
	var f selectFlags
	var r runsFlag
	var json bool
	cmd := &cobra.Command{
		Use:               "list [plan|run]",
		Short:             "list the jobs of a plan, or of a run",
		Long:              scheduleListLong,
		Example:           "  ansar schedule list plan.yaml --only=label:wlan\n  ansar schedule list latest --only=status:failed --json",
		ValidArgsFunction: completeRuns(&r),
	}
	f.add(cmd)
	r.add(cmd)
	cmd.Flags().BoolVar(&json, "json", false, "as JSON, one object a line")
	cmd.RunE = func(_ *cobra.Command, words []string) error {
		rows, err := e.listJobs(words, &f, &r)
		if err != nil {
			return err
		}
		if json {
			return printLines(e, rows)
		}
		return e.print(tableOf(rows))
	}
	return cmd
}

// listJobs lists the jobs of what a word names.
func (e *env) listJobs(words []string, f *selectFlags, r *runsFlag) ([]jobRow, error) {
	plan, report, err := e.planOrRun(words, r)
	if err != nil {
		return nil, err
	}
	if report == nil { // status: is about the last run
		base := &scheduleRunFlags{runsFlag: *r}
		last, err := base.previous(&scheduled{file: plan})
		if err != nil {
			return nil, err
		}
		return listPlan(check.Complete(plan.Plan), f, last)
	}
	return listRun(report, f)
}

// planOrRun is what a word names: a plan that is not run yet, or the last run if
// there is none.
func (e *env) planOrRun(words []string, r *runsFlag) (*planfile.File, *schedulepb.Report, error) {
	var name string
	if err := fill(words, slot{"plan|run", &name}); err != nil {
		return nil, nil, err
	}
	if name == "-" || isFile(name) && isPlan(name) {
		file, err := e.planFile(name)
		return file, nil, err
	}
	report, err := r.report(name)
	return nil, report, err
}

// listPlan lists the jobs that run would run, and those it would leave out.
func listPlan(plan *schedulepb.Plan, f *selectFlags, last *schedulepb.Report) ([]jobRow, error) {
	c, err := f.chooser(last)
	if err != nil {
		return nil, err
	}
	kept := map[string]bool{}
	if chosen, err := f.choose(plan, last); err == nil {
		for _, j := range chosen.GetJobs() {
			kept[j.GetId()] = true
		}
	}
	var rows []jobRow
	for _, j := range plan.GetJobs() {
		row := jobRow{ID: j.GetId(), Labels: j.GetLabels(), Work: workOf(j), Needs: needsOf(j.GetNeeds()), Priority: j.GetPriority(), Skipped: j.GetSkip()}
		for _, d := range j.GetResources() {
			row.Resources = append(row.Resources, demandOf(d))
		}
		if !kept[j.GetId()] {
			row.Skipped = c.out(j)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// listRun lists the jobs of a run that the expressions fit.
func listRun(report *schedulepb.Report, f *selectFlags) ([]jobRow, error) {
	c, err := f.chooser(report)
	if err != nil {
		return nil, err
	}
	var rows []jobRow
	for _, j := range report.GetJobs() {
		if c.out(&schedulepb.Job{Id: j.GetId(), Labels: j.GetLabels(), Resources: heldBy(j)}) != "" {
			continue
		}
		row := jobRow{ID: j.GetId(), Status: replay.State(j), Labels: j.GetLabels(), Needs: needsOf(j.GetNeeds()), Reason: j.GetCause().GetText()}
		if row.Reason == "" {
			row.Reason = j.GetWaiting()
		}
		for _, d := range heldBy(j) {
			row.Resources = append(row.Resources, d.GetName())
		}
		for _, a := range j.GetAttempts() {
			row.Work = a.GetCommandLine()
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// heldBy is what the attempts of a job held.
func heldBy(j *schedulepb.JobReport) []*schedulepb.Demand {
	var demands []*schedulepb.Demand
	seen := map[string]bool{}
	for _, a := range j.GetAttempts() {
		for _, hold := range a.GetHolds() {
			if !seen[hold.GetResource()] {
				demands = append(demands, &schedulepb.Demand{Name: hold.GetResource()})
			}
			seen[hold.GetResource()] = true
		}
	}
	return demands
}

func workOf(j *schedulepb.Job) string {
	switch {
	case j.GetCommand() != nil:
		return strings.Join(j.GetCommand().GetArgv(), " ")
	case j.GetCall().GetExecutable() != "":
		return "call " + j.GetCall().GetExecutable()
	case j.GetCall() != nil:
		return "call " + j.GetCall().GetObject()
	case j.GetRole() != nil:
		return "role " + j.GetRole().GetName()
	}
	return "function " + j.GetFunction()
}

func needsOf(needs []*schedulepb.Need) []string {
	var words []string
	for _, n := range needs {
		text := n.GetJob()
		switch {
		case n.GetArtefact() != "":
			text += "/" + n.GetArtefact()
		case n.GetAfter() == schedulepb.After_AFTER_FINISH:
			text += " (however it ends)"
		case n.GetAfter() == schedulepb.After_AFTER_ANY:
			text += " (or another)"
		}
		words = append(words, text)
	}
	return words
}

func demandOf(d *schedulepb.Demand) string {
	text := d.GetName()
	if d.GetAmount() > 1 {
		text = fmt.Sprintf("%d %s", d.GetAmount(), text)
	}
	if d.GetShared() {
		text += " (shared)"
	}
	return text
}

// tableOf writes jobs as a table.
func tableOf(rows []jobRow) []byte {
	width, status := 0, 0
	for _, row := range rows {
		width, status = max(width, len(row.ID)), max(status, len(row.Status))
	}
	var text bytes.Buffer
	for _, row := range rows {
		var parts []string
		for _, p := range []struct {
			what  string
			words []string
		}{{"", []string{row.Work}}, {"needs ", row.Needs}, {"holds ", row.Resources}, {"labels ", row.Labels}} {
			if all := strings.Join(p.words, ", "); all != "" {
				parts = append(parts, p.what+all)
			}
		}
		switch {
		case row.Skipped != "":
			parts = []string{"left out: " + row.Skipped}
		case row.Reason != "":
			parts = append(parts, row.Reason)
		}
		line := fmt.Sprintf("%-*s  %s", width, row.ID, oneLine(strings.Join(parts, "; ")))
		if status > 0 {
			line = fmt.Sprintf("%-*s  ", status, row.Status) + line
		}
		fmt.Fprintln(&text, strings.TrimRight(line, " "))
	}
	return text.Bytes()
}
