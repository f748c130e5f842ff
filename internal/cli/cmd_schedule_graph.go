package cli

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/actor/schedule/graph"
	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/check"
	"github.com/ansar-go/ansar/internal/schedule/formats"
	"github.com/ansar-go/ansar/internal/schedule/replay"
)

const scheduleGraphLong = `Graph prints which jobs need which, of a plan or of a run with how they ended: as a
tree, as DOT for Graphviz, as Mermaid, or as JSON. A plan whose needs form a cycle is printed
too, with the arrows of the cycle in red; the cycle is named, and the exit status is 2.`

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
		if err := e.print(text.Bytes()); err != nil {
			return err
		}
		if cycles := cyclesOf(plan); len(cycles) > 0 {
			return usagef("the plan has a %s: check says what can be removed", strings.Join(cycles, ", a "))
		}
		return nil
	}
	return cmd
}

// cyclesOf names the cycles of needs in a plan that was not checked.
func cyclesOf(plan *schedulepb.Plan) []string {
	var all []string
	joined, ok := graphOf(plan).Check().(interface{ Unwrap() []error })
	if !ok {
		return nil
	}
	for _, err := range joined.Unwrap() {
		if cycle := new(graph.CycleError); errors.As(err, &cycle) {
			all = append(all, cycle.Error())
		}
	}
	return all
}

// planOf is the plan of a run, as far as its graph goes.
func planOf(report *schedulepb.Report) *schedulepb.Plan {
	plan := &schedulepb.Plan{Name: report.GetPlan()}
	for _, j := range report.GetJobs() {
		plan.Jobs = append(plan.Jobs, &schedulepb.Job{Id: j.GetId(), Labels: j.GetLabels(), Needs: j.GetNeeds(), Resources: heldBy(j)})
	}
	return plan
}

// graphOf is the graph of a plan, with labels.
func graphOf(plan *schedulepb.Plan) *graph.Graph {
	g := graph.New()
	for _, j := range plan.GetJobs() {
		var needs []string
		for _, n := range j.GetNeeds() {
			needs = append(needs, n.GetJob())
		}
		g.Put(j.GetId(), needs...)
		g.Tag(j.GetId(), j.GetLabels()...)
	}
	return g
}

// writeGraph writes the graph of a plan, with how its jobs ended if there is a report.
func writeGraph(w io.Writer, format string, plan *schedulepb.Plan, report *schedulepb.Report) error {
	g, states := graphOf(plan), map[string]string{}
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
