package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/framework"
	"github.com/ansar-go/ansar/lifecycle"
)

func init() { programs["glutton"] = func() { framework.CreateObject(glutton) } }

// glutton takes all memory that it can have: that of the group which the file
// cgroup names, or else nearly none.
var glutton = actor.Define("glutton", func(self *actor.Context, _, _ *lifecycle.None) (*lifecycle.Ack, error) {
	self.Ready()
	group, err := os.ReadFile("cgroup")
	if errors.Is(err, os.ErrNotExist) {
		err = unix.Setrlimit(unix.RLIMIT_AS, &unix.Rlimit{Cur: 1 << 20, Max: 1 << 20})
	} else if err == nil {
		err = os.WriteFile(filepath.Join(string(group), "cgroup.procs"), fmt.Append(nil, os.Getpid()), 0)
	}
	if err != nil {
		return nil, err
	}
	for all := [][]byte(nil); ; {
		some := make([]byte, 16<<20)
		for i := 0; i < len(some); i += 4096 {
			some[i] = 1
		}
		all = append(all, some)
		runtime.KeepAlive(all)
	}
})

// A component that gets no more memory crashes: its history says of what.
func TestOutOfMemory(t *testing.T) {
	h := newHouse(t, "glutton")
	h.ansar("add", "glutton")
	_, _ = h.try("start") // it may have ended before anybody looks
	end := h.ended("glutton-0", 1).End
	if end.How != "vanished" || !raceEnabled && (!strings.Contains(end.Evidence, "; it crashed: ") || end.Dump == "") {
		t.Errorf("it ended as %+v, want vanished, with a crash as the evidence", end)
	}
	if running := h.settled(); len(running) > 0 {
		t.Errorf("%v run", running)
	}
	h.recorded()
}

// What the kernel kills because there is no more memory has been killed: who is
// its parent tells so.
func TestKilledForMemory(t *testing.T) {
	h := newHouse(t, "glutton")
	group := memoryGroup(t, 300<<20)
	if err := os.WriteFile(filepath.Join(h.home.Root(), "cgroup"), []byte(group), 0o600); err != nil {
		t.Fatal(err)
	}
	h.ansar("add", "glutton", "alone")
	h.ansar("add", "glutton", "kept")
	h.ansar("set", "restart", "kept", `--value={"policy": "on-crash", "intensity": 1}`)
	h.ansar("add", "--command", "sh", "job", "--", "-c", "echo $$ >"+group+"/cgroup.procs; exec tail /dev/zero")
	_, _ = h.try("start") // they may have ended before anybody looks
	for role, how := range map[string]string{"alone": "vanished", "kept": "signalled", "job": "signalled"} {
		if end := h.ended(role, 1).End; end.How != how || how == "signalled" && end.Signal != "killed" {
			t.Errorf("%s ended as %+v, want %s", role, end, how)
		}
	}
	h.ansar("wait", "--for=ended", "kept")
	if running := h.settled(); len(running) > 0 {
		t.Errorf("%v run", running)
	}
	h.last("kept", 2) // it was started again, and not for ever
	h.recorded()
}

// memoryGroup makes a control group whose processes may have so many bytes
// together, or skips.
func memoryGroup(t *testing.T, limit int) string {
	t.Helper()
	for _, parent := range []struct{ dir, file string }{
		{"/sys/fs/cgroup/memory", "memory.limit_in_bytes"}, {"/sys/fs/cgroup", "memory.max"},
	} {
		group, err := os.MkdirTemp(parent.dir, "ansar-test-")
		if err != nil {
			continue
		}
		t.Cleanup(func() {
			err := os.Remove(group)
			for deadline := time.Now().Add(hang); errors.Is(err, unix.EBUSY) && time.Now().Before(deadline); err = os.Remove(group) {
				time.Sleep(5 * time.Millisecond) // the kernel takes its time to empty it
			}
			if err != nil {
				t.Errorf("%v: is a process left in it?", err)
			}
		})
		if err := os.WriteFile(filepath.Join(group, parent.file), fmt.Append(nil, limit), 0); err == nil {
			return group
		}
	}
	t.Skip("no control group for memory can be made here")
	return ""
}
