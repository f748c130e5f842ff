package home

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestNames(t *testing.T) {
	tests := []struct {
		name       string
		template   string
		executable string
		numbers    Numbers
		want       []string
	}{
		{"the default template", "", "snooze", Numbers{0, 1, 1}, []string{"snooze-0"}},
		{"step does not change how many", "", "snooze", Numbers{0, 10, 3}, []string{"snooze-0", "snooze-10", "snooze-20"}},
		{"start somewhere", "n{number}", "snooze", Numbers{7, 1, 2}, []string{"n7", "n8"}},
		{"a plain name", "left-arm", "snooze", Numbers{0, 1, 1}, []string{"left-arm"}},
		{"a plain name twice is left to Add", "arm", "snooze", Numbers{0, 1, 2}, []string{"arm", "arm"}},
		{"an executable that looks like a variable", "{executable}", "{number}", Numbers{3, 1, 1}, []string{"{number}"}},
		{"the last number there is", "{number}", "a", Numbers{math.MaxInt - 1, 1, 2}, []string{"9223372036854775806", "9223372036854775807"}},
		{"blanks and letters of any script", "é {number} λ", "a", Numbers{0, 1, 1}, []string{"é 0 λ"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Names(tt.template, tt.executable, tt.numbers)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("names (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNamesWithUUIDsAreAllDifferent(t *testing.T) {
	names, err := Names("x-{uuid}", "a", Numbers{0, 1, 1000})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, name := range names {
		if len(name) != 2+36 || seen[name] {
			t.Fatalf("%q is no new name", name)
		}
		seen[name] = true
	}
}

func TestNamesRefuses(t *testing.T) {
	one := Numbers{0, 1, 1}
	tests := []struct {
		name     string
		template string
		numbers  Numbers
		want     string
	}{
		{"no roles", "", Numbers{0, 1, 0}, `--count=0 is not positive: give 1 or more`},
		{"fewer than none", "", Numbers{0, 1, -1}, `--count=-1 is not positive: give 1 or more`},
		{"a slip of the finger", "", Numbers{0, 1, 1_000_000_000}, `--count=1000000000 is too many: give 100000 or less`},
		{"standing still", "", Numbers{0, 0, 2}, `--step=0 is not positive: give 1 or more`},
		{"going back", "", Numbers{0, -1, 2}, `--step=-1 is not positive: give 1 or more`},
		{"below zero", "", Numbers{-1, 1, 1}, `--start=-1 is negative: give 0 or more`},
		{"numbers run out", "", Numbers{1, math.MaxInt / 2, 4}, `--step=4611686018427387903 is too large: the last number would exceed 9223372036854775807`},
		{"unknown variable", "{name}-{number}", one, `role name "{name}-{number}" uses {name}: there are {executable}, {number} and {uuid}`},
		{"open brace", "a{number", one, `role name "a{number" has a { without its }`},
		{"closing brace", "a}", one, `role name "a}" has a } without its {`},
		{"closing brace first", "}{number}", one, `role name "}{number}" has a } without its {`},
		{"a dot", "a.b", one, `role name "a.b" has a dot: dots are for sub-roles`},
		{"a slash", "a/b", one, `role name "a/b" has a slash: give a plain name`},
		{"a dash first", "-a", one, `role name "-a" begins with a dash: commands would read it as a flag`},
		{"a new line", "a\nb", one, `role name "a\nb" has the character '\n': only printable ones can be used`},
		{"an escape", "a\x1b[31m", one, `role name "a\x1b[31m" has the character '\x1b': only printable ones can be used`},
		{"broken UTF-8", "a\xff", one, `role name "a\xff" has the character '\ufffd': only printable ones can be used`},
		{"too long", strings.Repeat("a", 101), one, `role name "` + strings.Repeat("a", 101) + `" is longer than 100 bytes`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Names(tt.template, "x", tt.numbers)
			wantError(t, err, ErrUsage, tt.want, "%")
		})
	}
	if _, err := Names("{executable}", "analyzer.py", one); err == nil {
		t.Error("an executable with a dot makes no role name, and was not refused")
	}
	wantError(t, checkName(""), ErrUsage, `role name "" is empty or has an empty part`, "%")
}

// However they are asked for, there are count names, and every name that is
// accepted stays a single name inside an area.
func TestNamesProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := Numbers{rapid.Int().Draw(t, "start"), rapid.Int().Draw(t, "step"), rapid.IntRange(-3, 200).Draw(t, "count")}
		names, err := Names(rapid.String().Draw(t, "template"), "x", n)
		if err != nil {
			return
		}
		if len(names) != n.Count {
			t.Fatalf("%d names, want %d", len(names), n.Count)
		}
		for _, name := range names {
			if strings.ContainsAny(name, "./\x00") || name == "" {
				t.Fatalf("name %q", name)
			}
		}
	})
}
