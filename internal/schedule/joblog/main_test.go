package joblog

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/ansar-go/ansar/actor"
)

// TestMain makes this test binary the wrapper of commands, too, and the process of
// its own objects.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "wrapper" {
		wrapperMain()
	}
	actor.Main()
	if err := os.Setenv("GORACE", "atexit_sleep_ms=0"); err != nil { // for what is started
		panic(err)
	}
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/ansar-go/ansar/actor.(*dispatcher).work"),
		goleak.IgnoreTopFunction("github.com/asynkron/protoactor-go/actor.NewThrottle.func1"))
}

// open begins a log of a test.
func open(t *testing.T, o Options) *Log {
	t.Helper()
	l, err := Open(filepath.Join(t.TempDir(), "build"), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// shown gives the lines of a log without their times.
func shown(t *testing.T, path string) []string {
	t.Helper()
	var lines []string
	for line := range strings.Lines(read(t, path)) {
		if len(line) < stampLength+1 {
			t.Fatalf("line %q has no time", line)
		}
		lines = append(lines, strings.TrimSuffix(line[stampLength+1:], "\n"))
	}
	return lines
}

// outline shows a tree of processes, children below their parents.
func outline(list []*Process, indent string) []string {
	var lines []string
	for _, p := range list {
		lines = append(lines, fmt.Sprintf("%s%s %s", indent, p.Name, p.How))
		lines = append(lines, outline(p.Children, indent+"  ")...)
	}
	return lines
}
