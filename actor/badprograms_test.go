package actor

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"

	"google.golang.org/protobuf/encoding/protodelim"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/internal/link/linkpb"
	"github.com/ansar-go/ansar/lifecycle"
)

// Programs that are not of this framework, or speak its protocol wrongly.
func init() {
	for name, run := range map[string]func(){
		"exits-0":      func() {},
		"exits-3":      func() { os.Stderr.WriteString("going down\n"); os.Exit(3) },
		"killed-early": func() { raise(syscall.SIGKILL) },
		"sleeps":       func() { time.Sleep(time.Hour) },
		"deaf":         func() { signal.Ignore(syscall.SIGTERM); time.Sleep(time.Hour) },
		"closes":       func() { closeAll(); time.Sleep(time.Hour) },
		"garbage":      func() { say(bytes.Repeat([]byte("this is not a frame "), 100)); time.Sleep(time.Hour) },
		"no-length":    func() { say(bytes.Repeat([]byte{0xff}, 100)); os.Exit(1) },
		"huge-frame":   func() { say([]byte{0xff, 0xff, 0xff, 0x7f}); time.Sleep(time.Hour) },
		"no-hello":     func() { say(framed(&linkpb.Frame{Kind: &linkpb.Frame_Ready{Ready: &linkpb.Ready{}}})); os.Exit(0) },
		"wrong-side": func() {
			say(hello(1), framed(&linkpb.Frame{Kind: &linkpb.Frame_Stop{Stop: &linkpb.Stop{}}}))
			os.Exit(0)
		},
		"half-frame":  func() { say(hello(1), []byte{100, 1, 2, 3}); os.Exit(0) },
		"version-2":   func() { say(hello(2)); _, _ = io.Copy(io.Discard, theLink()); os.Exit(0) },
		"greets":      func() { say(hello(1)); os.Exit(0) },
		"hangs-up":    func() { say(hello(1)); closeAll(); time.Sleep(time.Hour) },
		"other-value": func() { say(hello(1), completed("no.such.Type", nil)); os.Exit(0) },
		"bad-value":   func() { say(hello(1), completed("google.protobuf.StringValue", []byte{0xff})); os.Exit(0) },
		"stays":       func() { say(hello(1), completed("google.protobuf.StringValue", nil)); time.Sleep(time.Hour) },
		"daemon":      func() { time.Sleep(time.Hour) },
	} {
		programs[name] = run
	}
}

func raise(sig syscall.Signal) {
	_ = syscall.Kill(os.Getpid(), sig)
	time.Sleep(time.Hour)
}

func closeAll() {
	for fd := range 4 {
		_ = syscall.Close(fd)
	}
}

func theLink() *os.File { return os.NewFile(linkFD, "link") }

func say(frames ...[]byte) {
	if _, err := theLink().Write(bytes.Join(frames, nil)); err != nil {
		panic(err)
	}
}

func framed(f *linkpb.Frame) []byte {
	var b bytes.Buffer
	if _, err := protodelim.MarshalTo(&b, f); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func hello(major uint32) []byte {
	return framed(&linkpb.Frame{Kind: &linkpb.Frame_Hello{Hello: &linkpb.Hello{Major: major, Name: "raw"}}})
}

func completed(name string, payload []byte) []byte {
	return framed(&linkpb.Frame{Kind: &linkpb.Frame_Completed{Completed: &linkpb.Completed{Type: name, Payload: payload}}})
}

// misbehave is an object that ends as its input says.
var misbehave = Define("misbehave", func(self *Context, _ *lifecycle.None, how *wrapperspb.StringValue) (*wrapperspb.StringValue, error) {
	manners[how.GetValue()](self)
	return wrapperspb.String(how.GetValue()), nil
}).AnnouncesReady()

var manners = map[string]func(*Context){
	"exits 0":            func(*Context) { os.Exit(0) },
	"exits 3":            func(*Context) { os.Stderr.WriteString("going down\n"); os.Exit(3) },
	"panics":             func(*Context) { panic("out of luck") },
	"panics elsewhere":   func(*Context) { go func() { panic("out of luck over there") }(); time.Sleep(time.Hour) },
	"panics deeply":      func(*Context) { go deep(200); time.Sleep(time.Hour) },
	"is killed":          func(*Context) { raise(syscall.SIGKILL) },
	"ends its goroutine": func(*Context) { runtime.Goexit() },
	"is busy":            func(self *Context) { self.Ready(); busyLoop() },
	"is blocked":         func(self *Context) { self.Ready(); blockInSystem() },
	"closes everything":  func(*Context) { closeAll(); time.Sleep(time.Hour) },
	"leaves a daemon":    func(*Context) { start("sh", "-c", "setsid sleep 3600 & exit 0") },
	"leaves a child": func(*Context) {
		c := exec.Command("sleep", "3600")
		c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		c.Stdout = os.Stdout
		if err := c.Start(); err != nil {
			panic(err)
		}
	},
	"prints 50 MB": func(*Context) { printMuch(os.Stdout, "o"); printMuch(os.Stderr, "e") },
}

func deep(n int) {
	if n == 0 {
		panic("out of luck, far down")
	}
	deep(n - 1)
}

func busyLoop() {
	for i := 0; ; i++ {
		spin = i
	}
}

var spin int

func blockInSystem() {
	var fds [2]int
	if err := syscall.Pipe(fds[:]); err != nil {
		panic(err)
	}
	_, _ = syscall.Read(fds[0], make([]byte, 1)) // nobody writes
}

// start runs a command that inherits the standard output to its end.
func start(name string, args ...string) {
	c := exec.Command(name, args...)
	c.Stdout = os.Stdout
	if err := c.Run(); err != nil {
		panic(err)
	}
}

const muchLines, muchLength = 50_000, 1000

func printMuch(w io.Writer, text string) {
	line := []byte(strings.Repeat(text, muchLength-1) + "\n")
	for range muchLines {
		if _, err := w.Write(line); err != nil {
			panic(err)
		}
	}
}
