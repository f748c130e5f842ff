package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/check"
	"github.com/ansar-go/ansar/internal/schedule/planfile"
)

const scheduleCheckLong = `Check says whether a plan can work, without running anything of it but to ask the
programs that it calls what they take. It prints every problem with its place, as
file:line: field: text, and ends with status 2 if there is one:

  circles of needs, jobs that are needed and not there, ids that are there twice
  more of a resource, or more slots, than there ever are
  programs, roles and files for standard input that are not there
  inputs and settings with fields or values that a program does not take

A job that needs others may find its stdin_file, and a program that is given by its path,
only when those have run: that is not looked at.

With --schema it prints what a plan may contain, as JSON Schema. Editors with a YAML
language server complete and check a plan by it, if the first line of the plan says

  # yaml-language-server: $schema=plan.schema.json`

func scheduleCheckCommand(e *env) *cobra.Command {
	var jobs string
	var schema, json bool
	cmd := &cobra.Command{
		Use:               "check <plan>",
		Short:             "say whether a plan can work",
		Long:              scheduleCheckLong,
		Example:           "  ansar schedule check plan.yaml\n  ansar schedule check --schema > plan.schema.json",
		ValidArgsFunction: completePlan,
	}
	fs := cmd.Flags()
	fs.StringVarP(&jobs, "jobs", "j", "", "slots: a number, cores or cores-1, as for run")
	_ = cmd.RegisterFlagCompletionFunc("jobs", completeValues("cores", "cores-1")) // the flag is there
	fs.BoolVar(&json, "json", false, "print the plan as it is understood, with its defaults in the jobs")
	fs.BoolVar(&schema, "schema", false, "print what a plan may contain, as JSON Schema, instead")
	cmd.RunE = func(_ *cobra.Command, words []string) error {
		if schema {
			if err := fill(words); err != nil {
				return err
			}
			return e.print(planfile.Schema())
		}
		f := &scheduleRunFlags{jobs: jobs}
		slots, err := f.slots()
		if err != nil {
			return err
		}
		s, err := e.readPlan(words)
		if err != nil {
			return err
		}
		if slots == 0 {
			slots = max(int(s.plan.GetLimits().GetSlots()), 0)
		}
		if slots == 0 {
			slots = cores()
		}
		if err := e.checkPlan(s, slots); err != nil {
			return err
		}
		for _, p := range check.Warnings(s.plan) {
			fmt.Fprintln(e.stderr, "warning: "+s.lines([]check.Problem{p})[0])
		}
		if json {
			return e.print(planfile.Write(s.plan))
		}
		return e.print([]byte(summary(s.plan, slots)))
	}
	return cmd
}

// summary is what a plan consists of, in a line.
func summary(plan *schedulepb.Plan, slots int) string {
	needs := 0
	for _, j := range plan.GetJobs() {
		needs += len(j.GetNeeds())
	}
	return fmt.Sprintf("%s: %s, %s, %s, %s\n", plan.GetName(),
		count(len(plan.GetJobs()), "job"), count(needs, "need"), count(len(plan.GetResources()), "resource"), count(slots, "slot"))
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
