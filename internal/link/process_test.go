package link

import (
	"bufio"
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
		cmd := exec.Command("/proc/self/exe", "-test.run=^$")
		cmd.Env = append(os.Environ(), "ANSAR_LINK_TEST="+name, "GORACE=atexit_sleep_ms=0")
		cmd.ExtraFiles = []*os.File{b}
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			a.Close()
			if err := cmd.Wait(); err != nil {
				t.Errorf("process that plays %s: %v", name, err)
			}
		})
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
