package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/settings"
)

// begin is where lines begin: one of these, or five minutes ago.
type begin struct {
	from, flag string // and which flag it came by
	last       string
	start      *int // of the runs, as history numbers them
	back       *time.Duration
	given      int // how many of them

	at time.Time // zero: where a run began, or nothing was given
}

// end is where lines end: at most one of these.
type end struct {
	to, flag string // and which flag it came by

	span  *time.Duration
	count int
	given int

	at time.Time // zero: unless to was given
}

func (b *begin) add(fs *pflag.FlagSet) {
	from := func(name string) func(string) error {
		return counted(&b.given, name, func(s string) error {
			b.from, b.flag = s, name
			return notEmpty(s)
		})
	}
	run := func(name string) func(string) error {
		return counted(&b.given, name, func(s string) (err error) {
			b.start, err = wholeNumber(s)
			return err
		})
	}
	fs.Func("from", "lines from a `time` on", from("--from"))
	fs.Func("since", "the same as --from", from("--since"))
	fs.Func("from-", "the same as --from", from("--from")) // the name --from_ of old
	_ = fs.MarkHidden("from-")                             // it is there
	fs.Func("last", "lines of the current `period`: MONTH WEEK DAY HOUR HALF QUARTER TEN FIVE MINUTE",
		counted(&b.given, "--last", func(s string) error {
			b.last = s
			return knownPeriod(s)
		}))
	fs.Func("start", "lines of a run, by its `number` in the history, from the end if negative", run("--start"))
	fs.Func("run", "the same as --start", run("--run"))
	fs.BoolFunc("previous", "lines of the run before the last: --start=-2", counted(&b.given, "--previous", func(s string) error {
		if s != "true" {
			return errors.New("takes no value")
		}
		before := -2
		b.start = &before
		return nil
	}))
	fs.Func("back", "lines of the last `span` of time, such as 1h", counted(&b.given, "--back", func(s string) (err error) {
		b.back, err = span(s)
		return err
	}))
}

func (n *end) add(fs *pflag.FlagSet) {
	to := func(name string) func(string) error {
		return counted(&n.given, name, func(s string) error {
			n.to, n.flag = s, name
			return notEmpty(s)
		})
	}
	fs.Func("to", "lines before a `time`", to("--to"))
	fs.Func("until", "the same as --to", to("--until"))
	fs.Func("span", "lines of such a `span` of time from the begin on", counted(&n.given, "--span", func(s string) (err error) {
		n.span, err = span(s)
		return err
	}))
	fs.Func("count", "so many lines from the begin on, a `number`", counted(&n.given, "--count", func(s string) error {
		count, err := wholeNumber(s)
		if err == nil && *count <= 0 {
			err = fmt.Errorf("%q is not more than nothing", s)
		}
		if err == nil {
			n.count = *count
		}
		return err
	}))
}

// counted counts how often a flag is given, and has its errors name it.
func counted(given *int, name string, set func(string) error) func(string) error {
	return func(s string) error {
		*given++
		if err := set(s); err != nil {
			return &settings.UsageError{Name: name, Problem: err.Error()}
		}
		return nil
	}
}

func (b *begin) parse(zone *time.Location, now time.Time) (err error) {
	switch {
	case b.given > 1:
		return usagef("one of <from>, <last>, <start> or <back> is required")
	case b.from != "":
		b.at, err = parseMoment(b.flag, b.from, zone, now)
	case b.last != "":
		b.at = periodBegin(b.last, now)
	case b.back != nil:
		b.at = now.Add(-*b.back)
	}
	return err
}

func (n *end) parse(zone *time.Location, now time.Time) (err error) {
	if n.given > 1 {
		return usagef("one of <to>, <span> or <count> is required")
	}
	if n.to != "" {
		n.at, err = parseMoment(n.flag, n.to, zone, now)
	}
	return err
}

// defaultBack is how far back lines begin if nothing is said.
const defaultBack = 5 * time.Minute

// window returns when the lines of a role begin and end, zero for no bound.
func (f *logFlags) window(h *home.Home, role string, tail bool, now time.Time) (from, to time.Time, err error) {
	from, to = f.begin.at, f.end.at
	switch {
	case f.start != nil:
		var next time.Time
		if from, next, err = runOf(h, role, *f.start); err != nil {
			return from, to, err
		}
		if f.end.given == 0 {
			to = next
		}
	case f.begin.given == 0 && !tail:
		from = now.Add(-defaultBack)
	}
	if f.span != nil {
		begin := from
		if begin.IsZero() {
			begin = now.Add(-defaultBack)
			from = begin
		}
		to = begin.Add(*f.span)
	}
	if !to.IsZero() && to.Before(from) {
		shown := func(t time.Time) string { return t.In(f.zone()).Format(momentLayout(f.clock)) }
		return from, to, preconditionf("cannot log %q - %s is before %s", role, shown(to), shown(from))
	}
	return from, to, nil
}

// noRun is the error of a role that has no such run.
type noRun struct{ error }

func isNoRun(err error) bool {
	var none noRun
	return errors.As(err, &none)
}

// runOf returns when a run began, and when the next did, zero if there is none.
func runOf(h *home.Home, role string, start int) (began, next time.Time, err error) {
	p := &past{home: h, role: role, homePath: h.Root(), file: history.Of(h, role)}
	if p.runs, err = p.file.Runs(); err != nil {
		return began, next, err
	}
	run, err := p.pick(start)
	if err != nil {
		return began, next, noRun{err}
	}
	i := slices.IndexFunc(p.runs, func(r history.Run) bool { return r.Number == run.Number })
	if i+1 < len(p.runs) {
		next = p.runs[i+1].Started
	}
	return run.Started, next, nil
}

func (n noRun) Unwrap() error { return n.error }

// momentLayout is how a time is printed: as lines have it, with a small t if it is
// that of the local clock.
func momentLayout(clock bool) string {
	if clock {
		return "2006-01-02t15:04:05.000"
	}
	return "2006-01-02T15:04:05.000"
}

func notEmpty(s string) error {
	if s == "" {
		return errors.New("is empty: give it a value or leave it out")
	}
	return nil
}

func span(s string) (*time.Duration, error) {
	d, err := settings.ParseSpan(s)
	return &d, err
}

func wholeNumber(s string) (*int, error) {
	var n int
	if _, err := fmt.Sscanf(s+"\n", "%d\n", &n); err != nil || strings.TrimLeft(s, "+-0123456789") != "" {
		return nil, fmt.Errorf("%q is not a whole number", s)
	}
	return &n, nil
}
