//go:build linux

package groups

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// Options adjust [Run]. A nil *Options means the defaults.
type Options struct {
	Sizes Sizes

	// Rounds is how often everything is measured. If zero, 3.
	Rounds int

	// Budget is the time after which nothing more is begun. If zero, 15 minutes.
	Budget time.Duration

	// Keep leaves the folders of groups where they are.
	Keep bool

	// Progress is told each figure as it comes. If nil, nobody is.
	Progress io.Writer
}

func (o *Options) orDefaults() Options {
	var given Options
	if o != nil {
		given = *o
	}
	given.Sizes.Roles = cmp.Or(given.Sizes.Roles, 40)
	given.Sizes.Lines = cmp.Or(given.Sizes.Lines, 1_000_000)
	given.Sizes.Settle = cmp.Or(given.Sizes.Settle, time.Second)
	given.Sizes.Idle = cmp.Or(given.Sizes.Idle, 3*time.Second)
	given.Rounds = cmp.Or(given.Rounds, 3)
	given.Budget = cmp.Or(given.Budget, 15*time.Minute)
	if given.Progress == nil {
		given.Progress = io.Discard
	}
	return given
}

// slowMeasurement is how long a measurement may take to be repeated.
const slowMeasurement = 20 * time.Second

// Run measures tools in rounds, tool after tool in each case, so that whatever
// disturbs the machine disturbs all of them. What takes longer than 20 seconds is
// measured once. It returns what there is when ctx ends or the budget is used up.
func Run(ctx context.Context, tools []Tool, cases []Case, helper string, bins Bins, opts *Options) *Result {
	o := opts.orDefaults()
	r := &Result{figures: map[key][]figure{}, trouble: map[key]string{}, sizes: o.Sizes}
	begin := time.Now()
	slow := map[key]bool{}
	for round := range o.Rounds {
		for _, c := range cases {
			if c.Once && round > 0 {
				continue
			}
			for i := range tools {
				t := &tools[i]
				k := key{c.Name, t.Name}
				if r.trouble[k] != "" || slow[k] || time.Since(begin) > o.Budget || ctx.Err() != nil {
					continue
				}
				if err := t.Missing(); err != nil {
					r.trouble[k] = err.Error()
					fmt.Fprintf(o.Progress, "%s: %v\n", t.Name, err)
					continue
				}
				began := time.Now()
				figures, err := measureOnce(ctx, t, c, helper, bins, o)
				slow[k] = time.Since(began) > slowMeasurement
				r.add(k, round, figures, err)
				fmt.Fprintf(o.Progress, "round %d: %s: %s: %v %v\n", round+1, c.Name, t.Name, figures, orNothing(err))
			}
		}
	}
	r.took = time.Since(begin)
	return r
}

// measureOnce runs one group, and leaves nothing of it.
func measureOnce(ctx context.Context, t *Tool, c Case, helper string, bins Bins, o Options) (figures map[string]float64, err error) {
	s, err := newSite(t, helper, bins)
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeoutCause(ctx, c.Limit, fmt.Errorf("not within %v", c.Limit))
	defer cancel()
	figures, err = c.run(limited, s, o.Sizes)
	s.leave(o.Keep)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return figures, err
}

func orNothing(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// key is a tool in a case.
type key struct{ kase, tool string }

// figure is what one round gave.
type figure struct {
	round  int
	values map[string]float64
}

// Result holds the figures of a run.
type Result struct {
	figures map[key][]figure
	trouble map[key]string
	sizes   Sizes
	took    time.Duration
}

func (r *Result) add(k key, round int, values map[string]float64, err error) {
	switch {
	case errors.Is(err, context.Canceled):
	case err != nil:
		r.trouble[k] = err.Error()
	default:
		r.figures[k] = append(r.figures[k], figure{round, values})
	}
}
