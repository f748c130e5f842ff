package framework

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/pflag"
)

// The page fits into a hundred columns, and leaves no flag without a text.
func TestFlagsHelp(t *testing.T) {
	flags := new(options).flags()
	for line := range strings.Lines(flagsHelp(flags)) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 100 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Usage == "" {
			t.Errorf("--%s has no text", f.Name)
		}
	})
}
