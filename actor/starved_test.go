package actor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/lifecycle"
)

var echo = Define("echo", func(_ *Context, _ *lifecycle.None, in *wrapperspb.StringValue) (*wrapperspb.StringValue, error) {
	return in, nil
})

func init() {
	programs["echo-program"] = func() { hostObject(echo) }
	programs["starved for a while"] = func() { starved(true) }
	programs["starved"] = func() { starved(false) }
	programs["starved without a deadline"] = func() { starvedWithoutDeadline() }
}

// hostObject makes the program an object that is called by the program's name.
func hostObject(def Definition) {
	h, err := NewHost()
	if err != nil {
		panic(err)
	}
	begin := h.Begin()
	if begin == nil {
		os.Exit(1)
	}
	h.HeedSignals()
	h.Exit(h.Serve(def, begin))
}

// starved is a program that has no descriptors left when it makes a call, and
// gets some back when it waits for them, if it recovers.
func starved(recovers bool) {
	n := here()
	n.locate = locatePrograms
	call := func(options ...Option) (*wrapperspb.StringValue, error) {
		return Call[*wrapperspb.StringValue](context.Background(), "echo-program", wrapperspb.String("hello"), options...)
	}
	if _, err := call(); err != nil { // everything that is opened once is open now
		fmt.Println("fed:", err)
		return
	}
	var before syscall.Rlimit
	_ = syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before) // a limit of 0 would show below
	n.log.to(LevelWarning, func(r *LogRecord) {
		if strings.Contains(r.GetText(), "cannot start yet") && recovers {
			_ = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before)
		}
	})
	useUp(before)
	patience := time.Second // until the fault
	if recovers {
		patience = time.Minute // never needed
	}
	got, err := call(Timeout(patience))
	_ = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before)
	fmt.Println(got.GetValue(), err)
}

// starvedWithoutDeadline is a program that has no descriptors left, and does not
// limit its calls.
func starvedWithoutDeadline() {
	n := here()
	n.locate, n.limits.start = locatePrograms, 300*time.Millisecond
	if _, err := Call[*wrapperspb.StringValue](context.Background(), "echo-program", nil); err != nil {
		fmt.Println("fed:", err)
		return
	}
	var before syscall.Rlimit
	_ = syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before)
	useUp(before)
	_, called := Call[*wrapperspb.StringValue](context.Background(), "echo-program", nil)
	run := Utility("true").Run(context.Background())
	_ = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before)
	for _, err := range []error{called, run} {
		fmt.Println(errors.Is(err, cause(lifecycle.Faulted_CAUSE_NO_RESOURCES)), err)
	}
}

// useUp leaves no descriptor under the limit.
func useUp(limit syscall.Rlimit) {
	limit.Cur = 64
	_ = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit)
	for {
		if _, err := syscall.Dup(0); err != nil {
			return
		}
	}
}

// A call waits while the system has nothing to give, and says so when its
// time is up.
func TestWaitsForResources(t *testing.T) {
	tests := []struct{ program, want string }{
		{"starved for a while", `^hello <nil>\n$`},
		{"starved", `^ timed out \(echo-program: cannot start: the system is short of resources \(.*too many open files.*\)\)\n$`},
		{"starved without a deadline", `^echo-program: cannot start yet: .*too many open files.*\n` +
			`true: cannot start yet: .*too many open files.*\n` +
			`true echo-program: cannot start: the system was short of resources for 300ms \(.*too many open files.*\)\n` +
			`true true: cannot start: the system was short of resources for 300ms \(.*too many open files.*\)\n$`},
	}
	for _, tt := range tests {
		t.Run(tt.program, func(t *testing.T) {
			p := newPlace(t)
			c := exec.Command("/proc/self/exe")
			c.Args = []string{tt.program}
			out, err := c.CombinedOutput()
			if err != nil || !regexp.MustCompile(tt.want).Match(out) {
				t.Errorf("got %q, %v\nwant %s", out, err, tt.want)
			}
			p.nothingLeft()
		})
	}
}
