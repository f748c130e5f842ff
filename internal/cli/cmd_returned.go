package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/settings"
)

const returnedLong = `Returned prints what a role returned, as JSON: its last run, or another that --start
tells. It waits for a run that goes on, and never for one whose process is gone.`

func returnedCommand(e *env) *cobra.Command {
	var (
		f       roleFlags
		start   int
		timeout time.Duration
		compact bool
	)
	cmd := &cobra.Command{
		Use:     "returned <role> [home]",
		Short:   "print what a role returned",
		Long:    returnedLong,
		Example: "  ansar returned factorial-0\n  ansar returned server-0 --start=0 --timeout=10",
	}
	f.add(e, cmd)
	cmd.Flags().IntVar(&start, "start", -1, "the run, by its number, from the end if negative")
	cmd.Flags().Var(&spanFlag{"timeout", &timeout}, "timeout", "how long to wait, without end if not given")
	cmd.Flags().BoolVar(&compact, "json", false, "on one line")
	cmd.RunE = func(_ *cobra.Command, words []string) error {
		p, err := f.open(e, words)
		if err != nil {
			return err
		}
		run, err := p.pick(start)
		if err != nil {
			return err
		}
		if run, err = p.wait(e, run, timeout); err != nil {
			return err
		}
		if run.End.Value == nil {
			return preconditionf("selected start did not complete - %s", lack(run.End))
		}
		text, err := valueText(run.End.Value, compact)
		if err != nil {
			return err
		}
		return e.print(text)
	}
	return cmd
}

// wait waits until the run has ended. No timeout is none.
func (p *past) wait(e *env, run *history.Run, timeout time.Duration) (*history.Run, error) {
	if !run.Open() {
		return run, nil
	}
	ctx := e.ctx
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	e.console("Waiting for %q (%s)", p.role, p.homePath)
	ended, err := p.file.Wait(ctx, run.Number)
	if err != nil && ctx.Err() != nil && e.ctx.Err() == nil {
		return nil, &failure{fmt.Errorf("TimedOut (role %q has not returned within %s)", p.role, settings.FormatSpan(timeout))}
	}
	if errors.Is(err, history.ErrNoHistory) {
		return nil, &failure{fmt.Errorf("role %q was deleted meanwhile", p.role)}
	}
	return ended, err
}

// lack says why there is no value.
func lack(e *history.Ending) string {
	switch {
	case e.Signal != "":
		return "it was ended by signal " + e.Signal
	case e.ExitStatus != nil:
		return fmt.Sprintf("it exited with status %d, without a value", *e.ExitStatus)
	case e.Evidence != "":
		return "it has vanished: " + oneLine(e.Evidence)
	}
	return "it has " + e.How
}

// valueText prints a value of the history as run does.
func valueText(value json.RawMessage, compact bool) ([]byte, error) {
	if !json.Valid(value) {
		return nil, &failure{errors.New("the value in the history is no JSON")}
	}
	return envelope(value, compact)
}
