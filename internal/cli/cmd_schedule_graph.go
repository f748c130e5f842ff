package cli

import (
	"bytes"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/actor/schedule/graph"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/check"
	"github.com/ansar-go/ansar/internal/schedule/formats"
	"github.com/ansar-go/ansar/internal/schedule/replay"
)

const scheduleGraphLong = `Graph prints which jobs need which, of a plan or of a run with how they ended: as a
tree, as DOT for Graphviz, as Mermaid, or as JSON. Of a plan with a circle only the tree and
JSON are printed; check names the circle.`

var graphFormats = []string{"tree", "dot", "mermaid", "json"}

func scheduleGraphCommand(e *env) *cobra.Command {
	var f selectFlags
	var r runsFlag
	var format string
	cmd := &cobra.Command{
		Use:               "graph [plan|run]",
		Short:             "print which jobs need which",
		Long:              scheduleGraphLong,
		Example:           "  ansar schedule graph plan.yaml\n  ansar schedule graph plan.yaml --format=dot | dot -Tsvg > plan.svg\n  ansar schedule graph latest --format=mermaid",
		ValidArgsFunction: completeRuns(&r),
	}
	f.add(cmd)
	r.add(cmd)
	cmd.Flags().Var(&oneOf{"format", &format, graphFormats}, "format", "tree, dot, mermaid or json (tree if not given)")
	_ = cmd.RegisterFlagCompletionFunc("format", completeValues(graphFormats...)) // the flags are there
	cmd.RunE = func(_ *cobra.Command, words []string) error {
		file, report, err := e.planOrRun(words, &r)
		if err != nil {
			return err
		}
		plan := planOf(report)
		if file != nil {
			plan = check.Complete(file.Plan)
		}
		if plan, err = f.choose(plan, report); err != nil {
			return &precondition{err}
		}
		var text bytes.Buffer
		if err := writeGraph(&text, format, plan, report); err != nil {
			return err
		}
		return e.print(text.Bytes())
	}
	return cmd
}

// planOf is the plan of a run, as far as its graph goes.
func planOf(report *schedulepb.Report) *schedulepb.Plan {
	plan := &schedulepb.Plan{Name: report.GetPlan()}
	for _, j := range report.GetJobs() {
		plan.Jobs = append(plan.Jobs, &schedulepb.Job{Id: j.GetId(), Labels: j.GetLabels(), Needs: j.GetNeeds(), Resources: heldBy(j)})
	}
	return plan
}

// writeGraph writes the graph of a plan, with how its jobs ended if there is a report.
func writeGraph(w io.Writer, format string, plan *schedulepb.Plan, report *schedulepb.Report) error {
	g, states := graph.New(), map[string]string{}
	for _, j := range plan.GetJobs() {
		var needs []string
		for _, n := range j.GetNeeds() {
			needs = append(needs, n.GetJob())
		}
		g.Put(j.GetId(), needs...)
		g.Tag(j.GetId(), j.GetLabels()...)
	}
	if report != nil {
		report.Jobs = slices.DeleteFunc(report.GetJobs(), func(j *schedulepb.JobReport) bool {
			states[j.GetId()] = replay.State(j)
			return !g.Has(j.GetId())
		})
	}
	switch format {
	case "dot":
		return formats.DOT(w, plan, report)
	case "mermaid":
		return formats.Mermaid(w, plan, report)
	case "json":
		return g.JSON(w)
	}
	return g.Tree(w, &graph.Look{Label: func(id string) string {
		if state := states[id]; state != "" {
			return id + "  " + state
		}
		return id
	}})
}
