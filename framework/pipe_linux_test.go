package framework_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// ended is what is left of a program.
type ended struct {
	Status         int
	Stdout, Stderr string
}

// program makes a command of a program that this test binary plays.
func program(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+t.TempDir(), "GORACE=atexit_sleep_ms=0")
	return cmd
}

// unread is the end for writing of a pipe that nobody reads.
func unread(t *testing.T) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	t.Cleanup(func() { w.Close() })
	return w
}

// A reader that has gone away is no signal that kills the program half way.
func TestNobodyReads(t *testing.T) {
	const ack = "{\n    \"value\": {\n        \"@type\": \"type.googleapis.com/ansar.lifecycle.v1.Ack\"\n    }\n}\n"
	tests := []struct {
		name string
		cmd  func(c *exec.Cmd, stdout, stderr *bytes.Buffer)
		want ended
	}{
		{"the result: the program ends quietly", func(c *exec.Cmd, _, stderr *bytes.Buffer) {
			c.Stdout, c.Stderr = unread(t), stderr
		}, ended{Status: 1}},
		{"the log: it does its work all the same", func(c *exec.Cmd, stdout, _ *bytes.Buffer) {
			c.Stdout, c.Stderr = stdout, unread(t)
		}, ended{Status: 0, Stdout: ack}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			args := []string{}
			if tt.want.Stdout != "" {
				args = append(args, "--debug-level=DEBUG")
			}
			cmd := program(t, "noop", args...)
			tt.cmd(cmd, &stdout, &stderr)
			if err := cmd.Run(); cmd.ProcessState == nil {
				t.Fatal(err)
			}
			got := ended{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("end (-want +got):\n%s", diff)
			}
		})
	}
}

// What was ignored when a tool was started stays ignored, as nohup wants it,
// and a component hears everything.
func TestIgnoredSignals(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "ready")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	waits := program(t, "waits", "gives")
	cmd := exec.CommandContext(t.Context(), "sh", "-c", `trap "" HUP; exec "$0" gives`, waits.Path)
	cmd.Env = append(waits.Env, "READY="+pipe)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	hung := time.AfterFunc(hangs, func() { _ = cmd.Process.Kill() })
	defer hung.Stop()
	if _, err := os.ReadFile(pipe); err != nil {
		t.Fatal(err)
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	var ignored uint64
	for line := range strings.Lines(string(status)) {
		if mask, ok := strings.CutPrefix(line, "SigIgn:"); ok {
			if ignored, err = strconv.ParseUint(strings.TrimSpace(mask), 16, 64); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err, stderr.String())
	}
	for sig, want := range map[syscall.Signal]bool{
		syscall.SIGHUP: true, syscall.SIGINT: false, syscall.SIGQUIT: false, syscall.SIGTERM: false,
	} {
		if got := ignored>>(sig-1)&1 == 1; got != want { // others are the environment's
			t.Errorf("%v is ignored: %v, want %v", sig, got, want)
		}
	}
}
