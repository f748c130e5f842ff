//go:build linux

package groups

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

// process is one of the group.
type process struct {
	pid  int
	role bool // runs the helper: all others are the tool's
	name string
}

// processes lists what lives of the group. Zombies have ended.
func (s *Site) processes() []process {
	entries, _ := os.ReadDir("/proc")
	var list []process
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == os.Getpid() || !s.owns(pid) {
			continue
		}
		exe, _ := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
		list = append(list, process{pid, exe == s.Helper, filepath.Base(exe)})
	}
	return list
}

// owns reports whether the process belongs to the group: by the mark in its
// environment. A zombie has none any more.
func (s *Site) owns(pid int) bool {
	env, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
	if err != nil {
		return false
	}
	if bytes.Contains(env, []byte(markVariable+"="+s.mark+"\x00")) {
		return true
	}
	// A tool may have cleared the environment: then it is told by what it runs.
	exe, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
	if err != nil {
		return false
	}
	for _, bin := range s.bins {
		if bin != "" && strings.HasPrefix(exe, bin+"/") {
			line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
			return bytes.Contains(line, []byte(s.Folder))
		}
	}
	return false
}

// tools are the processes of the tool itself.
func (s *Site) tools() []int {
	var pids []int
	for _, p := range s.processes() {
		if !p.role {
			pids = append(pids, p.pid)
		}
	}
	return pids
}

// end kills what lives of the group, and returns what that was. A process is
// looked at again once its id cannot become another's.
func (s *Site) end() []string {
	var found []string
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		left := s.processes()
		if len(left) == 0 {
			break
		}
		for _, p := range left {
			fd, err := unix.PidfdOpen(p.pid, 0)
			if err != nil {
				continue
			}
			if s.owns(p.pid) {
				_ = unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0)
				found = append(found, fmt.Sprintf("%s %d", p.name, p.pid))
			}
			unix.Close(fd)
		}
	}
	return found
}

// wakeUps tells for each thread of the processes how often it has gone to sleep by
// itself: once for each time it was woken.
func wakeUps(pids []int) map[string]int {
	counts := map[string]int{}
	for _, pid := range pids {
		files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
		for _, file := range files {
			text, _ := os.ReadFile(file) // a thread that is gone wakes no more
			for line := range strings.Lines(string(text)) {
				if rest, ok := strings.CutPrefix(line, "voluntary_ctxt_switches:"); ok {
					n, _ := strconv.Atoi(strings.TrimSpace(rest))
					counts[file] = n
				}
			}
		}
	}
	return counts
}

// since sums up by how much the counts have grown. A thread that has ended
// meanwhile does not count.
func since(before, now map[string]int) int {
	total := 0
	for file, n := range now {
		total += n - before[file]
	}
	return total
}
