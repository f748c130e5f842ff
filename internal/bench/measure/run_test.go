package measure

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// series returns a Func that gives one value a call and writes its name to log.
func series(log *[]string, name string, values ...float64) Func {
	return func(context.Context) (float64, error) {
		*log = append(*log, name)
		value := values[0]
		values = values[1:]
		return value, nil
	}
}

func TestRoundsInterleave(t *testing.T) {
	var log []string
	Run(t.Context(), []Entry{
		{Name: "a", Measure: series(&log, "a", 1, 1, 1)},
		{Name: "b", Measure: series(&log, "b", 1), Rounds: 1},
		{Name: "c", Measure: series(&log, "c", 1, 1, 1)},
	}, &Options{Rounds: 3})
	if got, want := strings.Join(log, " "), "a b c a c a c"; got != want {
		t.Errorf("order: %s, want %s", got, want)
	}
}

func TestFigures(t *testing.T) {
	var log []string
	table := Run(t.Context(), []Entry{
		// The machine is ten times slower in the second round.
		{Name: "floor", Unit: "ms", Measure: series(&log, "", 2, 20, 4)},
		{Name: "call", Unit: "ms", Measure: series(&log, "", 3, 30, 6), Against: []Bound{
			{Entry: "floor", AtMost: 1.6}, {Entry: "floor", AtMost: 1.2}, {Entry: "floor", AtLeast: 1.4}, {Entry: "absent"},
		}},
	}, &Options{Rounds: 3})
	if got, _ := table.Median("call"); got != 6 {
		t.Errorf("median of 3 30 6: %v, want 6", got)
	}
	if got, _ := table.Ratio("call", "floor"); got != 1.5 {
		t.Errorf("ratio: %v, want 1.5 as in every round", got)
	}
	if _, ok := table.Ratio("call", "absent"); ok {
		t.Error("a ratio to an entry that does not exist")
	}
	want := `
| what  | median  | lowest | highest | compared                                                                                                    |
| ----- | ------- | ------ | ------- | ----------------------------------------------------------------------------------------------------------- |
| floor | 4.00 ms | 2.00   | 20.0    |                                                                                                             |
| call  | 6.00 ms | 3.00   | 30.0    | 1.50 x floor (at most 1.6: met), 1.50 x floor (at most 1.2: NOT MET), 1.50 x floor (at least 1.4: met) |

3 rounds in 0s; medians, and medians of the ratios of each round
`
	if got := "\n" + text(t, table); squeeze(got) != squeeze(want) {
		t.Errorf("table:\n%s\nwant:\n%s", got, want)
	}
}

func TestTroubleStaysInItsRow(t *testing.T) {
	calls := 0
	fails := func(err error) Func {
		return func(context.Context) (float64, error) { calls++; return 0, err }
	}
	var log []string
	table := Run(t.Context(), []Entry{
		{Name: "broken", Measure: fails(errors.New("no luck"))},
		{Name: "absent", Measure: fails(fmt.Errorf("%w: python3: install it", ErrMissing))},
		{Name: "fine", Measure: series(&log, "", 1, 1), Against: []Bound{{Entry: "broken", AtMost: 1}}},
	}, &Options{Rounds: 2})
	if calls != 2 {
		t.Errorf("what fails was measured %d times, want once each", calls)
	}
	if err := table.Err(); err == nil || err.Error() != "measure broken: no luck" {
		t.Errorf("error: %v, want only what failed", err)
	}
	got := squeeze(text(t, table))
	for _, want := range []string{"| broken | failed | | | no luck |", "| absent | skipped | | | not available: python3: install it |", "| fine | 1.00 | 1.00 | 1.00 | |"} {
		if !strings.Contains(got, want) {
			t.Errorf("table lacks %q:\n%s", want, got)
		}
	}
}

func TestTimeIsBounded(t *testing.T) {
	tests := []struct {
		name   string
		takes  time.Duration
		opts   Options
		rounds int    // that were completed
		err    string // of the table
	}{
		{"no round begins that would end beyond the budget", 10 * time.Second, Options{Rounds: 9, Budget: 35 * time.Second}, 3, ""},
		{"the first round always begins", 10 * time.Second, Options{Budget: time.Second}, 1, ""},
		{"what hangs is ended", time.Hour, Options{Rounds: 1, Limit: 5 * time.Second}, 1, "measure slow: took longer than 5s"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				slow := func(ctx context.Context) (float64, error) {
					select {
					case <-ctx.Done():
						return 0, ctx.Err()
					case <-time.After(tt.takes):
						return 1, nil
					}
				}
				table := Run(t.Context(), []Entry{{Name: "slow", Measure: slow}}, &tt.opts)
				if table.rounds != tt.rounds {
					t.Errorf("rounds: %d, want %d", table.rounds, tt.rounds)
				}
				if got := fmt.Sprint(table.Err()); got != cmp.Or(tt.err, "<nil>") {
					t.Errorf("error: %s, want %s", got, tt.err)
				}
			})
		})
	}
}

func TestInterruptKeepsWhatThereIs(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	table := Run(ctx, []Entry{
		{Name: "first", Measure: func(context.Context) (float64, error) { return 5, nil }},
		{Name: "second", Measure: func(context.Context) (float64, error) { cancel(); return 0, ctx.Err() }},
	}, nil)
	if got, _ := table.Median("first"); got != 5 {
		t.Errorf("median: %v, want 5", got)
	}
	if err := table.Err(); err != nil {
		t.Errorf("an interrupt is reported as a failure: %v", err)
	}
	if got := text(t, table); !strings.Contains(got, "interrupted") {
		t.Errorf("the table does not say what is missing:\n%s", got)
	}
}

func TestMedian(t *testing.T) {
	tests := []struct {
		values []float64
		want   float64
	}{{[]float64{3}, 3}, {[]float64{1, 9, 2}, 2}, {[]float64{4, 1, 3, 2}, 2.5}}
	for _, tt := range tests {
		if got := median(tt.values); got != tt.want {
			t.Errorf("median of %v: %v, want %v", tt.values, got, tt.want)
		}
	}
}

func text(t *testing.T, table *Table) string {
	t.Helper()
	var b strings.Builder
	if _, err := table.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// squeeze makes runs of blanks and rules one.
func squeeze(s string) string {
	lines := slices.DeleteFunc(strings.Split(s, "\n"), func(line string) bool { return strings.HasPrefix(line, "| -") })
	for i, line := range lines {
		lines[i] = strings.Join(strings.Fields(line), " ")
	}
	return strings.Join(lines, "\n")
}
