package measure

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// A Table holds the figures of a run.
type Table struct {
	rows   []*row
	rounds int // that were completed
	took   time.Duration
}

type row struct {
	entry  Entry
	values map[int]float64 // by round
	err    error           // why there are no more
}

func newTable(entries []Entry) *Table {
	t := new(Table)
	for _, entry := range entries {
		t.rows = append(t.rows, &row{entry: entry, values: map[int]float64{}})
	}
	return t
}

// Median returns the figure of the entry, and whether there is one.
func (t *Table) Median(name string) (float64, bool) {
	if r := t.row(name); r != nil && len(r.values) > 0 {
		return median(slices.Collect(maps.Values(r.values))), true
	}
	return 0, false
}

// Ratio returns the ratio of two entries, and whether a round had both.
func (t *Table) Ratio(name, base string) (float64, bool) {
	a, b := t.row(name), t.row(base)
	if a == nil || b == nil {
		return 0, false
	}
	var ratios []float64
	for round, value := range a.values {
		if other, ok := b.values[round]; ok && other != 0 {
			ratios = append(ratios, value/other)
		}
	}
	if len(ratios) == 0 {
		return 0, false
	}
	return median(ratios), true
}

// Err returns an error that names every entry that failed, or nil. What is
// missing on this machine and a bound that is not met are no failures.
func (t *Table) Err() error {
	var failed []error
	for _, r := range t.rows {
		if r.err != nil && !errors.Is(r.err, ErrMissing) {
			failed = append(failed, fmt.Errorf("measure %s: %w", r.entry.Name, r.err))
		}
	}
	return errors.Join(failed...)
}

// WriteTo writes the table as Markdown with aligned columns.
func (t *Table) WriteTo(w io.Writer) (int64, error) {
	lines := [][]string{{"what", "median", "lowest", "highest", "compared"}}
	for _, r := range t.rows {
		lines = append(lines, t.cells(r))
	}
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	rule := make([]string, len(widths))
	for i, width := range widths {
		rule[i] = strings.Repeat("-", width)
	}
	var b strings.Builder
	for _, line := range slices.Insert(lines, 1, rule) {
		for i, cell := range line {
			fmt.Fprintf(&b, "| %-*s ", widths[i], cell)
		}
		b.WriteString("|\n")
	}
	fmt.Fprintf(&b, "\n%d rounds in %v; medians, and medians of the ratios of each round\n", t.rounds, t.took.Round(time.Second))
	n, err := io.WriteString(w, b.String())
	return int64(n), err
}

// cells are the columns of a row.
func (t *Table) cells(r *row) []string {
	if r.err != nil && len(r.values) == 0 {
		kind := "failed"
		if errors.Is(r.err, ErrMissing) {
			kind = "skipped"
		}
		return []string{r.entry.Name, kind, "", "", strings.ReplaceAll(r.err.Error(), "\n", " ")}
	}
	if len(r.values) == 0 {
		return []string{r.entry.Name, "interrupted", "", "", ""}
	}
	values := slices.Collect(maps.Values(r.values))
	return []string{
		r.entry.Name, figure(median(values)) + " " + r.entry.Unit, figure(slices.Min(values)), figure(slices.Max(values)), t.compared(r),
	}
}

// compared is the last column: the ratios, each with its verdict.
func (t *Table) compared(r *row) string {
	var parts []string
	if r.err != nil {
		parts = append(parts, "then failed: "+r.err.Error())
	}
	for _, bound := range r.entry.Against {
		ratio, ok := t.Ratio(r.entry.Name, bound.Entry)
		if !ok {
			continue
		}
		text := fmt.Sprintf("%.2f x %s", ratio, bound.Entry)
		verdict := "met"
		if !bound.met(ratio) {
			verdict = "NOT MET"
		}
		if bound.AtMost > 0 {
			text += fmt.Sprintf(" (at most %g: %s)", bound.AtMost, verdict)
		}
		if bound.AtLeast > 0 {
			text += fmt.Sprintf(" (at least %g: %s)", bound.AtLeast, verdict)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

func (t *Table) row(name string) *row {
	i := slices.IndexFunc(t.rows, func(r *row) bool { return r.entry.Name == name })
	if i < 0 {
		return nil
	}
	return t.rows[i]
}

// figure prints three digits, or all before the point.
func figure(value float64) string {
	if value == 0 {
		return "0"
	}
	digits := 2 - int(math.Floor(math.Log10(math.Abs(value))))
	return fmt.Sprintf("%.*f", max(digits, 0), value)
}

// median of an even number of values is the mean of the two in the middle.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// Median returns the middle of the values, of an even number of them the mean of
// the two in the middle. There must be one at least.
func Median(values []float64) float64 { return median(values) }
