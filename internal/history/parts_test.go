package history

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/ansar-go/ansar/internal/home"
)

// partVariable names the part that this test binary plays in another test.
const (
	partVariable = "ANSAR_HISTORY_PART"
	homeVariable = "ANSAR_HISTORY_HOME"
)

// parts are other processes. They say a word on standard output when they have
// come so far that the test can go on, and end when standard input does.
var parts = map[string]func(h *home.Home){
	"role":   func(h *home.Home) { playRole(h, "r", 0) },
	"child":  func(h *home.Home) { playRole(h, "r", os.Getppid()) },
	"keeper": func(h *home.Home) { hold(h, "r"+keeperSuffix) },
	"lock":   func(h *home.Home) { hold(h, "r") },
	"settle": func(h *home.Home) {
		awaitEnd()
		run, err := Of(h, "r").Settle()
		check(err)
		fmt.Println(run.End.How)
	},
	"notes": func(h *home.Home) {
		for i := range 150 {
			last, err := Of(h, "r").Last()
			check(err)
			check(Of(h, "r").Stopping(last.Number, fmt.Sprintf("%d-%d", os.Getpid(), i)))
			fmt.Println(last.Number)
		}
	},
	"ends": func(h *home.Home) { // for ever, until it is killed
		fmt.Println("ends")
		first := must2(os.Stat(historyFile(h))).Size()
		big := json.RawMessage(strconv.Quote(strings.Repeat("x", 4<<20)))
		line := must2((&record{Run: 1, Event: ended, Time: now(), End: &Ending{How: Vanished, Value: big}}).line())
		for { // nearly all of its time in the write
			w := must2(Of(h, "r").lock(false))
			check(w.file.Truncate(first))
			must2(syscall.Write(int(w.file.Fd()), line))
			w.close()
		}
	},
	"no room": func(h *home.Home) {
		f := Of(h, "r")
		n, err := f.Begin(Begin{})
		check(err)
		limit := syscall.Rlimit{Cur: 4 << 10, Max: 4 << 10}
		signal.Ignore(syscall.SIGXFSZ)
		check(syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit))
		check(f.End(n, Ending{How: Returned, Type: "Ack", Value: json.RawMessage(strconv.Quote(strings.Repeat("x", 64<<10)))}))
	},
	"stuck writer": func(h *home.Home) {
		w, err := Of(h, "r").lock(false)
		check(err)
		defer w.close()
		fmt.Println("locked")
		awaitEnd()
	},
}

func playRole(h *home.Home, role string, parent int) {
	hold := must2(h.Acquire(role))
	f := Of(h, role)
	n := must2(f.Begin(Begin{Executable: "noop", By: "test", Parent: parent}))
	check(f.Ready(n))
	fmt.Println(n)
	awaitEnd()
	check(f.End(n, Ending{How: Returned, Type: "Ack"}))
	hold.Release()
}

func hold(h *home.Home, role string) {
	l := must2(h.Acquire(role))
	fmt.Println("held")
	awaitEnd()
	l.Release()
}

func awaitEnd() { _, _ = io.Copy(io.Discard, os.Stdin) }

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, os.Getenv(partVariable), err)
		os.Exit(1)
	}
}

func must2[T any](v T, err error) T {
	check(err)
	return v
}

func playPart(name string) {
	h := must2(home.Open(os.Getenv(homeVariable)))
	parts[name](h)
	os.Exit(0)
}

// other is another process that plays a part.
type other struct {
	*exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

func play(t testing.TB, h *home.Home, name string) *other {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), partVariable+"="+name, homeVariable+"="+h.Root(), "GORACE=atexit_sleep_ms=0")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	ok(t, err)
	out, err := cmd.StdoutPipe()
	ok(t, err)
	ok(t, cmd.Start())
	o := &other{cmd, in, bufio.NewScanner(out)}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()         // the same
	})
	return o
}

// word waits for the next word of the other, and returns it.
func (o *other) word(t testing.TB) string {
	t.Helper()
	if !o.out.Scan() {
		t.Fatalf("%v said nothing more", o.Args)
	}
	return o.out.Text()
}

// end tells it to end, and waits for that.
func (o *other) end(t testing.TB) {
	t.Helper()
	_ = o.in.Close()
	for o.out.Scan() { // until it is gone
	}
	if err := o.Wait(); err != nil {
		t.Errorf("part: %v", err)
	}
}

func (o *other) kill(t testing.TB) {
	t.Helper()
	ok(t, o.Process.Kill())
	_ = o.Wait() // it was killed
}
