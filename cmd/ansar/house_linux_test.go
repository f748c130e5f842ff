package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/framework"
	"github.com/ansar-go/ansar/internal/history"
	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/proctest"
	"github.com/ansar-go/ansar/internal/runner"
	"github.com/ansar-go/ansar/lifecycle"
)

func init() {
	programs["ansar-runner"] = runner.Main
	programs["family"] = func() { framework.CreateObject(family) }
}

// family calls something that never ends, and returns what comes of it.
var family = actor.Define("family", func(self *actor.Context, _, _ *lifecycle.None) (*lifecycle.Ack, error) {
	return actor.Call[*lifecycle.Ack](self, "zombie", nil)
})

// house is a home, and what lives in it.
type house struct {
	testing.TB
	dir  string
	home *home.Home
}

// newHouse makes a home with programs. When the test ends, all roles are stopped,
// and no process may be left.
func newHouse(t testing.TB, names ...string) *house {
	t.Helper()
	return newHouseIn(t, t.TempDir(), names...)
}

// newHouseIn makes it in a folder that is there.
func newHouseIn(t testing.TB, dir string, names ...string) *house {
	t.Helper()
	proctest.Mark(t)
	t.Setenv("GORACE", "atexit_sleep_ms=0")
	h := &house{TB: t, dir: dir}
	h.ansar("create")
	var err error
	if h.home, err = home.Open(filepath.Join(h.dir, ".ansar-home")); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path, filepath.Join(h.home.Dir(home.Bin), name)); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		_, _ = h.command("--force", "stop", "--grace=1").Output() // the mark tells what it could not stop
	})
	return h
}

// command prepares ansar, in the folder of the home.
func (h *house) command(args ...string) *exec.Cmd {
	cmd := exec.Command("ansar", args...)
	cmd.Dir = h.dir
	return cmd
}

// ansar runs the command, which must succeed, and returns what it prints.
func (h *house) ansar(args ...string) string {
	h.Helper()
	var stdout, stderr bytes.Buffer
	cmd := h.command(args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		h.Fatalf("ansar %s: %v\n%s%s", strings.Join(args, " "), err, stdout.Bytes(), stderr.Bytes())
	}
	return stdout.String()
}

// runs are the runs of a role.
func (h *house) runs(role string) []history.Run {
	h.Helper()
	runs, err := history.Of(h.home, role).Runs()
	if err != nil {
		h.Fatal(err)
	}
	return runs
}

// ended waits for the end of a run and returns it.
func (h *house) ended(role string, number int) *history.Run {
	h.Helper()
	ctx, cancel := context.WithTimeout(h.Context(), hang)
	defer cancel()
	run, err := history.Of(h.home, role).Wait(ctx, number)
	if err != nil {
		h.Fatalf("wait for run %d of %s: %v", number, role, err)
	}
	return run
}

// last is the last run of a role, which must be a run of this number.
func (h *house) last(role string, number int) *history.Run {
	h.Helper()
	runs := h.runs(role)
	if len(runs) == 0 || runs[len(runs)-1].Number != number {
		h.Fatalf("%s has runs %+v, want one of number %d as the last", role, runs, number)
	}
	return &runs[len(runs)-1]
}

// holder is the process that has a lock: of a role, or with .keeper, of its
// keeper.
func (h *house) holder(lock string) int {
	h.Helper()
	holder, err := h.home.Holder(lock)
	if err != nil || holder == nil {
		h.Fatalf("nobody holds %s (%v)", lock, err)
	}
	return holder.PID
}

// free reports whether nobody has the lock.
func (h *house) free(lock string) bool {
	h.Helper()
	holder, err := h.home.Holder(lock)
	if err != nil {
		h.Fatal(err)
	}
	return holder == nil
}

// below are the processes that descend from one.
func (h *house) below(pid int) []int {
	h.Helper()
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		h.Fatal(err)
	}
	var pids []int
	for _, file := range tasks {
		text, _ := os.ReadFile(file) // a thread may have ended
		for _, word := range strings.Fields(string(text)) {
			var child int
			if _, err := fmt.Sscan(word, &child); err == nil {
				pids = append(append(pids, child), h.below(child)...)
			}
		}
	}
	return pids
}

// watched are processes whose ends can be waited for.
type watched struct {
	*house
	pids []int
	fds  []int
}

// watch opens processes, all of which must be there.
func (h *house) watch(pids ...int) *watched {
	h.Helper()
	w := &watched{house: h, pids: pids}
	for _, pid := range pids {
		fd, err := unix.PidfdOpen(pid, 0)
		if err != nil {
			h.Fatalf("process %d: %v", pid, err)
		}
		h.Cleanup(func() { unix.Close(fd) })
		w.fds = append(w.fds, fd)
	}
	return w
}

// kill ends them by SIGKILL, and returns when they are gone.
func (w *watched) kill() {
	w.Helper()
	for _, fd := range w.fds {
		if err := unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0); err != nil && !errors.Is(err, unix.ESRCH) {
			w.Fatal(err)
		}
	}
	w.gone(hang)
}

// gone waits until all have ended, which must be within the limit.
func (w *watched) gone(limit time.Duration) {
	w.Helper()
	for i, fd := range w.fds {
		if !w.ends(fd, limit) {
			w.Fatalf("process %d lives on after %v", w.pids[i], limit)
		}
	}
}

// alive checks that all are still there.
func (w *watched) alive() {
	w.Helper()
	for i, fd := range w.fds {
		if w.ends(fd, 0) {
			w.Errorf("process %d has ended, and should go on", w.pids[i])
		}
	}
}

func (w *watched) ends(fd int, limit time.Duration) bool {
	w.Helper()
	for deadline := time.Now().Add(limit); ; {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, int(max(time.Until(deadline), 0).Milliseconds()))
		if !errors.Is(err, unix.EINTR) {
			return n > 0
		}
	}
}
