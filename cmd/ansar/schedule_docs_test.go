package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
	"github.com/ansar-go/ansar/internal/schedule/check"
	"github.com/ansar-go/ansar/internal/schedule/planfile"
)

const scheduleDocs = "../../docs/schedule.md"

// docsRows gives the rows of tables whose first cell is a number of that letter.
func docsRows(t *testing.T, first string) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(scheduleDocs)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][]string{}
	for _, line := range regexp.MustCompile(`(?m)^\| `+first+`[0-9]+ \|.*\|$`).FindAllString(string(text), -1) {
		line = strings.ReplaceAll(line, `\|`, "\x00")
		var cells []string
		for _, cell := range strings.Split(strings.Trim(line, "|"), "|") {
			cells = append(cells, strings.ReplaceAll(strings.TrimSpace(cell), "\x00", "|"))
		}
		if rows[cells[0]] != nil {
			t.Errorf("%s is there twice", cells[0])
		}
		rows[cells[0]] = cells
	}
	return rows
}

// TestScheduleDocs checks that docs/schedule.md has a row for each case, with tests
// that exist and bear its number, and one for each capability it compares.
func TestScheduleDocs(t *testing.T) {
	for first, count := range map[string]int{"OC": 15, "EC": 20, "PC": 15} {
		rows := docsRows(t, first)
		for i := range count {
			id := fmt.Sprint(first, i+1)
			row := rows[id]
			delete(rows, id)
			if len(row) != 4 {
				t.Errorf("%s has %d cells, want 4", id, len(row))
				continue
			}
			tests := regexp.MustCompile("`([^`]+)\\.(Test[A-Za-z0-9]+)(?:/([^`]+))?`").FindAllStringSubmatch(row[2], -1)
			if len(tests) == 0 || len(tests) != strings.Count(row[2], "`")/2 {
				t.Errorf("%s: %q names %d tests", id, row[2], len(tests))
			}
			for _, test := range tests {
				docsTest(t, id, test[1], test[2], test[3])
			}
			if row[3] == "" {
				t.Errorf("%s does not say where its tests run", id)
			}
		}
		for id := range rows {
			t.Errorf("%s is no case", id)
		}
	}
	for first, count := range map[string]int{"O": 28, "E": 37, "P": 29} {
		rows := docsRows(t, first)
		for i := range count {
			id := fmt.Sprint(first, i+1)
			if row := rows[id]; len(row) != 3 || row[1] == "" || row[2] == "" {
				t.Errorf("%s: the row is %q", id, row)
			}
			delete(rows, id)
		}
		for id := range rows {
			t.Errorf("%s is no capability", id)
		}
	}
}

// docsTest checks that a test of a case exists and bears its number.
func docsTest(t *testing.T, id, folder, name, script string) {
	t.Helper()
	if !isTest(t, filepath.Join("../..", folder), name) {
		t.Errorf("%s: there is no %s in %s", id, name, folder)
	}
	letters, number := id[:2], id[2:]
	switch {
	case script == "":
		if !regexp.MustCompile("^Test" + id + "([^0-9].*)?$").MatchString(name) {
			t.Errorf("%s: %s does not bear its number", id, name)
		}
	case !strings.HasPrefix(script, fmt.Sprintf("%s%02s-", strings.ToLower(letters), number)):
		t.Errorf("%s: %s does not bear its number", id, script)
	default:
		if _, err := os.Stat(filepath.Join("testdata/script", script+".txtar")); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// TestScheduleDocsWords checks that the guide names every status, and that its plans can
// be read and work.
func TestScheduleDocsWords(t *testing.T) {
	text, err := os.ReadFile(scheduleDocs)
	if err != nil {
		t.Fatal(err)
	}
	guide, _, _ := strings.Cut(string(text), "\n## Compared with")
	for number := range schedulepb.Status_name {
		if name := schedulepb.Status(number).Name(); number != 0 && !regexp.MustCompile(`\| ([a-z-]+, )?`+name+`(, [a-z-]+)? \|`).MatchString(guide) {
			t.Errorf("the status %s has no row", name)
		}
	}
	plans := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(guide, -1)
	if len(plans) == 0 {
		t.Error("there is no plan")
	}
	for _, p := range plans {
		name := filepath.Join(t.TempDir(), "plan.yaml")
		if err := os.WriteFile(name, []byte(p[1]), 0o666); err != nil {
			t.Fatal(err)
		}
		file, err := planfile.Read(name)
		if err != nil {
			t.Errorf("%v in\n%s", err, p[1])
			continue
		}
		if found := check.Plan(check.Complete(file.Plan), check.Options{Slots: 4}); len(found) > 0 {
			t.Errorf("%v in\n%s", found, p[1])
		}
	}
	for i, line := range strings.Split(string(text), "\n") {
		if len([]rune(line)) > 200 && !strings.HasPrefix(line, "|") {
			t.Errorf("line %d has %d characters", i+1, len([]rune(line)))
		}
	}
	for _, link := range regexp.MustCompile(`\]\(([^)#:]+)\)`).FindAllStringSubmatch(string(text), -1) {
		if _, err := os.Stat(filepath.Join("../../docs", link[1])); err != nil {
			t.Error(err)
		}
	}
	for _, variable := range slices.Compact(slices.Sorted(slices.Values(regexp.MustCompile(`ANSAR_[A-Z]+`).FindAllString(guide, -1)))) {
		if page := scheduleHelp(t); !strings.Contains(page, variable) {
			t.Errorf("%s is not in the help of schedules", variable)
		}
	}
}

// scheduleHelp is the page about the folders of runs and the environment of jobs.
func scheduleHelp(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../../internal/cli/cmd_schedule.go")
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}
