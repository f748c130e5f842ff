package link

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"google.golang.org/protobuf/encoding/protodelim"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/ansar-go/ansar/internal/link/linkpb"
)

// parts are what the other side of a socket can play, in a goroutine or in a
// process. Each ends with the connection.
var parts = map[string]func(net.Conn){
	"raw echo":  rawEcho,
	"raw sink":  rawSink,
	"raw copy":  rawCopy,
	"link echo": func(c net.Conn) { linkPart(c, echo) },
	"link sink": func(c net.Conn) { linkPart(c, sink) },
}

// playChild is what the test binary does when a test runs it as a process.
func playChild(name string) int {
	c, err := net.FileConn(os.NewFile(3, "link"))
	if err != nil {
		return 1
	}
	_ = syscall.Close(3)
	parts[name](c)
	return 0
}

// socketpair returns two connected sockets.
func socketpair(t testing.TB) (a net.Conn, b *os.File) {
	t.Helper()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	f := os.NewFile(uintptr(fds[0]), "a")
	defer f.Close()
	if a, err = net.FileConn(f); err != nil {
		t.Fatal(err)
	}
	return a, os.NewFile(uintptr(fds[1]), "b")
}

// withPart runs a part and returns the connection with it. When the test ends,
// so does the part: its goroutine or process is waited for.
func withPart(t testing.TB, process bool, name string) net.Conn {
	t.Helper()
	a, b := socketpair(t)
	defer b.Close()
	if process {
		startPart(t, a, b, name)
		return a
	}
	c, err := net.FileConn(b)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		parts[name](c)
		c.Close()
	}()
	t.Cleanup(func() {
		a.Close()
		<-ended
	})
	return a
}

// startPart starts a process that plays a part, and returns it. At the end of
// the test it must end by itself, unless it was killed, and is reaped.
func startPart(t testing.TB, a net.Conn, b *os.File, name string) *os.Process {
	t.Helper()
	cmd := exec.Command("/proc/self/exe", "-test.run=^$")
	cmd.Env = append(os.Environ(), "ANSAR_LINK_TEST="+name, "GORACE=atexit_sleep_ms=0")
	cmd.ExtraFiles = []*os.File{b}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		a.Close()
		var exit *exec.ExitError
		if err := cmd.Wait(); err != nil && !(errors.As(err, &exit) && exit.ExitCode() == -1) {
			t.Errorf("process that plays %s: %v", name, err)
		}
	})
	return cmd.Process
}

// Messages, watches and the end of a child that is killed, between two
// processes over a pair of sockets.
func TestProcesses(t *testing.T) {
	a, b := socketpair(t)
	child := startPart(t, a, b, "link echo")
	b.Close()
	n, h := newNode("1", nil), newHandler()
	l := n.router.AddChild("1.1", a, h)
	t.Cleanup(n.router.Close)
	if err := l.Hello(&linkpb.Hello{}); err != nil {
		t.Fatal(err)
	}
	if got := <-h.first; got.Pid != int32(child.Pid) {
		t.Errorf("Hello is from %d, want %d", got.Pid, child.Pid)
	}
	sizes := []int{0, 1, 100_000, 2, 3_000_000, 3}
	for _, size := range sizes {
		if err := n.router.Send(context.Background(), PID{"1.1", "t"}, n.pid("s"), payloadOf(size)); err != nil {
			t.Fatal(err)
		}
	}
	n.await(func() bool { return len(n.messages) == len(sizes) })
	for i, m := range n.messages {
		v := new(wrapperspb.BytesValue)
		if err := proto.Unmarshal(m.Payload, v); err != nil || len(v.Value) != sizes[i] || m.Sender != (PID{"1.1", "t"}) {
			t.Errorf("answer %d has %d bytes from %v, %v; want %d", i, len(v.Value), m.Sender, err, sizes[i])
		}
	}
	n.router.Watch(PID{"1.1", "t"}, n.pid("w"))
	if err := child.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := <-h.closed; err != io.EOF {
		t.Errorf("link to a killed child ended with %v, want EOF", err)
	}
	if len(n.terminated) != 1 || n.terminated[0].reason != ReasonProcessGone {
		t.Errorf("the watcher was told %v, want one that the process is gone", n.terminated)
	}
}

func rawEcho(c net.Conn) {
	r, w, m := bufio.NewReader(c), bufio.NewWriter(c), new(wrapperspb.BytesValue)
	for protodelim.UnmarshalFrom(r, m) == nil {
		if _, err := protodelim.MarshalTo(w, m); err != nil || w.Flush() != nil {
			return
		}
	}
}

// rawSink answers the empty message.
func rawSink(c net.Conn) {
	r, w, m := bufio.NewReader(c), bufio.NewWriter(c), new(wrapperspb.BytesValue)
	for protodelim.UnmarshalFrom(r, m) == nil {
		if len(m.Value) > 0 {
			continue
		}
		if _, err := protodelim.MarshalTo(w, m); err != nil || w.Flush() != nil {
			return
		}
	}
}

// rawCopy answers with one byte when it holds largeValue bytes.
func rawCopy(c net.Conn) {
	for {
		if _, err := io.ReadFull(c, make([]byte, largeValue)); err != nil {
			return
		}
		if _, err := c.Write([]byte{1}); err != nil {
			return
		}
	}
}

// linkPart is the child "1.1", which does f with every message.
func linkPart(c net.Conn, f func(*Router, Message, proto.Message)) {
	n := newNode("1.1", nil)
	n.onDeliver = func(m Message) {
		v := new(wrapperspb.BytesValue)
		if len(m.Payload) >= largeValue {
			// The bytes are there; to decode them is another copy.
		} else if err := proto.Unmarshal(m.Payload, v); err != nil {
			panic(err)
		}
		f(n.router, m, v)
	}
	h := newHandler()
	l := n.router.AddParent(c, h)
	if err := l.Hello(&linkpb.Hello{Pid: int32(os.Getpid())}); err != nil {
		panic(err)
	}
	<-l.Done()
}

func echo(r *Router, m Message, v proto.Message) {
	_ = r.TrySend(m.Sender, m.Target, v) // the link ends with the test
	m.Done()
}

// sink answers a message that has a sender.
func sink(r *Router, m Message, v proto.Message) {
	m.Done()
	if m.Sender.ID != "" {
		_ = r.TrySend(m.Sender, m.Target, &wrapperspb.BytesValue{}) // as above
	}
}
