package runner

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/proctest"
)

// buffer is a Writer that a test may look into.
type buffer struct {
	mu   sync.Mutex // guards the field below
	text bytes.Buffer
}

func (b *buffer) Write(data []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(data)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// A program in the foreground prints to who runs it, as it is, and its end is
// that of its runner, and in the history.
func TestForeground(t *testing.T) {
	tests := []struct {
		name, script   string
		stdout, stderr string
		status         int
		ends           string
	}{
		{"what it prints", `printf 'one\ntwo'; printf 'err\000\377' >&2`, "one\ntwo", "err\x00\xff", 0, "0:0"},
		{"its status", "exit 3", "", "", 3, "0:3"},
		{"its signal", "kill -KILL $$", "", "", 137, "0:killed"},
		{"what it leaves behind", "setsid sleep 1000 & exit 1", "", "", 1, "0:1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRole(t)
			spec := r.shell(tt.script)
			spec.Foreground, spec.By = true, "ansar run"
			spec.Restart = quickly(Always, 5) // which is for the background
			var stdout, stderr buffer
			r.startWith(spec, &StartOptions{Stdout: &stdout, Stderr: &stderr})
			if got := r.events(); got != "started ready" {
				t.Errorf("events: %s", got)
			}
			r.await()
			if left := proctest.Gone(r.mark, 0); len(left) > 0 {
				t.Errorf("%v are left", left)
			}
			got := fmt.Sprintf("%q %q %d %s", stdout.String(), stderr.String(), r.started.Exit().Status, r.ends())
			if want := fmt.Sprintf("%q %q %d %s", tt.stdout, tt.stderr, tt.status, tt.ends); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if entries, _ := os.ReadDir(filepath.Join(r.home.Dir(home.Logs), "web")); len(entries) > 0 {
				t.Errorf("a log is stored: %v", entries)
			}
		})
	}
}

// A stop reaches the program, by the signal of the role.
func TestForegroundStop(t *testing.T) {
	r := newRole(t)
	spec := r.shell("trap 'echo bye; exit 7' TERM; echo up; while :; do sleep 0.01; done")
	spec.Foreground = true
	spec.Program.Readiness.Log = "^up$"
	var stdout buffer
	r.startWith(spec, &StartOptions{Stdout: &stdout})
	r.events()
	r.stop()
	if got := fmt.Sprintf("%q %d", stdout.String(), r.started.Exit().Status); got != `"up\nbye\n" 7` {
		t.Errorf("got %s", got)
	}
}

// foreground runs a role in the foreground, and is then killed by the test.
func foreground() {
	h, err := home.Open(os.Getenv("RUNNER_TEST_MESSAGE"))
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	spec := &Spec{Home: h.Root(), Role: "web", By: "ansar run", Foreground: true, Program: &Program{
		Path: "/bin/sh", Args: []string{"-c", "trap 'echo bye > bye; exit 7' TERM; echo up; while :; do sleep 0.01; done"},
		Readiness: Readiness{Log: "^up$"},
	}}
	started, err := Start(spec, &StartOptions{Executable: os.Args[0], Stdout: os.Stdout, Stderr: os.Stderr})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	<-started.Done()
}

// The end of who runs it, however it came, is a stop.
func TestForegroundParentIsKilled(t *testing.T) {
	r := newRole(t)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), programVariable+"=foreground", "RUNNER_TEST_MESSAGE="+r.home.Root())
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	if n, err := out.Read(make([]byte, 100)); n == 0 {
		t.Fatal(err)
	}
	_ = cmd.Process.Kill() // it is there: nobody has waited for it
	_ = cmd.Wait()
	if left := proctest.Gone(r.mark, hangBound); len(left) > 0 {
		t.Fatalf("%v are left", left)
	}
	if text, err := os.ReadFile(filepath.Join(r.home.Root(), "bye")); string(text) != "bye\n" {
		t.Errorf("it did not end in order: %q %v", text, err)
	}
	if run := r.runs()[0]; len(run.Stops) != 1 || run.Stops[0].By != "end of ansar run" || r.ends() != "0:7" {
		t.Errorf("history: %+v, ends %s", run, r.ends())
	}
}

// A runner needs nobody in the background: who started it may be gone.
func TestStarterIsGone(t *testing.T) {
	r := newRole(t)
	spec := r.shell("while [ ! -e go ]; do sleep 0.01; done; echo up; while :; do sleep 0.01; done")
	spec.Program.Readiness.Log = "^up$"
	r.start(spec)
	if got := r.event(); got != "started" {
		t.Fatalf("event: %s", got)
	}
	_ = r.started.Events().Close()
	if err := os.WriteFile(filepath.Join(r.home.Root(), "go"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(hangBound); r.runs()[0].Ready.IsZero(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it is never ready")
		}
	}
	r.stop()
}

// Neither a session, nor a terminal, nor a descriptor of the starter is the
// runner's, and what a list of processes shows has no secret in it.
func TestDetached(t *testing.T) {
	r := newRole(t)
	spec := r.shell("exec sleep 1000")
	spec.Program.Env = append(os.Environ(), "PASSWORD=hunter2")
	r.start(spec)
	r.events()
	pid := r.started.Pid()
	session, err := syscall.Getpgid(pid)
	if err != nil || session != pid {
		t.Errorf("process group %d %v of %d", session, err, pid)
	}
	args, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if got, want := string(args), Name+"\x00--home-path="+r.home.Root()+"\x00--role-name=web\x00"; got != want {
		t.Errorf("arguments %q, want %q", got, want)
	}
	env, _ := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
	if strings.Contains(string(env), "hunter2") {
		t.Error("the environment of the runner has a secret of the program")
	}
	for fd, want := range map[int]string{0: "/dev/null", 1: "/dev/null", 2: "/dev/null"} {
		if got, _ := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", pid, fd)); got != want {
			t.Errorf("descriptor %d is %s", fd, got)
		}
	}
	if dir, _ := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid)); dir != r.home.Root() {
		t.Errorf("it is in %s", dir)
	}
	r.stop()
}

// What a program inherits is what its role says, and nothing of the runner.
func TestWhatAProgramInherits(t *testing.T) {
	t.Setenv("GOMAXPROCS", "7")
	open, err := syscall.Dup(0) // as if somebody had forgotten it
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(open)
	r := newRole(t)
	script := `echo $GOMAXPROCS $ANSAR_ROLE $ANSAR_BACKGROUND $$; ls /proc/$$/fd; readlink /proc/self/fd/0; pwd`
	spec := r.shell(script + "; grep -E 'SigIgn|SigBlk' /proc/self/status; cut -d' ' -f6 /proc/$$/stat")
	r.start(spec)
	r.events()
	r.await()
	pid := fmt.Sprint(r.runs()[0].PID)
	want := "^7 web " + pid + " ^0 ^1 ^2 ^/dev/null ^" + r.home.Root() + " ^SigBlk:\t0000000000000000 ^SigIgn:\t0000000000000000 ^" + pid
	got := strings.Join(r.printed(), " ")
	// What make has started ignores a signal that is the C library's own business.
	got = strings.Replace(got, "SigIgn:\t0000000080000000", "SigIgn:\t0000000000000000", 1)
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
