package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/selection"
)

// selectFlags say which jobs are meant.
type selectFlags struct{ only, skip string }

func (f *selectFlags) add(cmd *cobra.Command) {
	word(cmd.Flags(), &f.only, "only", "take the jobs that an expression fits, and those that they need")
	word(cmd.Flags(), &f.skip, "skip", "leave out the jobs that an expression fits, unless others need them")
	for _, name := range []string{"only", "skip"} {
		_ = cmd.RegisterFlagCompletionFunc(name, completeExpression) // the flags are there
	}
}

// chooser reads the expressions.
func (f *selectFlags) chooser(previous *schedulepb.Report) (*chooser, error) {
	c := &chooser{flags: f, last: map[string]*schedulepb.JobReport{}}
	for _, e := range []struct {
		flag, text string
		to         **selection.Expr
	}{{"only", f.only, &c.only}, {"skip", f.skip, &c.skip}} {
		if e.text == "" {
			continue
		}
		parsed, err := selection.Parse(e.text)
		if err != nil {
			return nil, usagef("--%s: %v", e.flag, err)
		}
		*e.to = parsed
	}
	for _, j := range previous.GetJobs() {
		c.last[j.GetId()] = j
	}
	return c, nil
}

// chooser tells which jobs are meant.
type chooser struct {
	flags      *selectFlags
	only, skip *selection.Expr // nil: not given
	last       map[string]*schedulepb.JobReport
}

// out says why a job is not meant, or nothing if it is.
func (c *chooser) out(j *schedulepb.Job) string {
	last := c.last[j.GetId()]
	switch {
	case c.only != nil && !c.only.Matches(j, last):
		return fmt.Sprintf("--only=%s does not fit it", c.flags.only)
	case c.skip != nil && c.skip.Matches(j, last):
		return fmt.Sprintf("--skip=%s fits it", c.flags.skip)
	}
	return ""
}

// choose is the plan with the jobs that are meant, and those that they need. That
// there are none is an error.
func (f *selectFlags) choose(plan *schedulepb.Plan, previous *schedulepb.Report) (*schedulepb.Plan, error) {
	c, err := f.chooser(previous)
	if err != nil {
		return nil, err
	}
	if c.only == nil && c.skip == nil {
		return plan, nil
	}
	chosen := selection.Prune(plan, func(j *schedulepb.Job) bool { return c.out(j) == "" })
	if len(chosen.GetJobs()) == 0 && len(plan.GetJobs()) > 0 {
		return nil, &nothing{f}
	}
	return chosen, nil
}

// nothing is the error of expressions that leave no job.
type nothing struct{ flags *selectFlags }

func (n *nothing) Error() string {
	switch {
	case n.flags.only == "":
		return fmt.Sprintf("--skip=%s leaves no job of the plan", n.flags.skip)
	case n.flags.skip == "":
		return fmt.Sprintf("--only=%s fits no job of the plan", n.flags.only)
	}
	return fmt.Sprintf("--only=%s and --skip=%s leave no job of the plan", n.flags.only, n.flags.skip)
}
