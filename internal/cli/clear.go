package cli

import (
	"fmt"
	"time"

	"github.com/spf13/pflag"

	"github.com/ansar-go/ansar/internal/group"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/settings"
)

// forceHelp ends the description of commands that running roles stand in the
// way of.
const forceHelp = `

Running roles stand in the way. With ansar --force they are stopped first: SIGINT,
after the grace SIGTERM, 2 seconds later SIGKILL.`

// notRestarted is for those commands that could start them again afterwards.
const notRestarted = ` They are not started again.`

// clear sees to it that none of the roles is running.
func (e *env) clear(h *home.Home, g *given, roles []home.Role, grace time.Duration) error {
	hard, err := group.Clear(e.ctx, h, g.search().String(), roles, e.force, grace)
	for _, r := range hard {
		fmt.Fprintf(e.stderr, "ansar: %v\n", r)
	}
	return err
}

// spanFlag is a flag for a span of time: 1.5s, 5m, 1h30m, 7d10s.
type spanFlag struct {
	name string
	span *time.Duration
}

func addGrace(fs *pflag.FlagSet, grace *time.Duration) {
	*grace = 10 * time.Second
	fs.Var(&spanFlag{"grace", grace}, "grace", "how long a role may take to stop")
}

func (f *spanFlag) Set(s string) error {
	d, err := settings.ParseSpan(s)
	if err != nil {
		return &settings.UsageError{Name: "--" + f.name, Problem: err.Error()}
	}
	if d <= 0 {
		return &settings.UsageError{Name: "--" + f.name, Problem: `"` + s + `" is not more than nothing`}
	}
	*f.span = d
	return nil
}
func (f *spanFlag) String() string { return settings.FormatSpan(*f.span) }
func (f *spanFlag) Type() string   { return "span" }
