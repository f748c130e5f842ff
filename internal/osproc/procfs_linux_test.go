package osproc

import (
	"errors"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

func TestParseStat(t *testing.T) {
	const rest = " 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 "
	tests := []struct {
		name string
		text string
		want stat
		err  error
	}{
		{"a plain one", "7 (sh) S 3 5 5" + rest + "99 0 0", stat{identity{7, 99}, 'S', 3, 5, 5}, nil},
		{"a name like a stat", "7 (a) Z 1 (b) Z 3 5 5" + rest + "99 0 0", stat{identity{7, 99}, 'Z', 3, 5, 5}, nil},
		{"cut off", "7 (sh) S 3 5", stat{}, errStat},
		{"no number", "7 (sh) S x 5 5" + rest + "99 0 0", stat{}, errStat},
		{"empty", "", stat{}, errStat},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parseStat(7, []byte(tt.text))
			if !errors.Is(err, tt.err) {
				t.Errorf("error %v, want %v", err, tt.err)
			}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(stat{}, identity{})); diff != "" {
				t.Errorf("stat (-want +got):\n%s", diff)
			}
		})
	}
}

// Both ways to list children find one that os/exec started, and its pidfd
// marks it as a child that was not adopted.
func TestChildrenAndPidfds(t *testing.T) {
	cmd := exec.Command("sleep", "1000000")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	pid := cmd.Process.Pid
	for name, list := range map[string]func() []int{"children": children, "childrenByParent": childrenByParent} {
		if !slices.Contains(list(), pid) {
			t.Errorf("%s misses %d", name, pid)
		}
	}
	if n := pidfds()[pid]; n != 1 {
		t.Errorf("%d pidfds of the child, want 1", n)
	}
	all := func(s stat) bool { return s.pid == pid }
	if found := adopted(all); len(found) != 0 {
		t.Errorf("a child of os/exec is taken for adopted: %v", found)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if n := pidfds()[pid]; n != 0 {
		t.Errorf("%d pidfds of the child after its end, want none", n)
	}
}

// A child that nobody has a pidfd of counts as adopted, and awaitAll tells
// whether it has ended.
func TestChildWithoutPidfdIsAdopted(t *testing.T) {
	path, err := Find("sleep", nil)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := syscall.ForkExec(path, []string{"sleep", "1000000"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	found := adopted(func(s stat) bool { return s.pid == pid })
	defer closeAll(found)
	if len(found) != 1 || found[0].pid != pid {
		t.Fatalf("found %v, want process %d", found, pid)
	}
	if awaitAll(found, time.Now()) {
		t.Error("it is said to have ended")
	}
	if n := killAll(found); n != 1 {
		t.Errorf("killed %d", n)
	}
	if !awaitAll(found, time.Now().Add(time.Minute)) {
		t.Error("it has not ended")
	}
	if n := killAll(found); n != 0 {
		t.Errorf("killed %d zombies", n)
	}
	found[0].reap()
	if found[0].isChild() || syscall.Kill(pid, 0) != syscall.ESRCH {
		t.Error("it is not reaped")
	}
}

// Somebody else in this program reaps the child: the end is noticed, and
// nothing is sent to an id that may be another's.
func TestStolenChild(t *testing.T) {
	path, err := Find("true", nil)
	if err != nil {
		t.Fatal(err)
	}
	pidfd := -1
	pid, err := syscall.ForkExec(path, []string{"true"}, &syscall.ProcAttr{
		Files: []uintptr{0, 1, 2}, Sys: &syscall.SysProcAttr{Setpgid: true, PidFD: &pidfd},
	})
	if err != nil {
		t.Fatal(err)
	}
	reap(pid)
	for _, handle := range []*os.File{pollable(pidfd), nil} {
		p := &Process{pid: pid, pidfd: handle, started: time.Now(), exited: make(chan struct{}), done: make(chan struct{})}
		p.watch()
		if got := p.Exit(); !got.unknown() || got.String() != "exit status unknown" {
			t.Errorf("exit %+v", got)
		}
		if err := p.SignalGroup(unix.SIGKILL); !errors.Is(err, os.ErrProcessDone) {
			t.Errorf("signal: %v", err)
		}
	}
}
