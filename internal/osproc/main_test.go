//go:build linux

package osproc_test

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"github.com/ansar-go/ansar/internal/osproc"
)

// roleVariable makes this test binary play a child instead: its value is the
// name of one of roles.
const roleVariable = "OSPROC_TEST_ROLE"

// hang is when a test gives up on an event. No test takes that long unless
// something is wrong.
const hang = 30 * time.Second

// TestMain runs the tests as a child subreaper, so that whatever they leave
// behind at any depth ends up among the children of this process, where it is
// found and reported.
func TestMain(m *testing.M) {
	if name := os.Getenv(roleVariable); name != "" {
		os.Unsetenv(roleVariable)
		roles[name](os.Args[1:])
		os.Exit(0)
	}
	if os.Args[0] == sentinelName {
		sentinel(os.Args[1])
		syscall.Exit(0) // at once: under the race detector os.Exit takes a second
	}
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		fmt.Fprintln(os.Stderr, "become a subreaper:", err)
		os.Exit(1)
	}
	status := m.Run()
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, "goroutines are left:", err)
		status = 1
	}
	for _, left := range runningChildren() {
		fmt.Fprintln(os.Stderr, "a process is left:", left)
		status = 1
	}
	os.Exit(status)
}

// runningChildren describes the children of this process that run, and reaps
// the others: adopted ones that were killed, which a subreaper alone does not.
func runningChildren() (running []string) {
	threads, _ := os.ReadDir("/proc/self/task")
	for _, t := range threads {
		list, _ := os.ReadFile("/proc/self/task/" + t.Name() + "/children")
		for _, pid := range strings.Fields(string(list)) {
			if state(pid) == "Z" {
				_, _ = syscall.Wait4(number(pid), nil, 0, nil)
				continue
			}
			line, _ := os.ReadFile("/proc/" + pid + "/cmdline")
			running = append(running, pid+" "+strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return running
}

// state returns the state letter of a process, "" if there is none.
func state(pid string) string {
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return ""
	}
	return strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))[0]
}

// role returns a Spec by which this test binary plays the role called name.
func role(name string, args ...string) *osproc.Spec {
	return &osproc.Spec{
		Path: self(),
		Args: append([]string{name}, args...),
		Env:  append(os.Environ(), roleVariable+"="+name, "GORACE=atexit_sleep_ms=0"),
	}
}

func self() string {
	path, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return path
}

// roleCommand is role for os/exec.
func roleCommand(name string, args ...string) *exec.Cmd {
	spec := role(name, args...)
	return &exec.Cmd{Path: spec.Path, Args: spec.Args, Env: spec.Env}
}

// tool returns the path of a program that every system has.
func tool(t testing.TB, name string) string {
	t.Helper()
	path, err := osproc.Find(name, nil)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// sleeper returns a Spec of a process that does nothing for ever.
func sleeper(t testing.TB) *osproc.Spec {
	return &osproc.Spec{Path: tool(t, "sleep"), Args: []string{"sleep", "1000000"}}
}

// start starts spec and makes sure that it has ended when the test has.
func start(t testing.TB, spec *osproc.Spec) *osproc.Process {
	t.Helper()
	p, err := osproc.Start(spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.SignalGroup(syscall.SIGKILL)
		await(t, p.Done(), "done")
	})
	return p
}

// await fails the test if event does not come.
func await(t testing.TB, event <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-event:
	case <-time.After(hang):
		t.Fatalf("not %s after %v", what, hang)
	}
}

// kill sends sig and fails the test if it cannot.
func kill(t testing.TB, send func(syscall.Signal) error, sig syscall.Signal) {
	t.Helper()
	if err := send(sig); err != nil {
		t.Fatal(err)
	}
}

// awaitOrphan blocks until the orphan that this process adopted has ended,
// reaps it, and returns how it ended.
func awaitOrphan(t testing.TB, pid int) syscall.WaitStatus {
	t.Helper()
	var status syscall.WaitStatus
	for {
		_, err := syscall.Wait4(pid, &status, 0, nil)
		if err == nil {
			return status
		}
		if err != syscall.EINTR {
			t.Fatalf("wait for orphan %d: %v", pid, err)
		}
	}
}

// running reports whether there is a process of that id that has not ended.
func running(pid int) bool {
	s := state(strconv.Itoa(pid))
	return s != "" && s != "Z"
}

// descriptors returns how many this process has open.
func descriptors(t testing.TB) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}
