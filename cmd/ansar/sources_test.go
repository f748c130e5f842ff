package main

import (
	"encoding/json"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"
)

// freePort puts the number of a port that nobody listens on into a variable:
// free-port NAME. It is outside of the range that connections take theirs from,
// so that nobody takes it by chance.
func freePort(ts *testscript.TestScript, _ bool, args []string) {
	for range 100 {
		port := strconv.Itoa(20000 + rand.IntN(12000))
		listener, err := net.Listen("tcp", "127.0.0.1:"+port)
		if err == nil {
			ts.Check(listener.Close())
			ts.Setenv(args[0], port)
			return
		}
	}
	ts.Fatalf("no port is free")
}

// source copies a file of this repository into the script's folder:
// source examples/client/client.go src/client.go.
func source(ts *testscript.TestScript, _ bool, args []string) {
	data, err := os.ReadFile(filepath.Join("../..", args[0]))
	ts.Check(err)
	ts.Check(os.MkdirAll(filepath.Dir(ts.MkAbs(args[1])), 0o755))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), data, 0o644))
}

// rebuild builds a program of this repository with another version of one of its
// files: rebuild dist/client examples/client/main examples/client/client.go src/client.go.
func rebuild(ts *testscript.TestScript, _ bool, args []string) {
	root, err := filepath.Abs("../..")
	ts.Check(err)
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(root, args[2]): ts.MkAbs(args[3])}})
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("overlay.json"), overlay, 0o600))
	ts.Check(os.RemoveAll(ts.MkAbs(args[0]))) // it may be a link
	command := exec.Command("go", "build", "-overlay", ts.MkAbs("overlay.json"), "-o", ts.MkAbs(args[0]), "./"+args[1])
	command.Dir = root
	command.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off")
	if out, err := command.CombinedOutput(); err != nil {
		ts.Fatalf("build %s: %v\n%s", args[1], err, out)
	}
}
