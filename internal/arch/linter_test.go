package arch

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the arrows into .golangci.yml")

// TestLinterAgrees compares the arrows of the linter with the table. It knows
// prefixes only, so it is a little more lenient inside the folder of a package.
func TestLinterAgrees(t *testing.T) {
	const file = "../../.golangci.yml"
	const begin, end = "        # Arrows between packages: begin.\n", "        # Arrows between packages: end.\n"
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(string(content), begin)
	got, after, ok := strings.Cut(rest, end)
	if !ok {
		t.Fatalf("%s has no lines %q and %q around the arrows", file, begin, end)
	}
	want := depguard(arrows)
	if *update {
		if err := os.WriteFile(file, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("arrows of .golangci.yml (-want +got): go test ./internal/arch -update writes them\n%s", diff)
	}
}

// depguard writes the rules of the linter that stand for rows.
func depguard(rows []arrow) string {
	var b strings.Builder
	for _, row := range rows {
		folder, deep := strings.CutSuffix(row.from, "/...")
		glob := folder + "/*.go"
		if deep {
			glob = folder + "/**/*.go"
		}
		reason := "no arrow leads there"
		if row.floor {
			reason = "it imports nothing of ours"
		}
		fmt.Fprintf(&b, "        %s:\n", strings.ReplaceAll(folder, "/", "-"))
		fmt.Fprintf(&b, "          list-mode: lax\n")
		fmt.Fprintf(&b, "          files: [\"**/%s\", \"!$test\"]\n", glob)
		fmt.Fprintf(&b, "          deny: [{ pkg: %s, desc: %s }]\n", module, reason)
		if row.floor {
			continue
		}
		b.WriteString("          allow:\n")
		for _, prefix := range prefixes(row, folder) {
			fmt.Fprintf(&b, "            - %s/%s\n", module, prefix)
		}
	}
	return b.String()
}

// prefixes lists what the linter lets a package import, sorted: "x$" is x
// alone, "x/" what lies in it.
func prefixes(row arrow, folder string) []string {
	list := []string{"actor/schedule/schedulepb$", "framework/homepb$", "framework/options$", "lifecycle$"}
	if strings.HasPrefix(folder, "internal/") {
		list = append(list, folder+"/") // its messages
	}
	for _, to := range row.to {
		name, deep := strings.CutSuffix(to, "/...")
		if !deep {
			list = append(list, name+"$")
		}
		if deep || strings.HasPrefix(name, "internal/") {
			list = append(list, name+"/")
		}
	}
	slices.Sort(list)
	return slices.DeleteFunc(list, func(prefix string) bool { // the linter looks at the nearest in the list alone
		return slices.ContainsFunc(list, func(other string) bool {
			return other != prefix && strings.HasSuffix(other, "/") && strings.HasPrefix(prefix, other)
		})
	})
}
