package group

import (
	"bytes"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// kin is a process as /proc shows it.
type kin struct {
	pid, parent, group, session int
	start                       uint64 // clock ticks since the machine began
}

// offspring lists what is below a process, and below that, by parent, by process
// group and by session: what has lost its parent is still in the session of its
// ancestors.
func offspring(pid int) []kin {
	all := everyone()
	found := map[int]bool{pid: true}
	var list []kin
	for grown := true; grown; {
		grown = false
		for _, k := range all {
			// A group or session is theirs only if one of them leads it: pid is the id
			// of the leader.
			if !found[k.pid] && (found[k.parent] || found[k.group] || found[k.session]) {
				found[k.pid], grown = true, true
				list = append(list, k)
			}
		}
	}
	return list
}

// everyone lists all processes that can be seen.
func everyone() []kin {
	entries, _ := os.ReadDir("/proc")
	var all []kin
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil {
			if k, ok := look(pid); ok {
				all = append(all, k)
			}
		}
	}
	return all
}

func look(pid int) (kin, bool) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return kin{}, false
	}
	// The name of the program may hold anything, a closing parenthesis too.
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 20 {
		return kin{}, false
	}
	number := func(i int) int { n, _ := strconv.Atoi(string(fields[i])); return n }
	start, _ := strconv.ParseUint(string(fields[19]), 10, 64)
	return kin{pid, number(1), number(2), number(3), start}, true
}

// killAll kills the processes, each only if it is still that one.
func killAll(list []kin) {
	for _, k := range list {
		fd, err := unix.PidfdOpen(k.pid, 0)
		if err != nil {
			continue
		}
		if now, ok := look(k.pid); ok && now.start == k.start && k.pid != os.Getpid() {
			_ = unix.PidfdSendSignal(fd, syscall.SIGKILL, nil, 0)
		}
		_ = unix.Close(fd)
	}
}
