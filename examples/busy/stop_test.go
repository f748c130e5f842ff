package busy_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/examples/examplespb"
	"github.com/ansar-go/ansar/internal/proctest"
	"github.com/ansar-go/ansar/lifecycle"
)

// The trees run on programs that are built as users build them: a race
// detector in each process would take ten times the memory.

// rounds is how often a tree is interrupted: ANSAR_ROUNDS, or 8. The full
// proof takes 30.
func rounds() int {
	if n, err := strconv.Atoi(os.Getenv("ANSAR_ROUNDS")); err == nil {
		return n
	}
	return 8
}

const (
	levels   = 5 // of 3 managers: 484 in the count, 1,089 processes with the factorials
	hang     = 10 * time.Second
	target   = 2 * time.Second
	patience = actor.DefaultOrphanLimit
)

// An interruption ends a tree that runs, or a part of it, and gives when.
type interruption struct {
	name   string
	byHand bool // the top is a tool that a user has started, not a call
	do     func(t *testing.T, tree *tree)
}

var interruptions = []interruption{
	{"Stop", false, func(_ *testing.T, tree *tree) { tree.cancel() }},
	{"ctrl-C", true, func(t *testing.T, tree *tree) { tree.signal(t, tree.top, syscall.SIGINT) }},
	{"SIGKILL of the top", false, func(t *testing.T, tree *tree) { tree.signal(t, tree.top, syscall.SIGKILL) }},
	{"SIGKILL of an inner process, then Stop", false, func(t *testing.T, tree *tree) {
		if alive := proctest.Alive(tree.mark); len(alive) > 0 {
			tree.signal(t, alive[rand.IntN(len(alive))], syscall.SIGKILL)
		}
		tree.cancel()
	}},
}

// Whenever and however a tree of a thousand processes is ended, nothing of it
// is left.
func TestInterrupted(t *testing.T) {
	if testing.Short() {
		t.Skip("a thousand processes: not with -short")
	}
	bin := build(t, "noop", "snooze", "factorial", "busy")
	for i := range rounds() {
		how := interruptions[i%len(interruptions)]
		at := rand.N(3 * time.Second)
		t.Run(fmt.Sprintf("%s at %v", how.name, at.Round(time.Millisecond)), func(t *testing.T) {
			tree := grow(t, bin, how.byHand)
			tree.runFor(at)
			begun := time.Now()
			how.do(t, tree)
			tree.gone(t, begun, hang)
			if took := time.Since(begun); took > target {
				t.Logf("took %v, more than the target of %v", took.Round(time.Millisecond), target)
			}
		})
	}
}

// Where every tenth process does not heed a stop and some are suspended, the
// end takes as long as the limit for orphans, and healthy objects clean up.
func TestUnruly(t *testing.T) {
	if testing.Short() {
		t.Skip("a thousand processes: not with -short")
	}
	bin := buildUnruly(t, "noop", "snooze", "factorial", "busy")
	for i := range max(1, rounds()/2) {
		how := interruptions[i%len(interruptions)]
		t.Run(how.name, func(t *testing.T) {
			begunAt, cleanedAt := t.TempDir(), t.TempDir()
			t.Setenv("UNRULY_BEGUN", begunAt)
			t.Setenv("UNRULY_CLEANED", cleanedAt)
			tree := grow(t, bin, how.byHand)
			tree.runFor(time.Second + rand.N(3*time.Second))
			tree.suspendSome(t)
			begun := time.Now()
			how.do(t, tree)
			tree.gone(t, begun, patience+time.Second)
			healthy(t, begunAt, cleanedAt)
		})
	}
}

// healthy checks that who began also cleaned up. At most the one process that
// was killed by the test itself may not have.
func healthy(t *testing.T, begunAt, cleanedAt string) {
	t.Helper()
	began, err := os.ReadDir(begunAt)
	if err != nil {
		t.Fatal(err)
	}
	var missing []string
	for _, entry := range began {
		if _, err := os.Stat(filepath.Join(cleanedAt, entry.Name())); err != nil {
			who, _ := os.ReadFile(filepath.Join(begunAt, entry.Name())) // it is there
			missing = append(missing, entry.Name()+" "+string(who))
		}
	}
	if len(missing) > 1 {
		t.Errorf("%d of %d healthy processes did not clean up:\n\t%s", len(missing), len(began), strings.Join(missing, "\n\t"))
	}
}

// tree is a busy tree that runs as a program of its own, as a user runs it.
type tree struct {
	mark   string
	top    int
	cancel context.CancelFunc
	ended  chan error
}

// grow starts a tree, called by this process or by hand.
func grow(t *testing.T, bin string, byHand bool) *tree {
	t.Helper()
	mark := proctest.Mark(t)
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	tr := &tree{mark: mark, cancel: cancel, ended: make(chan error, 1)}
	if byHand {
		tr.top = tr.runTool(t, bin)
		return tr
	}
	go func() {
		_, err := actor.Call[*examplespb.JobReturned](ctx, "busy", &examplespb.JobInput{
			Managers: 3, ManagementLevels: levels, Duties: []string{"noop", "snooze", "factorial"},
		}, actor.Grace(patience))
		tr.ended <- err
	}()
	for deadline := time.Now().Add(hang); tr.top == 0; {
		if alive := proctest.Alive(mark); len(alive) > 0 {
			tr.top = alive[0]
		} else if time.Now().After(deadline) {
			t.Fatal("the tree does not start")
		}
	}
	return tr
}

// runTool runs busy as a user does, and gives its process id.
func (tr *tree) runTool(t *testing.T, bin string) int {
	t.Helper()
	input := filepath.Join(t.TempDir(), "input.json")
	text := fmt.Sprintf(`{"value": {"managers": 3, "management_levels": %d, "duties": ["noop", "snooze", "factorial"]}}`, levels)
	if err := os.WriteFile(input, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	tool := exec.Command(filepath.Join(bin, "busy"), "--input-file="+input, fmt.Sprintf("--grace=%v", patience))
	tool.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := tool.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = tool.Wait() // an exit status of 130 is what is expected of it
		tr.ended <- nil
	}()
	return tool.Process.Pid
}

// runFor lets the tree run, or until it has ended by itself.
func (tr *tree) runFor(d time.Duration) {
	select {
	case <-time.After(d):
	case err := <-tr.ended:
		tr.ended <- err
	}
}

func (tr *tree) signal(t *testing.T, pid int, sig syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(pid, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
		t.Fatal(err)
	}
}

// suspendSome suspends one in twenty, never the top.
func (tr *tree) suspendSome(t *testing.T) {
	t.Helper()
	for i, pid := range proctest.Alive(tr.mark) {
		if i%20 == 7 && pid != tr.top {
			tr.signal(t, pid, syscall.SIGSTOP)
		}
	}
}

// gone waits for the end of the call and of every process.
func (tr *tree) gone(t *testing.T, begun time.Time, limit time.Duration) {
	t.Helper()
	left := proctest.Gone(tr.mark, limit-time.Since(begun))
	if len(left) > 0 {
		t.Fatalf("%d processes are left after %v", len(left), time.Since(begun).Round(time.Millisecond))
	}
	select {
	case err := <-tr.ended:
		if err != nil && !errors.Is(err, lifecycle.ErrAborted) {
			t.Errorf("the call ended with %v", err)
		}
	case <-time.After(hang):
		t.Fatal("the call does not return, though all its processes are gone")
	}
	t.Logf("gone after %v", time.Since(begun).Round(time.Millisecond))
}

func build(t *testing.T, names ...string) string {
	t.Helper()
	bin := t.TempDir()
	for _, name := range names {
		compile(t, filepath.Join(bin, name), "../"+name+"/main")
	}
	return bin
}

func buildUnruly(t *testing.T, names ...string) string {
	t.Helper()
	bin := t.TempDir()
	first := filepath.Join(bin, names[0])
	compile(t, first, "./unruly")
	for _, name := range names[1:] {
		if err := os.Link(first, filepath.Join(bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	return bin
}

func compile(t *testing.T, to, from string) {
	t.Helper()
	out, err := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", to, from).CombinedOutput()
	if err != nil {
		t.Fatalf("build %s: %v\n%s", from, err, out)
	}
}
