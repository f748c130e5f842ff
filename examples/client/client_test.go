package client_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/examples/client"
	"github.com/ansar-go/ansar/lifecycle"
)

func TestMain(m *testing.M) {
	actor.Main()
	if err := os.Setenv("GORACE", "atexit_sleep_ms=0"); err != nil { // for the clients
		panic(err)
	}
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/ansar-go/ansar/actor.(*dispatcher).work"))
}

// serve answers each connection in a manner, until the test ends.
func serve(t *testing.T, manner func(net.Conn)) *lifecycle.HostPort {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			manner(conn)
			conn.Close()
		}
	}()
	t.Cleanup(func() {
		listener.Close()
		<-done
	})
	return &lifecycle.HostPort{Host: "127.0.0.1", Port: uint32(listener.Addr().(*net.TCPAddr).Port)}
}

func answers(words map[string]string) func(net.Conn) {
	return func(conn net.Conn) {
		lines := bufio.NewScanner(conn)
		for lines.Scan() {
			io.WriteString(conn, words[lines.Text()]+"\n")
		}
	}
}

func TestClient(t *testing.T) {
	tests := []struct {
		name   string
		manner func(net.Conn)
		want   []string // the failed tests
		passed uint32
	}{
		{"a server that knows all words", answers(map[string]string{"fervent": "eager", "explain": "define", "fly": "droll"}), nil, 3},
		{"a server that knows one", answers(map[string]string{"explain": "define"}), []string{
			`Expected "eager" for "fervent", got ""`, `Expected "droll" for "fly", got ""`,
		}, 1},
		{"a server that hangs up", func(net.Conn) {}, []string{"Session error"}, 0},
		{"a server that hangs up later", func(conn net.Conn) {
			_, _ = bufio.NewReader(conn).ReadString('\n')
			io.WriteString(conn, "eager\n")
		}, []string{"Session error"}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			report, err := client.Client.With(serve(t, tt.manner)).Call(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			var failed []string
			for _, test := range report.GetTested() {
				text := test.GetText()
				if strings.HasPrefix(text, "Session error - ") { // EOF or reset, as the system likes
					text = "Session error"
				}
				if !test.GetCondition() {
					failed = append(failed, text)
				}
			}
			if diff := cmp.Diff(tt.want, failed); diff != "" || report.GetPassed() != tt.passed || int(report.GetFailed()) != len(tt.want) {
				t.Errorf("%d/%d, failed (-want +got):\n%s", report.GetPassed(), report.GetFailed(), diff)
			}
		})
	}
}

// Without a server it is a matter of later.
func TestNoServer(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	settings := &lifecycle.HostPort{Host: "127.0.0.1", Port: uint32(listener.Addr().(*net.TCPAddr).Port)}
	listener.Close()
	_, err = client.Client.With(settings).Call(t.Context(), nil)
	if maybe, ok := err.(*lifecycle.Maybe); !ok || maybe.GetCondition() != "no server" {
		t.Errorf("got %v, want a Maybe", err)
	}
}

// A server that says nothing does not keep a client that is told to stop.
func TestStoppedClient(t *testing.T) {
	met, over := make(chan struct{}), make(chan struct{})
	defer close(over)
	settings := serve(t, func(net.Conn) {
		close(met)
		<-over
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := client.Client.With(settings).Call(ctx, nil)
		ended <- err
	}()
	<-met
	cancel()
	if err := <-ended; err == nil {
		t.Error("it returned a report")
	}
}
