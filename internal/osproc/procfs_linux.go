package osproc

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// stat is what /proc/PID/stat says of a process.
type stat struct {
	identity
	state   byte // 'Z': a zombie
	ppid    int
	pgrp    int
	session int
}

var errStat = errors.New("unreadable stat")

func readStat(pid int) (stat, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return stat{}, err
	}
	return parseStat(pid, b)
}

// parseStat reads the fields behind the name, which may itself contain blanks
// and parentheses.
func parseStat(pid int, b []byte) (s stat, err error) {
	fields := bytes.Fields(b[bytes.LastIndexByte(b, ')')+1:])
	if len(fields) < 20 {
		return stat{}, errStat
	}
	s.pid, s.state = pid, fields[0][0]
	var e1, e2, e3, e4 error
	s.ppid, e1 = strconv.Atoi(string(fields[1]))
	s.pgrp, e2 = strconv.Atoi(string(fields[2]))
	s.session, e3 = strconv.Atoi(string(fields[3]))
	s.start, e4 = strconv.ParseUint(string(fields[19]), 10, 64)
	if errors.Join(e1, e2, e3, e4) != nil {
		return stat{}, errStat
	}
	return s, nil
}

// children returns the ids of the children of this process. Kernels without a
// list of them are asked about every process.
func children() []int {
	threads, _ := os.ReadDir("/proc/self/task")
	var pids []int
	for _, t := range threads {
		b, err := os.ReadFile("/proc/self/task/" + t.Name() + "/children")
		if errors.Is(err, os.ErrNotExist) {
			if _, gone := os.Stat("/proc/self/task/" + t.Name()); gone != nil {
				continue // only this thread has ended
			}
			return childrenByParent()
		}
		for _, f := range bytes.Fields(b) {
			if pid, err := strconv.Atoi(string(f)); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

func childrenByParent() []int {
	var pids []int
	for _, pid := range everyPid() {
		if s, err := readStat(pid); err == nil && s.ppid == os.Getpid() {
			pids = append(pids, pid)
		}
	}
	return pids
}

// everyPid returns the ids of all processes.
func everyPid() []int {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	var pids []int
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// pidfds returns how many descriptors of this process are a pidfd of each id.
func pidfds() map[int]int {
	dir, err := os.Open("/proc/self/fd")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	count := make(map[int]int)
	for _, name := range names {
		target, err := os.Readlink("/proc/self/fd/" + name)
		if err != nil || !strings.Contains(target, "pidfd") {
			continue
		}
		b, err := os.ReadFile("/proc/self/fdinfo/" + name)
		if err != nil {
			continue
		}
		_, after, _ := strings.Cut(string(b), "\nPid:")
		line, _, _ := strings.Cut(after, "\n")
		if pid, err := strconv.Atoi(strings.TrimSpace(line)); err == nil && pid > 0 {
			count[pid]++
		}
	}
	return count
}
