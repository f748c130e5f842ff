package main

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite what outputs are compared with")

// job is a command in the background of a script.
type job struct {
	cmd   *exec.Cmd
	took  time.Duration // valid once ended is closed
	ended chan struct{}

	mu     sync.Mutex // guards the fields below
	log    bytes.Buffer
	change chan struct{} // closed at the next output
	file   *os.File
}

// Write implements [io.Writer] for what the command logs.
func (j *job) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.log.Write(p)
	close(j.change)
	j.change = make(chan struct{})
	return j.file.Write(p)
}

// seen reports whether a line was logged, and what to wait for if not.
func (j *job) seen(line *regexp.Regexp) (bool, <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return line.Match(j.log.Bytes()), j.change
}

func start(ts *testscript.TestScript, _ bool, args []string) {
	out, err := os.Create(ts.MkAbs(args[0] + ".out"))
	ts.Check(err)
	diagnostics, err := os.Create(ts.MkAbs(args[0] + ".err"))
	ts.Check(err)
	j := &job{ended: make(chan struct{}), change: make(chan struct{}), file: diagnostics}
	j.cmd = exec.Command(program(ts, args[1]), args[2:]...)
	j.cmd.Args[0] = args[1]
	j.cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{"PATH", "HOME", "WORK", "GORACE", "GOCOVERDIR", markVariable} {
		j.cmd.Env = append(j.cmd.Env, name+"="+ts.Getenv(name))
	}
	j.cmd.Stdout, j.cmd.Stderr = out, j
	for _, a := range args {
		if pipe, ok := strings.CutPrefix(a, "MEET="); ok {
			ts.Check(syscall.Mkfifo(ts.MkAbs(pipe), 0o600))
		}
	}
	began := time.Now()
	ts.Check(j.cmd.Start())
	scriptState(ts).jobs[args[0]] = j
	go func() {
		_ = j.cmd.Wait() // finish looks at the state
		j.took = time.Since(began)
		out.Close()
		diagnostics.Close()
		close(j.ended)
	}()
}

func await(ts *testscript.TestScript, _ bool, args []string) {
	j, line := jobOf(ts, args[0]), regexp.MustCompile(`(?m)`+args[1])
	limit := time.NewTimer(hang)
	defer limit.Stop()
	for {
		seen, change := j.seen(line)
		if seen {
			return
		}
		select {
		case <-change:
		case <-j.ended:
			if seen, _ := j.seen(line); !seen {
				ts.Fatalf("%s has ended (%v) and never logged %s:\n%s", args[0], j.cmd.ProcessState, args[1], j.log.Bytes())
			}
		case <-limit.C:
			ts.Fatalf("%s does not log %s", args[0], args[1])
		}
	}
}

func send(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(jobOf(ts, args[0]).cmd.Process.Signal(signals[args[1]]))
}

// meet waits for a program that writes to the pipe.
func meet(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(open(ts, args[0], os.O_RDONLY).Close())
}

// hold waits for a program that reads from the pipe, and keeps it waiting until
// the script ends.
func hold(ts *testscript.TestScript, _ bool, args []string) {
	f := open(ts, args[0], os.O_WRONLY)
	ts.Defer(func() { f.Close() })
}

// open opens one end of a pipe, which waits for who opens the other.
func open(ts *testscript.TestScript, pipe string, flag int) *os.File {
	type opened struct {
		file *os.File
		err  error
	}
	end := make(chan opened, 1)
	go func() { // ends when both are there, or with the test binary
		f, err := os.OpenFile(ts.MkAbs(pipe), flag, 0)
		end <- opened{f, err}
	}()
	select {
	case o := <-end:
		ts.Check(o.err)
		return o.file
	case <-time.After(hang):
		ts.Fatalf("nobody comes to %s", pipe)
		return nil
	}
}

func finish(ts *testscript.TestScript, _ bool, args []string) {
	j := jobOf(ts, args[0])
	select {
	case <-j.ended:
	case <-time.After(hang):
		ts.Fatalf("%s does not end", args[0])
	}
	if got := strconv.Itoa(j.cmd.ProcessState.ExitCode()); got != args[1] {
		ts.Fatalf("%v, want exit status %s:\n%s", j.cmd.ProcessState, args[1], ts.ReadFile(args[0]+".err"))
	}
}

func jobOf(ts *testscript.TestScript, name string) *job {
	j := scriptState(ts).jobs[name]
	if j == nil {
		ts.Fatalf("nothing was started as %q", name)
	}
	return j
}
