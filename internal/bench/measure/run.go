package measure

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
	// Rounds is how often everything is measured. If zero, 9.
	Rounds int

	// Budget is the time after which no round begins that would probably not
	// end within it; the first always does. If zero, 4 minutes.
	Budget time.Duration

	// Limit ends a single measurement, which then has failed. If zero, 1 minute.
	Limit time.Duration

	// Progress is told each figure as it comes. If nil, nobody is.
	Progress io.Writer
}

func (o *Options) orDefaults() Options {
	var given Options
	if o != nil {
		given = *o
	}
	given.Rounds = cmp.Or(given.Rounds, 9)
	given.Budget = cmp.Or(given.Budget, 4*time.Minute)
	given.Limit = cmp.Or(given.Limit, time.Minute)
	if given.Progress == nil {
		given.Progress = io.Discard
	}
	return given
}

// Run measures entries in rounds, one at a time, and returns the table. An
// entry that fails is not measured again; the table says why. When ctx ends, the
// table holds what there is.
func Run(ctx context.Context, entries []Entry, opts *Options) *Table {
	o := opts.orDefaults()
	table := newTable(entries)
	begin := time.Now()
	var longest time.Duration
	for round := range o.Rounds {
		roundBegin := time.Now()
		if round > 0 && roundBegin.Sub(begin)+longest > o.Budget {
			break
		}
		for _, row := range table.rows {
			if row.err != nil || row.entry.Rounds > 0 && round >= row.entry.Rounds {
				continue
			}
			value, err := measureOnce(ctx, row.entry, o.Limit)
			if ctx.Err() != nil {
				table.took = time.Since(begin)
				return table
			}
			if err != nil {
				row.err = err
				fmt.Fprintf(o.Progress, "round %d: %s: %v\n", round+1, row.entry.Name, err)
				continue
			}
			row.values[round] = value
			fmt.Fprintf(o.Progress, "round %d: %s: %.4g %s\n", round+1, row.entry.Name, value, row.entry.Unit)
		}
		table.rounds++
		longest = max(longest, time.Since(roundBegin))
	}
	table.took = time.Since(begin)
	return table
}

// measureOnce measures an entry under its limit.
func measureOnce(ctx context.Context, entry Entry, limit time.Duration) (float64, error) {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	value, err := entry.Measure(limited)
	if errors.Is(limited.Err(), context.DeadlineExceeded) {
		return 0, fmt.Errorf("took longer than %v", limit)
	}
	return value, err
}
