package main

import (
	"fmt"
	"net"
	"os/exec"
	"strings"
	"testing"
)

// A server that knows nothing of ansar, as a role: Debian's Redis. It is started
// and ready by a probe, logged, started again after a SIGKILL, and stopped; its
// data survive all of that.
func TestRedis(t *testing.T) {
	for _, program := range []string{"redis-server", "redis-cli"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("there is no %s: apt-get install --no-install-recommends redis-server", program)
		}
	}
	h := newHouse(t)
	r := &redis{h, unusedPort(t)}
	data, err := h.home.Folder("model", "redis")
	if err != nil {
		t.Fatal(err)
	}
	h.ansar("add", "--command", "redis-server", "redis", "--",
		"--bind", "127.0.0.1", "--port", r.port, "--dir", data, "--appendonly", "yes", "--appendfsync", "always", "--save", "")
	h.ansar("set", "readiness", "redis", fmt.Sprintf(`--value={"exec": ["redis-cli", "-e", "-p", %q, "ping"]}`, r.port))
	h.ansar("set", "restart", "redis", "--value=on-crash")

	h.ansar("start") // it is ready when this returns
	for i := range 100 {
		r.want("OK", "SET", fmt.Sprint("key-", i), fmt.Sprint("value-", i))
	}
	h.logged("redis", "Ready to accept connections")

	h.watch(h.last("redis", 1).PID).kill()
	h.again("redis", 2)
	if end := h.ended("redis", 1).End; end.Signal != "killed" {
		t.Errorf("run 1 ended as %+v, want by a SIGKILL", end)
	}
	r.wantAll()

	h.ansar("stop")
	if conn, err := net.Dial("tcp", "127.0.0.1:"+r.port); err == nil {
		conn.Close()
		t.Error("somebody still listens after the stop")
	}
	stop := h.last("redis", 2)
	if stop.End == nil || stop.End.How != "exited" || *stop.End.ExitStatus != 0 || len(stop.Stops) == 0 {
		t.Errorf("run 2 is %+v, want that it was stopped and exited with 0", stop)
	}
	h.ansar("set", "readiness", "redis", fmt.Sprintf(`--value={"tcp": "127.0.0.1:%s"}`, r.port))
	h.ansar("start")
	r.wantAll()
	h.ansar("stop")
	if !h.free("redis") {
		t.Error("the role is not free after the stop")
	}
	h.logged("redis", "Redis is now ready to exit")
}

// redis is the server of a test.
type redis struct {
	*house
	port string
}

// want gives the server a command and checks the answer.
func (r *redis) want(answer string, command ...string) {
	r.Helper()
	got, err := exec.Command("redis-cli", append([]string{"-p", r.port}, command...)...).CombinedOutput()
	if strings.TrimSpace(string(got)) != answer || err != nil {
		r.Fatalf("%v: %q, %v; want %q", command, got, err, answer)
	}
}

// wantAll checks that all data are there.
func (r *redis) wantAll() {
	r.Helper()
	r.want("100", "DBSIZE")
	r.want("value-0", "GET", "key-0")
	r.want("value-99", "GET", "key-99")
}

// logged checks that the log of a role has a text.
func (h *house) logged(role, text string) {
	h.Helper()
	if log := h.ansar("log", role); !strings.Contains(log, text) {
		h.Errorf("the log of %s has no %q:\n%s", role, text, log)
	}
}

// unusedPort is one that nobody listens to now.
func unusedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}
