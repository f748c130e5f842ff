package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ansar-go/ansar/internal/proctest"
)

// hang is how long anything may take; what takes longer hangs.
const hang = 2 * time.Minute

// TestScripts plays the pages of testdata/script. Beside the commands of
// testscript they have
//
//	bin dir name...            put programs into a folder
//	status n command...        run a command and check its exit status
//	start name command...      run a command in the background; its output goes to name.out, name.err
//	await name regexp          wait until it logs such a line
//	signal name INT            send it a signal
//	finish name n              wait for its end and check its exit status
//	pids n regexp              check that n processes logged such a line
//	meet pipe                  wait for a program that opens the pipe
//	hold pipe                  wait for a program that reads from the pipe, and write nothing
//	nothing-left               check that no process of the script is alive
//	renew file text...         write a program again, and differently if there is a text
//	toolchain file with...     let commands build programs of this repository, with other versions of files
//	took name at-least span    check how long it took
//	small-disk dir size        mount a disk of that size, or skip
//	fill file                  use up the disk that the file is on
//	for-nobody                 let another user read the folder of the script
//	free-port name             put the number of a free port into a variable
//	source file to             copy a file of this repository
//	outcome plan job status [from..to]
//	                           check how a job of the last run of a plan ended, and when
//	lasted plan from..to       check how long the last run of a plan took
//	entries plan               check that what the report says of logs is so
//	rebuild to pkg file with   build a program with another version of one of its files
//
// With -update, the files that outputs are compared with are rewritten.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		UpdateScripts:       *update,
		Setup:               setup,
		Condition:           condition,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"bin": bin, "status": status, "start": start, "await": await, "signal": send, "finish": finish, "meet": meet, "hold": hold, "took": took, "pids": pids,
			"nothing-left": nothingLeft, "small-disk": smallDisk, "fill": fill, "for-nobody": forNobody,
			"free-port": freePort, "source": source, "rebuild": rebuild, "renew": renew, "toolchain": toolchain,
			"outcome": jobOutcome, "lasted": lasted, "entries": entries,
		},
	})
}

// markVariable is how package proctest finds processes.
const markVariable = "ANSAR_PROCTEST"

type stateKey struct{}

func setup(e *testscript.Env) error {
	e.Values[stateKey{}] = &state{mark: fmt.Sprintf("%d-%s", os.Getpid(), filepath.Base(e.WorkDir)), jobs: map[string]*job{}}
	e.Setenv("HOME", e.WorkDir)
	e.Setenv("GORACE", "atexit_sleep_ms=0")
	e.Setenv("GOCOVERDIR", os.Getenv("GOCOVERDIR"))
	e.Setenv(markVariable, stateOf(e.Values).mark)
	e.Defer(func() {
		for _, j := range stateOf(e.Values).jobs {
			_ = j.cmd.Process.Kill() // it has ended, if the script has come to its end
			<-j.ended
		}
		for _, pid := range proctest.Alive(stateOf(e.Values).mark) {
			if p, err := os.FindProcess(pid); err == nil {
				_ = p.Kill() // of a script that failed: one that is well ends what it began
			}
		}
	})
	return nil
}

func stateOf(values map[any]any) *state { s, _ := values[stateKey{}].(*state); return s }

// state is what a script has going.
type state struct {
	mark string
	last time.Duration // of the last status
	jobs map[string]*job
}

func scriptState(ts *testscript.TestScript) *state { s, _ := ts.Value(stateKey{}).(*state); return s }

func condition(name string) (bool, error) {
	switch name {
	case "root":
		return os.Getuid() == 0, nil
	case "large": // for trees of hundreds of processes
		return !testing.Short() && !raceEnabled, nil
	}
	return false, fmt.Errorf("no condition %q", name)
}

func bin(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.MkdirAll(ts.MkAbs(args[0]), 0o755))
	for _, name := range args[1:] {
		ts.Check(os.Symlink(program(ts, name), filepath.Join(ts.MkAbs(args[0]), name)))
	}
}

// program is where the test binary plays a program.
func program(ts *testscript.TestScript, name string) string {
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if path := filepath.Join(dir, name); exists(path) {
			return path
		}
	}
	ts.Fatalf("no program %q", name)
	return ""
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

func status(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	began := time.Now()
	err = ts.Exec(args[1], args[2:]...)
	scriptState(ts).last = time.Since(began)
	got := 0
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// took checks the duration of a job; the one of the last status is called last.
func took(ts *testscript.TestScript, _ bool, args []string) {
	limit, err := time.ParseDuration(args[2])
	ts.Check(err)
	d := scriptState(ts).last
	if args[0] != "last" {
		d = jobOf(ts, args[0]).took
	}
	if d < limit {
		ts.Fatalf("it took %v, not at least %v", d, limit)
	}
}

// pids counts the processes whose lines on standard error match.
func pids(ts *testscript.TestScript, _ bool, args []string) {
	found := map[string]bool{}
	line := regexp.MustCompile(`(?m)^\[(\d+)\].*` + args[1])
	for _, m := range line.FindAllStringSubmatch(ts.ReadFile("stderr"), -1) {
		found[m[1]] = true
	}
	if got := strconv.Itoa(len(found)); got != args[0] {
		ts.Fatalf("%s processes, want %s", got, args[0])
	}
}

func nothingLeft(ts *testscript.TestScript, _ bool, _ []string) {
	if left := proctest.Gone(scriptState(ts).mark, 10*time.Second); len(left) > 0 {
		ts.Fatalf("processes are left: %v", left)
	}
}

func smallDisk(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o700))
	if err := mountSmall(dir, args[1]); err != nil {
		ts.Logf("small-disk: %v", err)
		ts.Check(ts.Exec("skip", "no small disk"))
	}
	ts.Defer(func() { ts.Check(unmount(dir)) })
}

func fill(ts *testscript.TestScript, _ bool, args []string) {
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	defer f.Close()
	for {
		if _, err := f.Write(make([]byte, 4096)); errors.Is(err, syscall.ENOSPC) {
			return
		} else {
			ts.Check(err)
		}
	}
}

func forNobody(ts *testscript.TestScript, _ bool, _ []string) {
	for _, dir := range []string{filepath.Dir(program(ts, "ansar")), ts.Getenv("WORK")} {
		for ; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
			ts.Check(os.Chmod(dir, 0o755))
		}
	}
	if cover := ts.Getenv("GOCOVERDIR"); cover != "" {
		ts.Check(os.Chmod(cover, 0o777))
	}
}

// names of signals, as people type them.
var signals = map[string]syscall.Signal{
	"INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP, "KILL": syscall.SIGKILL, "STOP": syscall.SIGSTOP,
}
