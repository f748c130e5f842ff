package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/internal/schedule/journal"
)

const scheduleFollowLong = `Follow prints the events of a run as they happen, each as a line of JSON, until the run
has ended. Each has a sequence number, from 1 and without gaps: whoever has got event k
goes on with --from-event=k+1, and misses none and gets none twice.

It reads the journal of the run: as many as like may follow, and the run waits for none.`

func scheduleFollowCommand(e *env) *cobra.Command {
	var r runsFlag
	var from uint64
	var history bool
	cmd := &cobra.Command{
		Use:               "follow [run]",
		Short:             "print the events of a run as they happen",
		Long:              scheduleFollowLong,
		Example:           "  ansar schedule follow\n  ansar schedule follow --from-event=42",
		ValidArgsFunction: completeRuns(&r),
	}
	r.add(cmd)
	cmd.Flags().Uint64Var(&from, "from-event", 1, "the first event that is printed, by its sequence number")
	cmd.Flags().BoolVar(&history, "no-wait", false, "print the events that are there, and end")
	cmd.RunE = func(_ *cobra.Command, words []string) error {
		var name string
		if err := fill(words, slot{"run", &name}); err != nil {
			return err
		}
		folder, err := r.find(name)
		if err != nil {
			return err
		}
		ctx, release := whileRead(e.ctx, e.stdout)
		defer release()
		events := journal.Follow(ctx, folder, from)
		if history {
			events = journal.Read(folder)
		}
		for event, err := range events {
			if err != nil {
				return followed(ctx, err)
			}
			if event.GetSequence() < from {
				continue
			}
			if err := e.printEvent(event); err != nil {
				return err
			}
		}
		return whyEnded(ctx)
	}
	return cmd
}

// followed is the error of following a journal.
func followed(ctx context.Context, err error) error {
	if cause := whyEnded(ctx); cause != nil && errors.Is(err, ctx.Err()) {
		return cause
	}
	return &failure{err}
}
