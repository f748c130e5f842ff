package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestFaults checks that docs/faults.md names tests that exist, in each row.
func TestFaults(t *testing.T) {
	text, err := os.ReadFile("../../docs/faults.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile(`(?m)^\| ([^*].*?) \|.*\| (.*) \|$`).FindAllStringSubmatch(string(text), -1)
	if len(rows) < 30 {
		t.Fatalf("%d rows are found", len(rows))
	}
	for _, row := range rows[2:] { // below the head and its line
		tests := regexp.MustCompile("`([^`]+)\\.(Test[A-Za-z0-9]+)(?:/([^`]+))?`").FindAllStringSubmatch(row[2], -1)
		if len(tests) == 0 || len(tests) != strings.Count(row[2], "`")/2 {
			t.Errorf("%s: %q names %d tests", row[1], row[2], len(tests))
		}
		for _, test := range tests {
			folder, name, script := test[1], test[2], test[3]
			if !isTest(t, filepath.Join("../..", folder), name) {
				t.Errorf("%s: there is no %s in %s", row[1], name, folder)
			}
			if _, err := os.Stat(filepath.Join("testdata/script", script+".txtar")); script != "" && err != nil {
				t.Errorf("%s: %v", row[1], err)
			}
		}
	}
}

// isTest reports whether a package has a test.
func isTest(t *testing.T, folder, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "\nfunc "+name+"(t *testing.T)") {
			return true
		}
	}
	return false
}
