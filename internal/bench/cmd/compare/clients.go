package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/ansar-go/ansar/internal/bench/measure"
)

// clientsOfReference is what the reference prints for the same run, on its
// author's machine.
func clientsOfReference(context.Context) (float64, error) { return 960, nil }

// runClients measures the ms of "ansar run --test-run" of 41 clients that test
// one server in the background, in a home whose programs lie in the folder bin.
// All tests must pass. Home and server are made anew each time, and that is not
// measured.
func runClients(ansar, bin string) measure.Func {
	return func(ctx context.Context) (took float64, err error) {
		folder, err := os.MkdirTemp("", "bench-home")
		if err != nil {
			return 0, err
		}
		defer os.RemoveAll(folder)
		do := func(args ...string) ([]byte, error) {
			command := exec.CommandContext(ctx, ansar, args...)
			command.Dir = folder
			text, err := command.Output()
			if exit := new(exec.ExitError); errors.As(err, &exit) {
				err = fmt.Errorf("ansar %v: %w\n%s%s", args, err, text, exit.Stderr)
			}
			return text, err
		}
		port, err := freePort()
		if err != nil {
			return 0, err
		}
		for _, args := range [][]string{
			{"create", "--redirect-bin=" + bin},
			{"add", "server", port},
			{"add", "client", "test-client", port},
			{"add", "client", "test-client-{number}", "--start=10", "--count=40", port},
		} {
			if _, err := do(args...); err != nil {
				return 0, err
			}
		}
		words := filepath.Join(folder, ".ansar-home/model/server-0")
		if err := errors.Join(os.MkdirAll(words, 0o700), os.WriteFile(filepath.Join(words, "word-map.json"),
			[]byte(`{"fervent": "eager", "explain": "define", "fly": "droll"}`), 0o600)); err != nil {
			return 0, err
		}
		if _, err := do("start", "server-0"); err != nil {
			return 0, err
		}
		defer func() {
			ctx = context.WithoutCancel(ctx) // what was started is stopped
			_, stopped := do("stop", "server-0")
			err = errors.Join(err, stopped)
		}()
		begun := time.Now()
		text, err := do("run", "test-.*", "--code-path=.", "--test-run")
		took = measure.Milliseconds(time.Since(begun))
		if n := bytes.Count(text, []byte(" (pass/fail): 3/0\n")); err == nil && n != 41 {
			err = fmt.Errorf("%d of 41 clients passed all tests:\n%s", n, text)
		}
		return took, err
	}
}

// freePort is the flag for a port that nobody listens on, and that no
// connection is given by the system.
func freePort() (string, error) {
	var err error
	for port := 20000 + time.Now().Nanosecond()%10000; port < 32000; port++ {
		var listener net.Listener
		if listener, err = net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port)); err == nil {
			return "--port=" + strconv.Itoa(port), listener.Close()
		}
	}
	return "", fmt.Errorf("find a free port: %w", err)
}
