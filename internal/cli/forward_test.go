package cli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
	"pgregory.net/rapid"
)

// ownFlags are those of a command with one of each kind.
func ownFlags() *pflag.FlagSet {
	fs := pflag.NewFlagSet("command", pflag.ContinueOnError)
	fs.Int("count", 1, "")
	fs.Bool("invert-search", false, "")
	fs.BoolP("long-listing", "l", false, "")
	fs.StringP("output", "o", "", "")
	return fs
}

func TestSplit(t *testing.T) {
	// Of the settings, fast is a switch; all others have values.
	takes := func(name string) bool { return name != "fast" }
	tests := []struct {
		name string
		line string
		want pieces
	}{
		{"words are words", "snooze left-arm", pieces{words: []string{"snooze", "left-arm"}}},
		{"own flags keep their values", "--count 3 snooze --invert-search left", pieces{
			own: []string{"--count", "3", "--invert-search"}, words: []string{"snooze", "left"}}},
		{"own flags with = are whole", "--count=3 snooze", pieces{own: []string{"--count=3"}, words: []string{"snooze"}}},
		{"own shorthands are known", "-l -o file word -lo file2", pieces{
			own: []string{"-l", "-o", "file", "-lo"}, words: []string{"word", "file2"}}},
		{"settings with = are whole", "snooze --seconds=1.5", pieces{
			words: []string{"snooze"}, forwarded: []string{"--seconds=1.5"}}},
		{"settings take what stands behind them", "--seconds 1.5 snooze", pieces{
			words: []string{"snooze"}, forwarded: []string{"--seconds=1.5"}, open: true}},
		{"switches do not", "--fast snooze", pieces{words: []string{"snooze"}, forwarded: []string{"--fast"}, open: true}},
		{"a negative number is a value", "--rotation -90.0 arm", pieces{
			words: []string{"arm"}, forwarded: []string{"--rotation=-90.0"}, open: true}},
		{"a flag is none", "--rotation --seconds=1", pieces{forwarded: []string{"--rotation", "--seconds=1"}}},
		{"a setting at the end has none", "arm --rotation", pieces{words: []string{"arm"}, forwarded: []string{"--rotation"}}},
		{"behind -- all are words", "arm -- --rotation -x", pieces{
			words: []string{"arm", "--rotation", "-x"}, rest: []string{"--rotation", "-x"}}},
		{"a dash is a word", "arm -", pieces{words: []string{"arm", "-"}}},
		{"an own flag at the end is left to its parser", "arm --count", pieces{own: []string{"--count"}, words: []string{"arm"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := &commandLine{own: ownFlags(), args: strings.Fields(tt.line)}
			if diff := cmp.Diff(&tt.want, c.split(takes), cmp.AllowUnexported(pieces{})); diff != "" {
				t.Errorf("pieces (-want +got):\n%s", diff)
			}
		})
	}
}

// Whatever stands on a line, and whatever settings take, nothing of it is lost and
// nothing is used twice.
func TestSplitLosesNothing(t *testing.T) {
	arg := rapid.SampledFrom([]string{
		"word", "-", "--", "--count", "--count=2", "--invert-search", "-l", "-o", "-x", "-1", "-.5", "--seconds", "--seconds=1", "--fast", "",
	})
	rapid.Check(t, func(t *rapid.T) {
		args := rapid.SliceOfN(arg, 0, 12).Draw(t, "args")
		all := rapid.Bool().Draw(t, "takes")
		p := (&commandLine{own: ownFlags(), args: args}).split(func(string) bool { return all })
		counts := map[string]int{}
		for _, a := range args {
			counts[a]++
		}
		for _, list := range [][]string{p.own, p.words} {
			for _, a := range list {
				counts[a]--
			}
		}
		for _, a := range p.forwarded {
			name, value, ok := strings.Cut(a, "=")
			if counts[a] > 0 || !ok {
				counts[a]--
				continue
			}
			counts[name]--
			counts[value]--
		}
		for a, n := range counts {
			if n != 0 && !(a == "--" && n == 1) { // the first -- is what separates
				t.Fatalf("%q is %d times too few in %+v", a, n, p)
			}
		}
	})
}
