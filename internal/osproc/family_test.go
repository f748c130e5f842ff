//go:build linux

package osproc_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/ansar-go/ansar/internal/osproc"
)

const kinVariable = "OSPROC_TEST_KIN"

// elder looks for the families of two processes, whose members are in groups and sessions of their own.
func elder(args []string) {
	if args[0] == "own" {
		osproc.OwnMain()
	}
	const script = "sleep 1001 & setsid sleep 1002 & sh -c 'setsid sh -c \"sleep 1003 & sleep 1004\" &'; echo ready; read x"
	family := func(token string, left chan<- int) (osproc.Family, func()) {
		r, w, err := os.Pipe()
		must(err)
		said := awaiting("ready")
		f := osproc.Family{Variable: kinVariable, Token: token}
		known := make(chan struct{})
		f.Root = begin(&osproc.Spec{
			Path: find("sh"), Args: []string{"sh", "-c", script}, Stdin: r, Stdout: said,
			Env: append(os.Environ(), kinVariable+"=outer/"+token),
			Ended: func(*osproc.Process) {
				<-known
				held := f.Left()
				defer held.Close()
				left <- held.Len()
			},
		})
		close(known)
		r.Close()
		<-said.seen
		return f, func() { w.Close() }
	}
	lefts := make(chan int, 2)
	one, end := family("one", lefts)
	two, endTwo := family("two", lefts)

	all := settled(one, 4)
	defer all.Close()
	fmt.Println(names(all))
	over, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	fmt.Println("all ended:", all.Await(over), all.AwaitThread(over))

	end()
	<-one.Root.Done()
	left := settled(osproc.Family{Variable: kinVariable, Token: "one"}, 3) // its group was killed
	fmt.Println("left:", <-lefts >= 4, names(left))
	left.Signal(syscall.SIGKILL, 0)
	fmt.Println("all ended:", left.Await(context.Background()))
	left.Close()
	fmt.Println("then:", settled(one, 0).Len())

	other := settled(two, 4)
	fmt.Println("the other:", names(other))
	other.Signal(syscall.SIGKILL, two.Root.Pid())
	endTwo()
	<-two.Root.Done()
	fmt.Println("all ended:", other.AwaitThread(context.Background()))
	other.Close()
}

// settled returns the members when so many sleep, or there is none: some are just being
// started, or executed.
func settled(f osproc.Family, n int) *osproc.Held {
	for deadline := time.Now().Add(hang); ; time.Sleep(time.Millisecond) {
		held := f.Find()
		if time.Now().After(deadline) || held.Len() == 0 && n == 0 || n > 0 && strings.Count(names(held), "sleep ") == n {
			return held
		}
		held.Close()
	}
}

// names lists which of the sleeps are among the members.
func names(held *osproc.Held) string {
	var found []string
	for _, m := range held.Members() {
		for _, name := range []string{"sleep 1001", "sleep 1002", "sleep 1003", "sleep 1004"} {
			if m.CommandLine == name {
				found = append(found, name)
			}
		}
	}
	return strings.Join(found, ",")
}

// A family is found whole, wherever it went, and not mistaken for another.
func TestFamily(t *testing.T) {
	for _, program := range []string{"own", "plain"} {
		t.Run(program, func(t *testing.T) {
			var said strings.Builder
			spec := role("elder", program)
			spec.Stdout = &said
			p := start(t, spec)
			await(t, p.Done(), "done")
			lines := strings.Split(said.String(), "\n")
			for i, line := range lines {
				lines[i] = sorted(line)
			}
			want := []string{
				"sleep 1001,sleep 1002,sleep 1003,sleep 1004", "all ended: false false",
				"left: true sleep 1002,sleep 1003,sleep 1004", "all ended: true", "then: 0", "the other: sleep 1001,sleep 1002,sleep 1003,sleep 1004", "all ended: true", "",
			}
			if diff := cmp.Diff(want, lines); diff != "" {
				t.Errorf("it said (-want +got):\n%s%v %s", diff, p.Exit(), p.Tail())
			}
			for _, pid := range runningChildren() {
				t.Errorf("left: %s", pid)
			}
		})
	}
}

// sorted sorts the names of a line.
func sorted(line string) string {
	i := max(0, strings.Index(line, "sleep"))
	names := strings.Split(line[i:], ",")
	slices.Sort(names)
	return line[:i] + strings.Join(names, ",")
}

// sentinelName is argv[0] of a sentinel, which has no environment to be told in.
const sentinelName = "osproc-test-sentinel"

// guarded starts a sentinel and is killed.
func guarded(args []string) {
	osproc.OwnMain()
	must(osproc.Sentinel([]string{sentinelName, args[0]}))
	fmt.Printf("adopted %d", osproc.KillAdopted(hang))
	must(syscall.Kill(os.Getpid(), syscall.SIGKILL))
}

// sentinel waits for the end of the process that started it, and writes down what it is.
func sentinel(path string) {
	n, err := os.Stdin.Read(make([]byte, 1))
	dir, _ := os.Getwd()
	leader, _ := unix.Getsid(0)
	text := fmt.Sprintf("%d %d %v, %d variables, in %s, leader %v", os.Getpid(), n, err, len(os.Environ()), dir, leader == os.Getpid())
	must(os.WriteFile(path+".new", []byte(text), 0o600))
	must(os.Rename(path+".new", path))
}

// A sentinel outlives a process that is killed, and is not taken for one that was adopted.
func TestSentinel(t *testing.T) {
	path := t.TempDir() + "/said"
	said := awaiting("adopted")
	spec := role("guarded", path)
	spec.Stdout = said
	p := start(t, spec)
	await(t, p.Done(), "done")
	if got := said.String(); got != "adopted 0" {
		t.Errorf("it said %q", got)
	}
	var text []byte
	for deadline := time.Now().Add(hang); len(text) == 0; time.Sleep(time.Millisecond) {
		if text, _ = os.ReadFile(path); time.Now().After(deadline) {
			t.Fatal("the sentinel says nothing")
		}
	}
	pid, rest, _ := strings.Cut(string(text), " ")
	awaitOrphan(t, number(pid))
	if diff := cmp.Diff("0 EOF, 0 variables, in /, leader true", rest); diff != "" {
		t.Errorf("the sentinel (-want +got):\n%s", diff)
	}
}
