package doctor

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

func systemLimits() []limit {
	list := sharedLimits()
	for _, l := range []limit{
		{"inotify instances (fs.inotify.max_user_instances)", 0, 0, 16, "raise it with sysctl"},
		{"inotify watches (fs.inotify.max_user_watches)", 0, 2, 64, "raise it with sysctl"},
	} {
		name := strings.TrimSuffix(l.name[strings.Index(l.name, "(")+1:], ")")
		text, err := os.ReadFile("/proc/sys/" + strings.ReplaceAll(name, ".", "/"))
		if err != nil {
			continue // a kernel without inotify, or /proc is hidden
		}
		if l.value, err = strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64); err == nil {
			list = append(list, l)
		}
	}
	return list
}

// systemProcesses reads those that this user may look at.
func systemProcesses() []process {
	entries, _ := os.ReadDir("/proc")
	var list []process
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil {
			if p, ok := readProcess(pid); ok {
				list = append(list, p)
			}
		}
	}
	return list
}

// readProcess reads one. ok is false for one that is gone, and for a zombie,
// which has ended.
func readProcess(pid int) (p process, ok bool) {
	dir := fmt.Sprintf("/proc/%d", pid)
	text, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		return p, false
	}
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:]) // the name before may hold anything
	if len(fields) < 20 || fields[0][0] == 'Z' || fields[0][0] == 'X' {
		return p, false
	}
	p.pid = pid
	p.parent, _ = strconv.Atoi(string(fields[1]))
	p.start, _ = strconv.ParseUint(string(fields[19]), 10, 64)
	name, _ := os.ReadFile(filepath.Join(dir, "comm"))
	p.name = strings.TrimSpace(string(name))
	p.args = words(filepath.Join(dir, "cmdline"))
	p.env = words(filepath.Join(dir, "environ"))
	var now unix.Timespec
	if unix.ClockGettime(unix.CLOCK_BOOTTIME, &now) == nil {
		const ticks = 100 // a second, USER_HZ of every architecture that Go knows
		p.age = time.Duration(now.Nano()) - time.Duration(p.start)*time.Second/ticks
	}
	return p, true
}

// words reads what /proc keeps with a zero byte after each.
func words(file string) []string {
	text, err := os.ReadFile(file)
	if err != nil || len(text) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(text), "\x00"), "\x00")
}

// terminate ends a process: SIGTERM, and after the grace SIGKILL. ours is asked
// once its id can no longer become another's. It reports whether it has ended.
func terminate(p process, ours func() bool, o Options) bool {
	fd, err := unix.PidfdOpen(p.pid, 0)
	if err != nil {
		return err == unix.ESRCH
	}
	defer unix.Close(fd)
	if now, ok := readProcess(p.pid); !ok || now.start != p.start {
		return true
	} else if !ours() {
		return false
	}
	for _, step := range []struct {
		signal unix.Signal
		limit  time.Duration
	}{{unix.SIGTERM, o.Grace}, {unix.SIGKILL, 5 * time.Second}} {
		if err := unix.PidfdSendSignal(fd, step.signal, nil, 0); err != nil {
			return err == unix.ESRCH
		}
		if ended(fd, step.limit) {
			return true
		}
	}
	return false
}

// ended waits for the end of a process.
func ended(fd int, limit time.Duration) bool {
	deadline := time.Now().Add(limit)
	for {
		left := time.Until(deadline)
		if left <= 0 {
			return false
		}
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, int(left/time.Millisecond)+1)
		if n > 0 {
			return true
		}
		if err != nil && err != unix.EINTR {
			return false
		}
	}
}
