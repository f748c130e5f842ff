package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ansar-go/ansar/internal/group"
)

const statusLong = `Status prints the names of roles that are running, one a line. To ask takes no
lock, and keeps no role from starting.

With -l, each line has the process and for how long the run lasts:

  zombie-0                 <589299> 2m25.6s

and says of a role that has ended and is to be started again, why.

With --all, roles that are not running are listed as well, and each line has the
state: idle, starting, ready, running (the history does not know more), restarting
or failed, and why.

With --json, each role is one JSON object, on one line.`

// statusFlags are what status is told by flags.
type statusFlags struct {
	search           searchFlags
	long, all, asked bool
}

func statusCommand(e *env) *cobra.Command {
	f := &statusFlags{}
	cmd := &cobra.Command{
		Use:     "status [role...] [home]",
		Aliases: []string{"ps"},
		Short:   "print which roles are running",
		Long:    statusLong,
		Example: "  ansar status -l\n  ansar status --all --json",
		RunE: func(_ *cobra.Command, words []string) error {
			g, err := f.search.resolve(e, words)
			if err != nil {
				return err
			}
			h, roles, err := g.open()
			if err != nil {
				return err
			}
			group.Adopt(h, roles)
			list, err := group.Look(h, roles)
			if err != nil {
				return err
			}
			return e.print(f.text(list, time.Now()))
		},
		ValidArgsFunction: completeRoles(e),
	}
	f.search.add(cmd)
	fs := cmd.Flags()
	fs.BoolVarP(&f.long, "long-listing", "l", false, "processes and elapsed times, too")
	fs.BoolVar(&f.all, "all", false, "roles that are not running, too")
	fs.BoolVar(&f.asked, "json", false, "as JSON, one object a line")
	return cmd
}

func (f *statusFlags) text(list []group.Status, now time.Time) []byte {
	var text strings.Builder
	for _, s := range list {
		switch {
		case !s.Runs() && !f.all:
		case f.asked:
			text.Write(statusJSON(s, now))
		default:
			text.WriteString(strings.TrimRight(f.line(s, now), " ") + "\n")
		}
	}
	return []byte(text.String())
}

func (f *statusFlags) line(s group.Status, now time.Time) string {
	switch {
	case f.long && s.Runs() && s.Started.IsZero():
		return fmt.Sprintf("%-24s <%d> (never started) %s", s.Role, s.PID, f.state(s))
	case f.long && s.Runs():
		return fmt.Sprintf("%-24s <%d> %s %s", s.Role, s.PID, elapsed(s.Elapsed(now)), f.state(s))
	case f.all:
		return fmt.Sprintf("%-24s %s", s.Role, f.state(s))
	}
	return s.Role
}

func (f *statusFlags) state(s group.Status) string {
	switch {
	case !f.all && s.State != group.StateRestarting: // what runs needs no word
		return ""
	case s.Reason != "":
		return fmt.Sprintf("%s (%s)", s.State, s.Reason)
	}
	return string(s.State)
}

// statusJSON is one line. Elapsed is written as protobuf does.
func statusJSON(s group.Status, now time.Time) []byte {
	var b strings.Builder
	if d := s.Elapsed(now); d > 0 {
		b.WriteString(fmt.Sprintf("%.3fs", d.Seconds()))
	}
	type status group.Status
	text, err := json.Marshal(struct {
		status
		Elapsed string `json:"elapsed,omitempty"`
	}{status(s), b.String()})
	if err != nil {
		panic(err) // texts, numbers and times always encode
	}
	return append(text, '\n')
}
