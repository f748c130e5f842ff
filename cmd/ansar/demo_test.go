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

// make demo plays the tour, and leaves nothing. It has hundreds of processes,
// so it runs on programs that are built as users build them.
func TestDemo(t *testing.T) {
	if testing.Short() {
		t.Skip("builds nine programs: not with -short")
	}
	proctest.Mark(t)
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	bin, folder := t.TempDir(), t.TempDir()
	build(t, root, filepath.Join(bin, "ansar"), "./cmd/ansar")
	build(t, root, filepath.Join(bin, "ansar-runner"), "./cmd/ansar-runner")
	for _, example := range []string{"noop", "snooze", "zombie", "factorial", "busy", "server", "client"} {
		build(t, root, filepath.Join(bin, example), "./examples/"+example+"/main")
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // it promises to be shorter
	defer cancel()
	demo := exec.CommandContext(ctx, "bash", filepath.Join(root, "examples/demo.sh"))
	demo.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "TMPDIR="+folder)
	var stdout, stderr bytes.Buffer
	demo.Stdout, demo.Stderr = &stdout, &stderr
	if err := demo.Run(); err != nil {
		t.Fatalf("the demo ends with %v\n%s\n%s", err, stdout.Bytes(), stderr.Bytes())
	}
	for _, want := range []string{`\$ ansar create`, `"value": "5040"`, `"processes": 160`, `\^C`, `\(pass/fail\): 0/3`, `\(pass/fail\): 2/1`,
		`would leave alone: zombie-0`, `signal killed, started by "ansar start"`, `Ack, restart 1`} {
		if !regexp.MustCompile(want).Match(stdout.Bytes()) {
			t.Errorf("the demo does not print %s\n%s", want, stdout.Bytes())
		}
	}
	for _, want := range []string{"Log this and exit", "did you mean --seconds", "Do nothing for 1.5 seconds"} {
		if !bytes.Contains(stderr.Bytes(), []byte(want)) {
			t.Errorf("the log of the demo has no %q\n%s", want, stderr.Bytes())
		}
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("the demo leaves %v (%v)", left, err)
	}
}
