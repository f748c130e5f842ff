package runner

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ansar-go/ansar/internal/background"
	"github.com/ansar-go/ansar/internal/home"
)

// There may be a runner for each role, so it links little.
func TestLinksLittle(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "../../cmd/ansar-runner").Output()
	if err != nil {
		t.Fatalf("ask the go command: %v", err)
	}
	for _, path := range strings.Fields(string(out)) {
		for _, heavy := range []string{
			"net/http", "crypto/tls", "github.com/asynkron/", "google.golang.org/protobuf", "github.com/spf13/", "text/template",
			"github.com/ansar-go/ansar/actor", "github.com/ansar-go/ansar/framework",
		} {
			if strings.HasPrefix(path, heavy) {
				t.Errorf("%s is linked", path)
			}
		}
	}
}

// Runners that have nothing to do take little memory, and no time at all.
func TestWeight(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the program")
	}
	program := filepath.Join(t.TempDir(), Name)
	build := exec.Command("go", "build", "-o", program, "../../cmd/ansar-runner")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, text)
	}
	r := newRole(t)
	const runners = 10
	var all []*Started
	for n := range runners {
		name := fmt.Sprintf("idle-%d", n)
		if err := r.home.Add(home.NewRole{Role: home.Role{Name: name, Executable: "sleep"}}); err != nil {
			t.Fatal(err)
		}
		spec := &Spec{Home: r.home.Root(), Role: name, Program: &Program{Path: "/bin/sleep", Args: []string{"1000"}}}
		started, err := Start(spec, &StartOptions{Executable: program})
		if err != nil {
			t.Fatal(err)
		}
		defer started.Events().Close()
		all = append(all, started)
	}
	for _, started := range all {
		for e := (background.Event{}); e.Kind != background.Ready; {
			var err error
			if e, err = background.Read(started.Events()); err != nil {
				t.Fatal(err)
			}
		}
	}
	pss := 0
	for _, started := range all {
		pss += field(t, fmt.Sprintf("/proc/%d/smaps_rollup", started.Pid()), "Pss:")
	}
	if pss/runners > 1800 {
		t.Errorf("each runner takes %d kB", pss/runners)
	}
	t.Logf("each of %d runners takes %d kB", runners, pss/runners)
	idle(t, all)
	for _, started := range all {
		if err := started.Stop(); err != nil {
			t.Error(err)
		}
	}
	for _, started := range all {
		<-started.Process.Done()
	}
}

// idle checks that nothing wakes up. The monitor of the Go runtime does once a
// minute, so one of many may, and what follows a start is over at some time.
func idle(t *testing.T, all []*Started) {
	t.Helper()
	const moment = 500 * time.Millisecond
	for deadline := time.Now().Add(hangBound); ; {
		before := switches(t, all)
		time.Sleep(moment)
		woken := switches(t, all) - before
		if woken <= 4 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d runners that have nothing to do woke up %d times in %v", len(all), woken, moment)
		}
	}
}

// switches counts how often the threads of the runners went to sleep.
func switches(t *testing.T, all []*Started) (n int) {
	t.Helper()
	for _, started := range all {
		files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", started.Pid())) // the pattern is good
		for _, file := range files {
			n += field(t, file, "voluntary_ctxt_switches:")
		}
	}
	return n
}

// field reads a number from a file of the kernel.
func field(t *testing.T, file, name string) int {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if words := strings.Fields(lines.Text()); len(words) > 1 && words[0] == name {
			n, err := strconv.Atoi(words[1])
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatalf("%s has no %s", file, name)
	return 0
}
