package server_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/examples/server"
	"github.com/ansar-go/ansar/lifecycle"
)

func TestMain(m *testing.M) {
	actor.Main()
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/ansar-go/ansar/actor.(*dispatcher).work"))
}

// freePort is a port that nobody listens on, outside of the range that
// connections take theirs from.
func freePort(t *testing.T) uint32 {
	t.Helper()
	for port := 20000 + time.Now().Nanosecond()%10000; port < 32000; port++ {
		listener, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
		if err == nil {
			listener.Close()
			return uint32(port)
		}
	}
	t.Fatal("no free port")
	return 0
}

// The server answers line by line, on several connections at a time, and a
// stop ends it in the middle of them.
func TestServer(t *testing.T) {
	settings := &lifecycle.HostPort{Host: "127.0.0.1", Port: freePort(t)}
	ctx, cancel := context.WithCancel(t.Context())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		_, err := server.Server.With(settings).Call(ctx, nil, actor.InProcess(), actor.OnReady(func() { close(ready) }))
		ended <- err
	}()
	select {
	case <-ready: // it listens
	case err := <-ended:
		t.Fatal(err)
	}
	var conns []net.Conn
	for range 2 {
		conn, err := net.Dial("tcp", net.JoinHostPort(settings.Host, strconv.Itoa(int(settings.Port))))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conns = append(conns, conn)
	}
	for _, word := range []string{"fly", "", "zwei Wörter"} { // no home, no map: an echo
		for _, conn := range conns {
			io.WriteString(conn, word+"\n")
			if reply, err := bufio.NewReader(conn).ReadString('\n'); err != nil || reply != word+"\n" {
				t.Errorf("%q is answered with %q, %v", word, reply, err)
			}
		}
	}
	io.WriteString(conns[1], strings.Repeat("x", 2000))
	_, _ = io.ReadAll(conns[1]) // to its end, in order or reset: no word is that long
	cancel()
	if err := <-ended; !errors.Is(err, lifecycle.ErrAborted) {
		t.Errorf("it ends with %v, want Aborted", err)
	}
	if _, err := io.ReadAll(conns[0]); err != nil {
		t.Errorf("an open connection ends with %v", err)
	}
}

// What it cannot listen on is its fault.
func TestNoListener(t *testing.T) {
	_, err := server.Server.With(&lifecycle.HostPort{Host: "127.0.0.1", Port: 70000}).Call(t.Context(), nil, actor.InProcess())
	if err == nil || !strings.Contains(err.Error(), "invalid port") {
		t.Errorf("got %v", err)
	}
}
