package actor

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/lifecycle"
)

func init() {
	programs["forgot-main"] = func() {
		_, err := guest.Call(context.Background(), wrapperspb.String("x"))
		fmt.Printf("%v\nstarted a process: %v\n", err, startedSomething())
	}
	programs["forgot-main-by-name"] = func() {
		_, err := Call[*text](context.Background(), "guest-program", wrapperspb.String("x"))
		fmt.Fprintf(os.Stderr, "%v; started a process: %v\n", err, startedSomething())
	}
	programs["logs-first"] = func() {
		LogTo(LevelNone, nil)
		hostObject(guest)
	}
	programs["calls"] = func() {
		here().locate = locatePrograms
		got, err := Call[*text](context.Background(), "guest-program", wrapperspb.String("x"))
		fmt.Println(got.GetValue(), err, startedForObject())
	}
	programs["third-party"] = func() { callsWithLeak() }
}

// startedSomething reports whether this process has ever had a child that
// ended: one that it reaped used memory.
func startedSomething() bool {
	var used syscall.Rusage
	return syscall.Getrusage(syscall.RUSAGE_CHILDREN, &used) != nil || used.Maxrss != 0
}

// callsWithLeak is a program that knows nothing of us and was started with a
// link. It starts programs that do, which inherit the marker: with no
// descriptor 3 (a wrapper that passes it on passes on the call), and with another socket in its place. What they say goes to
// standard error, where it is quoted.
func callsWithLeak() {
	syscall.CloseOnExec(linkFD)
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		panic(err)
	}
	for _, extra := range [][]*os.File{nil, {os.NewFile(uintptr(fds[0]), "stray")}} {
		c := exec.Command("/proc/self/exe")
		c.Args, c.ExtraFiles = []string{"calls"}, extra
		c.Stdout, c.Stderr = os.Stderr, os.Stderr
		if err := c.Run(); err != nil {
			panic(err)
		}
	}
}

func runProgram(t *testing.T, name string) string {
	t.Helper()
	c := exec.Command("/proc/self/exe")
	c.Args = []string{name}
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", name, err, out)
	}
	return string(out)
}

// A program whose main function does not begin with Main gets an error when it
// calls its own objects, and starts nothing: not itself again and again.
func TestForgottenMain(t *testing.T) {
	t.Run("run by hand", func(t *testing.T) {
		p := newPlace(t)
		want := "guest: cannot start (" + errNoMain.Error() + ")\nstarted a process: false\n"
		if got := runProgram(t, "forgot-main"); got != want {
			t.Errorf("it says\n%swant\n%s", got, want)
		}
		p.nothingLeft()
	})
	t.Run("started by one of ours", func(t *testing.T) {
		p := newPlace(t)
		_, err := callIn[*text](p, context.Background(), "forgot-main-by-name", nil)
		checkFault(t, err, cause(lifecycle.Faulted_CAUSE_NOT_FRAMEWORK),
			`its last line was: guest-program: cannot start \(this process was started to run an object, and its main function did not begin with .*\); started a process: false$`)
	})
	t.Run("in this process it works all the same", func(t *testing.T) {
		p := newPlace(t)
		got, err := callObject(p, context.Background(), guest, wrapperspb.String("x"), InProcess())
		if err != nil || got.GetValue() != "default settings/x" {
			t.Errorf("%v, %v", got, err)
		}
	})
}

// A marker that reaches programs that it is not for does not confuse them.
func TestLeakedMarker(t *testing.T) {
	p := newPlace(t)
	_, err := callIn[*text](p, context.Background(), "third-party", nil)
	checkFault(t, err, cause(lifecycle.Faulted_CAUSE_NOT_FRAMEWORK),
		`(?s)its last lines were:\s+default settings/x <nil> false\s+default settings/x <nil> false$`)
}

// A program that uses the package before Main is in its place in the tree all
// the same.
func TestUsedBeforeMain(t *testing.T) {
	p := newPlace(t)
	err := p.ends(p.object(func(self *Context) error {
		child := self.Process("logs-first", wrapperspb.String("talks"))
		m, err := self.Select(KindOf[*text](), KindOf[*lifecycle.Completed]())
		if err != nil {
			return err
		}
		if m.Body.(*text).GetValue() != "hello, parent" || !m.From.Equal(child) {
			t.Errorf("heard %v from %v", m.Body, m.From)
		}
		return nil
	}))
	if err != nil {
		t.Error(err)
	}
}
