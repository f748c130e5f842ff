package group

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/proctest"
)

// manner makes this test binary a component that holds the lock of a role, and
// says how it takes signals.
const manner = "ANSAR_GROUP_TEST_MANNER"

func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "component" {
		play(os.Args[1:])
	}
	if how := os.Getenv(manner); how != "" {
		hold(how, os.Args[1], os.Args[2])
	}
	if signal.Ignored(syscall.SIGINT) { // and so it would be in the components
		signal.Notify(make(chan os.Signal, 1), syscall.SIGINT)
	}
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("os/signal.loop"))
}

// hold is the component. It says so when it holds the lock.
func hold(how, path, role string) {
	var lock *home.Lock
	h, err := home.Open(path)
	if err == nil {
		lock, err = h.Acquire(role)
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	switch how {
	case "stubborn":
		signal.Ignore(syscall.SIGINT, syscall.SIGTERM)
	case "slow":
		signal.Ignore(syscall.SIGINT)
	}
	fmt.Println("ready")
	defer lock.Release()
	select {} // until a signal ends it
}

// newHome makes a home with roles, whose executable is this test binary.
func newHome(t *testing.T, roles ...string) (*home.Home, []home.Role) {
	t.Helper()
	h, err := home.Create(filepath.Join(t.TempDir(), "home"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range roles {
		if err := h.Add(home.NewRole{Role: home.Role{Name: role, Executable: "component"}}); err != nil {
			t.Fatal(err)
		}
	}
	found, err := h.Search(nil)
	if err != nil {
		t.Fatal(err)
	}
	return h, found
}

// component starts a component in its own process group, as everything of ours
// is, and waits until it holds the lock. It is gone when the test ends.
func component(t *testing.T, h *home.Home, how, role string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], h.Root(), role)
	cmd.Env = append(os.Environ(), manner+"="+how, "GORACE=atexit_sleep_ms=0")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // most have ended
		_ = cmd.Wait()
	})
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatalf("the component says %q (%v)", line, err)
	}
	return cmd
}

// marked has a test fail that leaves a process.
func marked(t *testing.T) { proctest.Mark(t) }
