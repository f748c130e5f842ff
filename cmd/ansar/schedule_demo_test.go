package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/ansar-go/ansar/internal/proctest"
)

// make demo-schedule plays the bench, and leaves nothing.
func TestScheduleDemo(t *testing.T) {
	if testing.Short() {
		t.Skip("builds seven programs: not with -short")
	}
	proctest.Mark(t)
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	bin, folder := t.TempDir(), t.TempDir()
	build(t, root, filepath.Join(bin, "ansar"), "./cmd/ansar")
	build(t, root, filepath.Join(bin, "testbench"), "./examples/testbench/main")
	for _, name := range []string{"blink-test", "calibrate", "range-test", "link-test", "hang-test"} {
		build(t, root, filepath.Join(bin, name), "./examples/testbench/tests/"+name)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // it promises to be shorter
	defer cancel()
	demo := exec.CommandContext(ctx, "bash", filepath.Join(root, "examples/schedule-demo.sh"))
	demo.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "TMPDIR="+folder)
	var text bytes.Buffer
	demo.Stdout, demo.Stderr = &text, &text
	if err := demo.Run(); err != nil {
		t.Fatalf("the demo ends with %v\n%s", err, text.Bytes())
	}
	for _, want := range []string{`cycels: .*did you mean cycles`, `"calibarte", which is not in the plan`, `it would take`, `timed-out +hang-a`, `flaky +link-a`,
		`xfail +uart-b`, `interrupted +hang-a`, `"timed-out": 1`, `flowchart LR`, `report.html`} {
		if !regexp.MustCompile(want).Match(text.Bytes()) {
			t.Errorf("the demo does not print %s\n%s", want, text.Bytes())
		}
	}
	left, err := os.ReadDir(folder)
	for _, entry := range left {
		if matched, _ := filepath.Match("ansar-locks-*", entry.Name()); !matched {
			t.Errorf("the demo leaves %s", entry.Name())
		}
	}
	if err != nil {
		t.Error(err)
	}
}
