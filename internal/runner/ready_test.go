package runner

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ansar-go/ansar/internal/history"
)

// notify sends a message to the socket that NOTIFY_SOCKET names.
func notify() {
	name := os.Getenv("NOTIFY_SOCKET")
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: name, Net: "unixgram"})
	if err == nil {
		_, err = conn.Write([]byte(os.Getenv("RUNNER_TEST_MESSAGE")))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// tell is a command for a script that sends a message to the socket.
func tell(message string) string {
	return fmt.Sprintf("%s=notify RUNNER_TEST_MESSAGE='%s' %s", programVariable, message, os.Args[0])
}

// Each way to say so makes a role ready, and not before it is said.
func TestReadiness(t *testing.T) {
	port := freePort(t)
	listen := fmt.Sprintf("%s=serve RUNNER_TEST_MESSAGE=%s exec %s", programVariable, port, os.Args[0])
	tests := []struct {
		name, before, after string // what the program does, until it may say so, and then
		readiness           Readiness
	}{
		{"no way", "", "", Readiness{}},
		{"none", "", "", Readiness{Notify: "none"}},
		{"a message", tell("STATUS=nearly"), tell("STATUS=now\nREADY=1\n"), Readiness{Notify: "socket"}},
		{"a newline on a descriptor", "printf 'not yet' >&3", "echo >&3; exec 3>&-", Readiness{Notify: "fd"}},
		{"a command", "", "touch $ANSAR_HOME/up", Readiness{Exec: []string{"sh", "-c", "test -e up"}, Every: time.Millisecond}},
		{"a line of the log", "echo nearly up", "echo '  up on port 1'", Readiness{Log: `^\s*up on port \d$`}},
		{"a line of the other output", "echo nearly up >&2", "echo up >&2", Readiness{Log: `^up`}},
		{"a port", "", listen, Readiness{TCP: "127.0.0.1:" + port, Every: time.Millisecond}},
		{"a page", "", listen, Readiness{HTTP: "http://127.0.0.1:" + port + "/health?x=1", Every: time.Millisecond}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRole(t)
			may := filepath.Join(t.TempDir(), "may")
			spec := r.shell(fmt.Sprintf("%s\necho before\nwhile [ ! -e %s ]; do sleep 0.01; done\n%s\nwhile :; do sleep 0.1; done", tt.before, may, tt.after))
			spec.Program.Readiness = tt.readiness
			r.start(spec)
			if got := r.event(); got != "started" {
				t.Fatalf("event: %s", got)
			}
			r.logged("^before")
			run := r.runs()[0]
			immediate := tt.before+tt.after == ""
			if !immediate && !run.Ready.IsZero() {
				t.Errorf("it is ready before it says so")
			}
			if err := os.WriteFile(may, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if got := r.event(); got != "ready" {
				t.Errorf("event: %s", got)
			}
			r.stop()
			if run := r.runs()[0]; run.Ready.IsZero() {
				t.Errorf("the history does not say that it was ready")
			}
		})
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// serve answers every request as a server of pages does.
func serve() {
	l, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("RUNNER_TEST_MESSAGE"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for {
		conn, err := l.Accept()
		if err != nil {
			os.Exit(1)
		}
		text := make([]byte, 4096)
		n, _ := conn.Read(text)
		status := "404 Not Found"
		if strings.HasPrefix(string(text[:n]), "GET /health?x=1 HTTP/1.1\r\nHost: 127.0.0.1:") {
			status = "204 No Content"
		}
		_, _ = fmt.Fprintf(conn, "HTTP/1.1 %s\r\nConnection: close\r\n\r\n", status)
		_ = conn.Close()
	}
}

// A program that ends before it is ready has failed, and the starter hears how.
func TestFailsBeforeReady(t *testing.T) {
	tests := []struct {
		name, script string
		readiness    Readiness
		want         string
	}{
		{"by its status", "echo cannot open database >&2; exit 3", Readiness{Notify: "socket"},
			"started failed(it was never ready: it ended with exit status 3: cannot open database)"},
		{"by a signal", "kill -SEGV $$", Readiness{Notify: "fd"},
			"started failed(it was never ready: it ended with signal: segmentation fault)"},
		{"with the last of its lines", "for i in 1 2 3 4 5; do echo line $i; done; printf last; exit 1", Readiness{TCP: "127.0.0.1:1"},
			"started failed(it was never ready: it ended with exit status 1: line 4 / line 5 / last)"},
		{"in order", "exit 0", Readiness{Log: "never"},
			"started failed(it was never ready: it ended with exit status 0)"},
		{"after it closed the descriptor", "exec 3>&-; exit 4", Readiness{Notify: "fd"},
			"started failed(it was never ready: it ended with exit status 4)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRole(t)
			spec := r.shell("ulimit -c 0; " + tt.script)
			spec.Program.Readiness = tt.readiness
			r.start(spec)
			if got := r.events(); got != tt.want {
				t.Errorf("events: %s\nwant    %s", got, tt.want)
			}
			r.await()
		})
	}
}

// Its last words count: a program that says it is ready and ends was ready.
func TestReadyAndGone(t *testing.T) {
	tests := []struct {
		name, script string
		readiness    Readiness
	}{
		{"by a line", "echo up", Readiness{Log: "up"}},
		{"by the descriptor", "echo >&3", Readiness{Notify: "fd"}},
		{"by a message", tell("READY=1"), Readiness{Notify: "socket"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRole(t)
			spec := r.shell(tt.script + "; exit 5")
			spec.Program.Readiness = tt.readiness
			r.start(spec)
			if got := r.events(); got != "started ready" {
				t.Errorf("events: %s", got)
			}
			r.await()
		})
	}
}

// One that hangs before it is ready stays started, and can be stopped.
func TestHangsBeforeReady(t *testing.T) {
	r := newRole(t)
	spec := r.shell("echo up; exec sleep 1000")
	spec.Program.Readiness = Readiness{Exec: []string{"sleep", "1000"}, Timeout: 10 * time.Millisecond, Every: time.Millisecond}
	r.start(spec)
	r.logged("^up")
	r.stop()
	if got := r.events(); got != "started failed(it was never ready: it was stopped, and ended with signal: terminated: up)" {
		t.Errorf("events: %s", got)
	}
}

// A program that cannot be run is an error that names it, and no run.
func TestCannotStart(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Spec)
		want   string
	}{
		{"no such program", func(s *Spec) { s.Program.Path = "/absent/program" }, "failed(find /absent/program: no such file)"},
		{"no such name", func(s *Spec) { s.Program.Path = "absent-program" }, "failed(find absent-program: no such file in"},
		{"a folder", func(s *Spec) { s.Program.Path = "/" }, "failed(find /: not an executable file"},
		{"no such folder to work in", func(s *Spec) { s.Program.Dir = "/absent" }, "failed(start /bin/sh: working directory /absent"},
		{"no such role", func(s *Spec) { s.Role = "absent" }, `failed(`},
		{"no such home", func(s *Spec) { s.Home = filepath.Dir(s.Home) }, "failed("},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRole(t)
			spec := r.shell("exit 0")
			tt.change(spec)
			spec.Restart = Restart{Policy: Always, Intensity: 5, Period: time.Minute}
			r.start(spec)
			if got := r.events(); !strings.HasPrefix(got, tt.want) {
				t.Errorf("events: %s\nwant    %s...", got, tt.want)
			}
			r.await()
			if run, err := history.Of(r.home, "web").Last(); run != nil || err != nil {
				t.Errorf("history: %+v %v", run, err)
			}
		})
	}
}

// A specification that nobody can run is refused before anything starts.
func TestSpecErrors(t *testing.T) {
	good := func() *Spec {
		return &Spec{Home: "/home", Role: "web", Program: &Program{Path: "/bin/true"}}
	}
	tests := []struct {
		change func(*Spec)
		want   string
	}{
		{func(s *Spec) { s.Home = "here" }, "specification names no home and role"},
		{func(s *Spec) { s.Role = "" }, "specification names no home and role"},
		{func(s *Spec) { s.Program = nil }, "specification is not of one program"},
		{func(s *Spec) { s.Component = &Component{} }, "specification is not of one program"},
		{func(s *Spec) { s.Program, s.Component, s.Foreground = nil, &Component{}, true }, "a component needs no runner in the foreground"},
		{func(s *Spec) { s.Restart.Policy = "sometimes" }, `restart policy "sometimes": it must be never, on-crash or always`},
		{func(s *Spec) { s.Program.Readiness.Notify = "mail" }, `readiness by notification "mail": it must be socket, fd or none`},
		{func(s *Spec) { s.Program.Readiness.Log = "(" }, "readiness by log: error parsing regexp: missing closing ): `(`"},
		{func(s *Spec) { s.Program.Readiness.HTTP = "https://localhost/" }, `readiness by http "https://localhost/": it must be http://host:port/path`},
		{func(s *Spec) { s.Program.Readiness.HTTP = "http://%zz" }, `readiness by http: parse "http://%zz": invalid URL escape "%zz"`},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			spec := good()
			tt.change(spec)
			if _, err := Start(spec, nil); err == nil || err.Error() != "start runner: "+tt.want {
				t.Errorf("error %q, want %q", err, tt.want)
			}
		})
	}
}

// Whether a server is up is what it answers, whatever it is.
func TestHTTPAnswers(t *testing.T) {
	tests := []struct {
		answer string
		want   bool
	}{
		{"HTTP/1.1 200 OK\r\n\r\n", true},
		{"HTTP/1.0 302 Found\r\n", true},
		{"HTTP/1.1 399 x\n", true},
		{"HTTP/1.1 404 Not Found\r\n\r\n", false},
		{"HTTP/1.1 503 Busy\r\n\r\n", false},
		{"HTTP/1.1 2000\r\n", false},
		{"HTTP/1.1 20\r\n", false},
		{"220 mail.example ESMTP\r\n", false},
		{strings.Repeat("x", 10_000), false},
		{"", false},
	}
	for _, tt := range tests {
		t.Run(tt.answer[:min(len(tt.answer), 20)], func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			served := make(chan struct{})
			go func() {
				defer close(served)
				conn, err := l.Accept()
				if err != nil {
					return
				}
				defer conn.Close()
				_, _ = conn.Read(make([]byte, 4096))
				_, _ = conn.Write([]byte(tt.answer))
			}()
			target, err := parseHTTP("http://" + l.Addr().String() + "/")
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), hangBound)
			defer cancel()
			if got := target.get(ctx); got != tt.want {
				t.Errorf("ready: %v", got)
			}
			<-served
		})
	}
}
