//go:build linux

package groups

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/ansar-go/ansar/internal/bench/measure"
)

// Markdown writes a table for each case: medians over the rounds, in brackets the
// median of the ratios of each round to the first tool's, which is ours.
func (r *Result) Markdown(w io.Writer, tools []Tool, cases []Case) error {
	var b strings.Builder
	for _, c := range cases {
		fmt.Fprintf(&b, "### %s\n\n| tool |", c.Name)
		for _, column := range c.Columns {
			b.WriteString(" " + strings.TrimSuffix(fmt.Sprintf("%s, %s", column.Name, column.Unit), ", ") + " |")
		}
		b.WriteString(" rounds |\n|" + strings.Repeat(" --- |", len(c.Columns)+2) + "\n")
		for _, t := range tools {
			fmt.Fprintf(&b, "| %s |%s\n", t.Name, r.cells(c, t.Name, tools[0].Name))
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "%d roles, %d lines of 100 bytes in all; %v. Medians of the rounds; in brackets the median of the ratios of each round to %s.\n",
		r.sizes.Roles, r.sizes.Lines, r.took.Round(time.Second), tools[0].Name)
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Result) cells(c Case, tool, base string) string {
	k := key{c.Name, tool}
	var b strings.Builder
	for _, column := range c.Columns {
		values := r.values(k, column.Name)
		if len(values) == 0 {
			b.WriteString(" - |")
			continue
		}
		fmt.Fprintf(&b, " %s", number(measure.Median(values)))
		if ratio, ok := r.ratio(c.Name, column.Name, tool, base); ok && !column.NoRatio && tool != base {
			fmt.Fprintf(&b, " (%s)", number(ratio))
		}
		b.WriteString(" |")
	}
	note := fmt.Sprint(len(r.figures[k]))
	if why := r.trouble[k]; why != "" {
		note += ": " + strings.NewReplacer("\n", " ", "|", "/").Replace(why)
	}
	return b.String() + " " + note + " |"
}

func (r *Result) values(k key, column string) []float64 {
	var values []float64
	for _, f := range r.figures[k] {
		if v, ok := f.values[column]; ok {
			values = append(values, v)
		}
	}
	return values
}

// ratio is the median of the ratios of the rounds that have both.
func (r *Result) ratio(kase, column, tool, base string) (float64, bool) {
	ours := map[int]float64{}
	for _, f := range r.figures[key{kase, base}] {
		ours[f.round] = f.values[column]
	}
	var ratios []float64
	for _, f := range r.figures[key{kase, tool}] {
		if v, ok := f.values[column]; ok && ours[f.round] > 0 {
			ratios = append(ratios, v/ours[f.round])
		}
	}
	if len(ratios) == 0 {
		return 0, false
	}
	return measure.Median(ratios), true
}

// number prints three digits, or all before the point.
func number(value float64) string {
	if value == 0 {
		return "0"
	}
	digits := 2 - int(math.Floor(math.Log10(math.Abs(value))))
	text := fmt.Sprintf("%.*f", max(digits, 0), value)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}
