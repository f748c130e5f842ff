package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// survivors has a test for each row of docs/survival.md, by the first cell. It
// returns how the end was recorded, which the fourth cell says.
var survivors = map[string]func(t *testing.T) string{}

// TestSurvival does to real processes what each row of the table says.
func TestSurvival(t *testing.T) {
	if len(survivors) == 0 {
		t.Skip("signals and processes are looked at on Linux")
	}
	rows := survivalTable(t)
	told := map[string]bool{}
	for _, row := range rows {
		told[row[0]] = true
		t.Run(row[0], func(t *testing.T) {
			try := survivors[row[0]]
			if try == nil {
				t.Fatal("no test does what this row says")
			}
			if got := try(t); "`"+got+"`" != row[3] {
				t.Errorf("it was recorded as %q, the table says %s", got, row[3])
			}
		})
	}
	for name := range survivors {
		if !told[name] {
			t.Errorf("no row tells of %q", name)
		}
	}
}

// survivalTable reads the cells of the rows of the table.
func survivalTable(t *testing.T) [][]string {
	t.Helper()
	text, err := os.ReadFile("../../docs/survival.md")
	if err != nil {
		t.Fatal(err)
	}
	const columns = 5
	var rows [][]string
	for _, line := range regexp.MustCompile(`(?m)^\|.*\|$`).FindAllString(string(text), -1)[2:] {
		cells := strings.Split(strings.Trim(line, "|"), "|")
		if len(cells) != columns {
			t.Fatalf("a row of %d cells, want %d: %s", len(cells), columns, line)
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows = append(rows, cells)
	}
	return rows
}
