package cli

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/internal/history"
)

const historyLong = `History prints the runs of a role, the oldest first: when each began, how long it
took, and what it returned, or how else it ended. A run that goes on ends with a
question mark.

A run has vanished if nobody could see how it ended: its process was killed, and
no process of ours was its parent.

With -l, each line has the instants of begin and end, the number of the restart, who
started and who stopped it. With --start, one run is printed with all that is known
of it: the last lines it printed, and the file with its goroutines if it crashed.`

// historyFlags are what history is told by flags.
type historyFlags struct {
	roleFlags
	long, json bool
	start      int
}

func historyCommand(e *env) *cobra.Command {
	f := &historyFlags{}
	cmd := &cobra.Command{
		Use:     "history <role> [home]",
		Short:   "print the runs of a role",
		Long:    historyLong,
		Example: "  ansar history server-0\n  ansar history server-0 --start=-1",
	}
	f.add(e, cmd)
	cmd.Flags().BoolVarP(&f.long, "long-listing", "l", false, "instants, restarts, and who stopped it, too")
	cmd.Flags().BoolVar(&f.json, "json", false, "all that is known, as JSON, one object a line")
	cmd.Flags().IntVar(&f.start, "start", 0, "one run, by its number, from the end if negative")
	cmd.RunE = func(cmd *cobra.Command, words []string) error {
		p, err := f.open(e, words)
		if err != nil {
			return err
		}
		if cmd.Flags().Changed("start") {
			run, err := p.pick(f.start)
			if err != nil {
				return err
			}
			p.runs = []history.Run{*run}
		}
		if f.json {
			return printLines(e, numbered(p.runs))
		}
		var text strings.Builder
		for i := range p.runs {
			switch r := &p.runs[i]; {
			case cmd.Flags().Changed("start"):
				longLine(&text, r)
				details(&text, r)
			case f.long:
				longLine(&text, r)
			default:
				shortLine(&text, r, time.Now())
			}
		}
		return e.print([]byte(text.String()))
	}
	return cmd
}
