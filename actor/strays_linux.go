package actor

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ansar-go/ansar/internal/osproc"
)

// killStrays ends what this process still has below it when everything that
// it knows of has ended: children that the object's own code started and did
// not wait for, and what they left behind. It returns when they are gone, or
// after limit.
func killStrays(limit time.Duration) {
	for deadline := time.Now().Add(limit); hasChildren(); {
		osproc.KillAdopted(time.Until(deadline))
		if !time.Now().Before(deadline) {
			return
		}
		for _, pid := range childPids() {
			killChild(pid, time.Until(deadline))
		}
	}
}

// killOthers is killStrays that leaves alone what was started with a link to a
// parent: such a process knows that its parent is gone, cleans up under its own
// limit, and passes to the next of ours above this one.
func killOthers(limit time.Duration) {
	for deadline := time.Now().Add(limit); hasChildren() && time.Now().Before(deadline); {
		found := false
		for _, pid := range childPids() {
			if !startedByUs(pid) {
				found = true
				killChild(pid, time.Until(deadline))
			}
		}
		if !found {
			return
		}
	}
}

// awaitOrphans waits for processes of ours that were adopted because their
// parent died: they clean up, and see to their own limit. It waits no longer
// than limit.
func awaitOrphans(limit time.Duration) {
	for deadline := time.Now().Add(limit); hasChildren() && time.Now().Before(deadline); {
		found := false
		for _, pid := range childPids() {
			if startedByUs(pid) {
				found = true
				awaitChild(pid, time.Until(deadline))
			}
		}
		if !found {
			return
		}
	}
}

// startedByUs reports whether the process was started with a link to a parent.
// A zombie has no environment left to tell.
func startedByUs(pid int) bool {
	environ, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ")
	return bytes.HasPrefix(environ, []byte(markerName+"=")) || bytes.Contains(environ, []byte("\x00"+markerName+"="))
}

func awaitChild(pid int, limit time.Duration) {
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return
	}
	defer unix.Close(fd)
	awaitEnd(fd, limit)
}

func awaitEnd(fd int, limit time.Duration) {
	_, _ = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, int(max(0, limit).Milliseconds())) // who calls looks again
}

func hasChildren() bool {
	return unix.Waitid(unix.P_ALL, 0, nil, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT, nil) != unix.ECHILD
}

// childPids is empty where the kernel does not list children: then only what
// was adopted is ended.
func childPids() []int {
	lists, _ := filepath.Glob("/proc/self/task/*/children")
	var pids []int
	for _, list := range lists {
		text, _ := os.ReadFile(list) // a thread may have ended
		for _, field := range bytes.Fields(text) {
			if pid, err := strconv.Atoi(string(field)); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// killChild kills and reaps the process if it is a child of this one: by a
// descriptor, for the number may be somebody else's by now.
func killChild(pid int, limit time.Duration) {
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return
	}
	defer unix.Close(fd)
	if unix.Waitid(unix.P_PIDFD, fd, nil, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT, nil) != nil {
		return
	}
	_ = unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0) // it may have ended just now
	awaitEnd(fd, limit)
	_ = unix.Waitid(unix.P_PIDFD, fd, nil, unix.WEXITED|unix.WNOHANG, nil) // or whoever started it reaps it
}
