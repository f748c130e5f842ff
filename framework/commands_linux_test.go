package framework_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
	"google.golang.org/protobuf/proto"

	"github.com/ansar-go/ansar/internal/home"
	described "github.com/ansar-go/ansar/internal/settings/schema"
)

// status runs a command and checks its exit status: status 2 noop --x
func status(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if neg || got != want {
		ts.Fatalf("exit status %d, want %d\n%s", got, want, ts.ReadFile("stderr"))
	}
}

// home creates a home whose bin is where the programs are: home dir role=executable...
func makeHome(ts *testscript.TestScript, _ bool, args []string) {
	bin := filepath.SplitList(ts.Getenv("PATH"))[0]
	h, err := home.Create(ts.MkAbs(args[0]), map[home.Area]string{home.Bin: bin})
	ts.Check(err)
	for _, a := range args[1:] {
		role, executable, _ := strings.Cut(a, "=")
		ts.Check(h.Add(home.NewRole{Role: home.Role{Name: role, Executable: executable}}))
	}
}

// interrupted runs a command, sends it signals each time that it is ready, and
// checks its exit status: interrupted INT,TERM 130 waits. What it prints is in
// the files out and err.
func interrupted(ts *testscript.TestScript, _ bool, args []string) {
	ready := ts.MkAbs("ready.fifo")
	makePipe(ts, false, []string{ready})
	cmd := command(ts, args[2:])
	cmd.Env = append(cmd.Env, "READY="+ready)
	cmd.Stdout, cmd.Stderr = create(ts, "out"), create(ts, "err")
	ts.Check(cmd.Start())
	hung := time.AfterFunc(hangs, func() { _ = cmd.Process.Kill() })
	defer hung.Stop()
	for _, name := range strings.Split(args[0], ",") {
		meetAt(ts, false, []string{ready})
		signals := map[string]syscall.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP, "QUIT": syscall.SIGQUIT}
		ts.Check(cmd.Process.Signal(signals[name]))
	}
	_ = cmd.Wait() // the status below says everything the error would
	if got := strconv.Itoa(cmd.ProcessState.ExitCode()); got != args[1] {
		ts.Fatalf("%v, want exit status %s\n%s", cmd.ProcessState, args[1], ts.ReadFile("err"))
	}
}

// mkfifo makes a pipe with a name.
func makePipe(ts *testscript.TestScript, _ bool, args []string) {
	if err := syscall.Mkfifo(ts.MkAbs(args[0]), 0o600); !errors.Is(err, fs.ErrExist) {
		ts.Check(err)
	}
}

// meet waits until a program opens and closes the pipe, which it does not
// before somebody waits for it.
func meetAt(ts *testscript.TestScript, _ bool, args []string) {
	met := make(chan error)
	go func() { // ends at the meeting; if there is none, the whole test fails
		_, err := os.ReadFile(ts.MkAbs(args[0])) // to the end: the program has closed it
		met <- err
	}()
	select {
	case err := <-met:
		ts.Check(err)
	case <-time.After(hangs):
		ts.Fatalf("it does not get ready")
	}
}

// schema checks what a program says about itself:
// schema file program settings=type input=type output=type
func schema(ts *testscript.TestScript, _ bool, args []string) {
	p, err := described.Load([]byte(ts.ReadFile(args[0])))
	ts.Check(err)
	name := func(m proto.Message) string { return string(m.ProtoReflect().Descriptor().FullName()) }
	got := []string{p.Name, "settings=" + name(p.Settings()), "input=", "output="}
	if p.Input() != nil {
		got[2] += name(p.Input())
	}
	if p.Output != nil {
		got[3] += string(p.Output.FullName())
	}
	if diff := cmp.Diff(args[1:], got); diff != "" {
		ts.Fatalf("schema (-want +got):\n%s", diff)
	}
}

// idle runs a command whose standard input is a pipe that nobody writes to.
func idle(ts *testscript.TestScript, _ bool, args []string) {
	r, w, err := os.Pipe()
	ts.Check(err)
	defer r.Close()
	defer w.Close()
	cmd := command(ts, args)
	cmd.Stdin = r
	ts.Check(cmd.Start())
	hung := time.AfterFunc(hangs, func() { _ = cmd.Process.Kill() })
	defer hung.Stop()
	ts.Check(cmd.Wait())
}

func command(ts *testscript.TestScript, args []string) *exec.Cmd {
	path := filepath.Join(filepath.SplitList(ts.Getenv("PATH"))[0], args[0])
	cmd := exec.Command(path, args[1:]...)
	cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{"PATH", "HOME", "XDG_CONFIG_HOME", "WORK", "GORACE", "GOCOVERDIR"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	return cmd
}

func create(ts *testscript.TestScript, name string) *os.File {
	f, err := os.Create(ts.MkAbs(name))
	ts.Check(err)
	ts.Defer(func() { f.Close() })
	return f
}

// for-nobody lets the user nobody reach the programs and the folder of the
// script, which it may read and not write.
func forNobody(ts *testscript.TestScript, _ bool, _ []string) {
	for _, dir := range []string{filepath.SplitList(ts.Getenv("PATH"))[0], ts.Getenv("WORK"), ts.Getenv("GOCOVERDIR")} {
		for ; dir != "" && dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
			ts.Check(os.Chmod(dir, 0o755))
		}
	}
	if cover := ts.Getenv("GOCOVERDIR"); cover != "" {
		ts.Check(os.Chmod(cover, 0o777))
	}
}

// small-disk makes a folder a disk of a size: small-disk full 16k
func smallDisk(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o700))
	ts.Check(syscall.Mount("none", dir, "tmpfs", 0, "size="+args[1]))
	ts.Defer(func() { ts.Check(syscall.Unmount(dir, 0)) })
}

func canMount() bool {
	dir, err := os.MkdirTemp("", "mount")
	if err != nil {
		return false
	}
	defer os.Remove(dir)
	return syscall.Mount("none", dir, "tmpfs", 0, "size=16k") == nil && syscall.Unmount(dir, 0) == nil
}

// nothing-left waits for the end of every process that was started by this
// script, and fails if one does not end: at once, when it was killed; within the
// orphan limit, when it lost its parent.
func nothingLeft(ts *testscript.TestScript, _ bool, args []string) {
	patience := 20 * time.Second
	if len(args) > 0 && args[0] == "killed" {
		patience = 4 * time.Second
	}
	mark := "\x00WORK=" + ts.Getenv("WORK") + "\x00"
	ours := func(pid string) bool {
		data, err := os.ReadFile("/proc/" + pid + "/environ")
		return err == nil && strings.Contains("\x00"+string(data), mark)
	}
	paths, err := filepath.Glob("/proc/[0-9]*")
	ts.Check(err)
	for _, path := range paths {
		pid := filepath.Base(path)
		n, err := strconv.Atoi(pid)
		ts.Check(err)
		fd, err := unix.PidfdOpen(n, 0)
		if err != nil {
			continue // gone
		}
		if ours(pid) {
			line, _ := os.ReadFile(path + "/cmdline")
			ended, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, int(patience.Milliseconds()))
			if ended == 0 || err != nil {
				ts.Fatalf("still alive: %s %s", pid, strings.ReplaceAll(string(line), "\x00", " "))
			}
		}
		_ = unix.Close(fd) // only read
	}
}
