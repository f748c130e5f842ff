package cli

import (
	"time"

	"github.com/spf13/pflag"

	"github.com/ansar-go/ansar/internal/settings"
)

// forceHelp ends the description of commands that running roles stand in the
// way of.
const forceHelp = `

Running roles stand in the way. With ansar --force they are stopped first: SIGINT,
after the grace SIGTERM, 2 seconds later SIGKILL.`

// restarted is for those commands that start them again.
const restarted = ` They are started again in the background afterwards.`

// spanFlag is a flag for a span of time: 1.5s, 5m, 1h30m, 7d10s.
type spanFlag struct {
	name string
	span *time.Duration
}

// addGrace adds a flag whose zero value, the default, lets a role decide.
func addGrace(fs *pflag.FlagSet, grace *time.Duration) {
	fs.Var(&spanFlag{"grace", grace}, "grace", "how long a role may take to stop")
	fs.Lookup("grace").DefValue = "10s"
}

// Set implements [pflag.Value].
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

// String implements [pflag.Value]. Help says nothing of a default of zero.
func (f *spanFlag) String() string {
	if *f.span == 0 {
		return ""
	}
	return settings.FormatSpan(*f.span)
}

func (f *spanFlag) Type() string { return "span" }
