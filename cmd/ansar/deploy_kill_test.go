package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ansar-go/ansar/internal/proctest"
)

// killedDeploy is a home whose roles run, and a deployment of another program to
// it that is killed.
type killedDeploy struct {
	*testing.T
	folder, ansar string
	size          int64 // of the program, without what comes after its end
}

func (k *killedDeploy) command(args ...string) *exec.Cmd {
	cmd := exec.Command(k.ansar, args...)
	cmd.Dir = k.folder
	cmd.Env = append(os.Environ(), "HOME="+k.folder, "GORACE=atexit_sleep_ms=0")
	return cmd
}

func (k *killedDeploy) run(args ...string) string {
	k.Helper()
	out, err := k.command(args...).CombinedOutput()
	if err != nil {
		k.Fatalf("ansar %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// renew makes the program differ from that of other rounds.
func (k *killedDeploy) renew(round int) {
	k.Helper()
	path := filepath.Join(k.folder, "dist/zombie")
	if err := os.Truncate(path, k.size); err != nil {
		k.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		k.Fatal(err)
	}
	defer f.Close()
	if _, err := fmt.Fprint(f, tail(round)); err != nil {
		k.Fatal(err)
	}
}

// tail is what comes after the end of the program. Each second one is longer.
func tail(round int) string { return fmt.Sprintf("round %0*d", 6+round%2, round) }

// deployed returns what comes after the end of the program in the home.
func (k *killedDeploy) deployed() string {
	k.Helper()
	data, err := os.ReadFile(filepath.Join(k.folder, ".ansar-home/bin/zombie"))
	if err != nil || int64(len(data)) < k.size {
		k.Fatalf("the program in the home has %d bytes (%v)", len(data), err)
	}
	return string(data[k.size:])
}

// A deployment that is killed, whatever it does just then, leaves the old or the
// new program. The next one completes it, and the roles run that ran, each once.
func TestKilledDeploy(t *testing.T) {
	mark := proctest.Mark(t)
	k := &killedDeploy{T: t, folder: t.TempDir()}
	program, err := exec.LookPath("zombie")
	if err == nil {
		k.ansar, err = exec.LookPath("ansar")
	}
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	k.size = int64(len(data))
	if err := os.MkdirAll(filepath.Join(k.folder, "dist"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(k.folder, "dist/zombie"), data, 0o755); err != nil {
		t.Fatal(err)
	}
	k.run("create")
	k.renew(0)
	k.run("deploy", "dist")
	k.run("add", "zombie", "--count=2")
	k.run("start")
	defer k.run("-f", "destroy")

	longest := 100 * time.Millisecond // of a deployment that came to its end
	for round := 1; round <= 20; round++ {
		k.renew(round)
		cmd := k.command("--force", "deploy", "dist")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		timer := time.AfterFunc(time.Duration(rand.Int64N(int64(longest))), func() { _ = cmd.Process.Kill() })
		if cmd.Wait() == nil {
			longest = max(longest, time.Since(began))
		}
		timer.Stop()
		if now := k.deployed(); now != tail(round-1) && now != tail(round) {
			t.Fatalf("round %d: the program ends with %q", round, now)
		}
		k.run("--force", "deploy", "dist")
		if now := k.deployed(); now != tail(round) {
			t.Fatalf("round %d: after the next deployment the program ends with %q", round, now)
		}
		if roles := k.run("status"); roles != "zombie-0\nzombie-1\n" {
			t.Fatalf("round %d: running are %q", round, roles)
		}
		if processes := proctest.Gone(mark, 0); len(processes) != 2 {
			t.Fatalf("round %d: %d processes, want 2", round, len(processes))
		}
		if log := k.run("--debug-level=CONSOLE", "deploy", "dist"); !strings.HasSuffix(log, "Nothing to deploy\n") {
			t.Fatalf("round %d: %s", round, log)
		}
	}
}
