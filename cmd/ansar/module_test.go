package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ansar-go/ansar/internal/proctest"
)

// A component that somebody writes in a module of their own builds against the
// public packages, is called by its name from plain Go, and plays a role in a
// home: ansar prints what it returns without having seen its types.
func TestComponentOfAnotherModule(t *testing.T) {
	if testing.Short() {
		t.Skip("builds three programs: not with -short")
	}
	proctest.Mark(t)
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	module, bin := t.TempDir(), t.TempDir()
	copyModule(t, root, module)
	build(t, module, filepath.Join(bin, "adder"), ".")
	build(t, module, filepath.Join(bin, "caller"), "./caller")
	build(t, root, filepath.Join(bin, "ansar"), "./cmd/ansar")

	if got := run(t, bin, filepath.Join(bin, "caller")); got != "42\n" {
		t.Errorf("the caller printed %q, want 42", got)
	}

	ansar := func(args ...string) string { return run(t, bin, filepath.Join(bin, "ansar"), args...) }
	ansar("create", "--redirect-bin="+bin)
	ansar("add", "adder", "sum", "--offset=100")
	const want = `{
    "value": {
        "@type": "type.googleapis.com/ansar.home.v1.Run",
        "home": ".ansar-home",
        "completed": [
            {
                "role": "sum",
                "value": {
                    "@type": "type.googleapis.com/example.adder.v1.Sum",
                    "value": "103"
                }
            }
        ]
    }
}
`
	if got := ansar("run"); got != want {
		t.Errorf("run printed\n%s\nwant\n%s", got, want)
	}
	if got := ansar("settings", "sum"); !strings.Contains(got, `"offset": 100`) {
		t.Errorf("the settings are\n%s", got)
	}
}

// copyModule makes the folder a module that uses this one from its sources, as
// README tells people to.
func copyModule(t *testing.T, root, folder string) {
	t.Helper()
	if err := os.CopyFS(folder, os.DirFS("testdata/adder")); err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	versions, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	// What go mod tidy would write, without asking the network: the same
	// versions as ours.
	_, requirements, _ := strings.Cut(string(versions), "\n\n")
	requirements, _, _ = strings.Cut(requirements, "\ntool ")
	mod := fmt.Sprintf("module example.com/adder\n\n%s\nrequire github.com/ansar-go/ansar v0.0.0\n\nreplace github.com/ansar-go/ansar => %s\n", requirements, root)
	for name, data := range map[string][]byte{"go.mod": []byte(mod), "go.sum": sums} {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func build(t *testing.T, folder, to, pkg string) {
	t.Helper()
	command := exec.Command("go", "build", "-o", to, pkg)
	command.Dir = folder
	command.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", pkg, err, out)
	}
}

func run(t *testing.T, folder, program string, args ...string) string {
	t.Helper()
	command := exec.Command(program, args...)
	command.Dir = folder
	var diagnostics bytes.Buffer
	command.Stderr = &diagnostics
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", filepath.Base(program), args, err, diagnostics.Bytes())
	}
	return string(out)
}
