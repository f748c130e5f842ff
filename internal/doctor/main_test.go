package doctor

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ansar-go/ansar/internal/home"
)

// partVariable makes this test binary play a process of a role instead of
// testing.
const partVariable = "ANSAR_DOCTOR_TEST_PART"

func TestMain(m *testing.M) {
	if part := os.Getenv(partVariable); part != "" {
		os.Exit(play(part))
	}
	goleak.VerifyTestMain(m)
}

// play holds the lock of a role, or merely lives, and says when it does.
func play(part string) int {
	if part == "holder" {
		h, err := home.Open(os.Getenv(homeVariable))
		if err == nil {
			_, err = h.Acquire(os.Getenv(roleVariable))
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	if part == "deaf" {
		signal.Ignore(syscall.SIGTERM)
	}
	fmt.Println("here")
	select {}
}

// start starts this test binary as a part, with variables and arguments, and
// returns when it is there. It ends with the test.
func start(t *testing.T, part string, env []string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(append(os.Environ(), partVariable+"="+part), env...)
	cmd.WaitDelay = time.Minute
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended already
		_ = cmd.Wait()
	})
	if _, err := out.Read(make([]byte, 16)); err != nil {
		t.Fatalf("the process did not come up: %v", err)
	}
	return cmd
}

// sound makes a home with roles that nothing is wrong with.
func sound(t *testing.T) *home.Home {
	t.Helper()
	h, err := home.Create(filepath.Join(t.TempDir(), "home"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(h.Dir(home.Bin), "noop"), []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	role := func(name string) home.NewRole {
		return home.NewRole{Role: home.Role{Name: name, Executable: "noop"}, Settings: []byte("{}\n"), Input: []byte("{}\n")}
	}
	if err := h.Add(role("noop-0"), role("noop-1")); err != nil {
		t.Fatal(err)
	}
	return h
}

// roomy is a machine that has all that is needed, and no processes.
func roomy() machine {
	return machine{
		now:     time.Now,
		disk:    func(string) (space, error) { return space{1, 1 << 40, 1 << 20, true}, nil },
		limits:  func() []limit { return nil },
		process: func() []process { return nil },
	}
}

func look(t *testing.T, h *home.Home, o Options, m machine) *Report {
	t.Helper()
	o.Schema = func(data []byte) error {
		if string(data) != "good" {
			return fmt.Errorf("bad\nthing")
		}
		return nil
	}
	report, err := examine(t.Context(), h.Root(), o.orDefaults(), m)
	if err != nil {
		t.Fatal(err)
	}
	return report
}
