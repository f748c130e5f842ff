package home

import (
	"os"
	"os/exec"
	"testing"

	"golang.org/x/sys/unix"
)

func TestIdentity(t *testing.T) {
	child := exec.Command("sleep", "60")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	live := Identify(child.Process.Pid)
	self := Identify(os.Getpid())
	later, elsewhere, before := self, self, self
	later.Start++
	elsewhere.Space = "pid:[1]"
	before.Boot = "another"
	tests := []struct {
		name        string
		process     Process
		here, alive bool
	}{
		{"this process", self, true, true},
		{"a child", live, true, true},
		{"an earlier process with the same id", later, true, false},
		{"one of another namespace", elsewhere, false, false},
		{"one of before the machine was booted", before, false, false},
		{"none", Process{}, false, false},
		{"no process has the id", Identify(1 << 30), false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if here, alive := tt.process.Here(), tt.process.Alive(); here != tt.here || alive != tt.alive {
				t.Errorf("here %v, alive %v; want %v, %v", here, alive, tt.here, tt.alive)
			}
		})
	}
	_ = child.Process.Kill() // it is our own
	awaitZombie(t, child.Process.Pid)
	if live.Alive() {
		t.Error("a zombie counts as alive")
	}
	_ = child.Wait() // it was killed
	if live.Alive() {
		t.Error("a process that is gone counts as alive")
	}
}

// awaitZombie waits until the child has ended, and leaves it to be reaped.
func awaitZombie(t *testing.T, pid int) {
	t.Helper()
	if err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil); err != nil {
		t.Fatal(err)
	}
}
