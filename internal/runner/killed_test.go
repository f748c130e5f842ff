package runner

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/proctest"
)

// counted prints lines of 100 bytes without end, and keeps in a file how many
// it has.
func counted() {
	file, err := os.OpenFile("counted", os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		os.Exit(1)
	}
	line := append(bytes.Repeat([]byte("x"), 99), '\n')
	for n := uint64(0); ; n++ {
		copy(line, fmt.Sprintf("%08d", n))
		if _, err := os.Stdout.Write(line); err != nil {
			os.Exit(1)
		}
		_, _ = file.WriteAt(binary.LittleEndian.AppendUint64(nil, n+1), 0)
	}
}

func (r *role) startCounted() {
	r.Helper()
	spec := r.shell(fmt.Sprintf("%s=counted exec %s", programVariable, os.Args[0]))
	spec.Storage = 1 << 30
	r.start(spec)
	r.events()
}

// When a runner and its program are killed together, no more is lost than what a
// pipe holds; of what is stored, no line is doubled or missing, or torn but the
// very last: a write may be cut short.
func TestLossIsOnePipe(t *testing.T) {
	const pipe = 64 << 10
	for range 5 {
		r := newRole(t)
		r.startCounted()

		r.logged(fmt.Sprintf("^%08d%s", 2000, strings.Repeat("x", 91)))
		if err := r.started.Process.Signal(syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		r.await()
		if left := proctest.Gone(r.mark, hangBound); len(left) > 0 {
			t.Fatalf("%v are left", left)
		}
		lines := r.printed()
		for n, line := range lines {
			want := fmt.Sprintf("^%08d%s", n, strings.Repeat("x", 91))
			if line != want && (n < len(lines)-1 || !strings.HasPrefix(want, line)) {
				t.Fatalf("line %d is %q", n, line)
			}
		}
		text, err := os.ReadFile(filepath.Join(r.home.Root(), "counted"))
		if err != nil {
			t.Fatal(err)
		}
		if lost := int(binary.LittleEndian.Uint64(text)) - len(lines); lost > pipe/100+1 {
			t.Errorf("%d lines are lost, in a pipe is room for %d", lost, pipe/100)
		}
	}
}

// A program that is killed loses nothing: what it wrote before is stored.
func TestKilledProgramLosesNothing(t *testing.T) {
	r := newRole(t)
	r.startCounted()

	r.logged(fmt.Sprintf("^%08d%s", 2000, strings.Repeat("x", 91)))
	if err := syscall.Kill(r.runs()[0].PID, syscall.SIGKILL); err != nil { // it is there, as it has not been reaped
		t.Fatal(err)
	}
	r.await()
	text, err := os.ReadFile(filepath.Join(r.home.Root(), "counted"))
	if err != nil {
		t.Fatal(err)
	}
	// It may have printed a line that it had no time to count.
	if count, lines := int(binary.LittleEndian.Uint64(text)), len(r.printed()); lines != count && lines != count+1 {
		t.Errorf("%d lines are stored, it has printed %d", lines, count)
	}
}

// settled waits until nobody holds the lock, and the last run has ended: what was
// killed has no memory any more, but its files and its id for an instant.
func (r *role) settled() {
	r.Helper()
	for deadline := time.Now().Add(hangBound); ; time.Sleep(time.Millisecond) {
		holder, err := r.home.Holder("web")
		if err != nil {
			r.Fatal(err)
		}
		run, err := history.Of(r.home, "web").Settle()
		if err != nil {
			r.Fatal(err)
		}
		if holder == nil && (run == nil || run.End != nil) {
			return
		}
		if time.Now().After(deadline) {
			r.Fatalf("the lock is held by %v, and the last run is %+v", holder, run)
		}
	}
}

// A runner that is killed at any moment leaves a home that is right: no process,
// no lock, no run that seems to go on, no torn line; and the role can be started.
func TestKilledAtAnyMoment(t *testing.T) {
	r := newRole(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	spec := r.shell("i=0; while [ $i -lt 20 ]; do echo line $i; i=$((i+1)); done; exit 1")
	spec.Restart = quickly(Always, 1_000_000)
	for n := range 25 {
		r.start(spec)
		time.Sleep(time.Duration(random.Int64N(int64(120 * time.Millisecond)))) // any moment
		_ = r.started.Process.Signal(syscall.SIGKILL)
		r.await()
		if left := proctest.Gone(r.mark, hangBound); len(left) > 0 {
			t.Fatalf("round %d: %v are left", n, left)
		}
		r.settled()
	}
	r.start(r.shell("echo alive; exec sleep 1000"))
	if got := r.events(); got != "started ready" {
		t.Errorf("events: %s", got)
	}
	r.logged("^alive")
	if n := len(proctest.Alive(r.mark)); n != 2 {
		t.Errorf("%d processes, it should be a runner and its program", n)
	}
	r.stop()
	text, err := os.ReadFile(filepath.Join(r.home.Dir(home.Logs), "web", "log.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if _, err := time.Parse("2006-01-02T15:04:05.000", line[:min(len(line), 23)]); err != nil || !strings.HasSuffix(line, "\n") {
			t.Errorf("a line is torn: %q", line)
		}
	}
	for _, run := range r.runs() {
		if run.End == nil {
			t.Errorf("run %d has no end", run.Number)
		}
	}
}
