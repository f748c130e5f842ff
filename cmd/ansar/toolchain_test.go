package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// toolchain lets the commands of a script build programs of this repository,
// which is at $ROOT. Pairs of arguments have a file of it read as another:
// toolchain examples/client/client.go edited.go.
func toolchain(ts *testscript.TestScript, _ bool, args []string) {
	root, err := filepath.Abs("../..")
	ts.Check(err)
	ts.Setenv("ROOT", root)
	ts.Setenv("GOPROXY", "off")
	names := []string{"GOCACHE", "GOMODCACHE", "GOPATH", "GOTOOLCHAIN"}
	out, err := exec.Command("go", append([]string{"env"}, names...)...).Output()
	ts.Check(err)
	for i, value := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		ts.Setenv(names[i], value)
	}
	replaced := map[string]string{}
	for i := 0; i+1 < len(args); i += 2 {
		replaced[filepath.Join(root, args[i])] = ts.MkAbs(args[i+1])
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replaced})
	ts.Check(err)
	name := filepath.Join(ts.Getenv("WORK"), "overlay.json")
	ts.Check(os.WriteFile(name, overlay, 0o600))
	ts.Setenv("GOFLAGS", "-overlay="+name)
}
