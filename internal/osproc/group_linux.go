package osproc

import (
	"syscall"
	"time"
)

// groupLimit is how long the members of a group may take to end after SIGKILL.
// Only one that is stuck in the kernel takes longer than an instant.
const groupLimit = 2 * time.Second

// awaitGroup returns when the members of the group, all sent SIGKILL before,
// have ended, or after groupLimit. In an own main it reaps those of them that
// were adopted. The usual group is empty, which costs one system call.
//
// The id of the group is no longer reserved here, so nothing is sent to it: at
// worst this waits for a stranger.
func (p *Process) awaitGroup() {
	if p.exit.unknown() || !groupExists(p.pid) || !pidfdWorks() {
		return
	}
	deadline := time.Now().Add(groupLimit)
	if own.claimed.Load() {
		awaitMembers(p.pid, children(), deadline)
		if !groupExists(p.pid) {
			return
		}
	}
	awaitMembers(p.pid, everyPid(), deadline)
}

func groupExists(pgrp int) bool {
	return syscall.Kill(-pgrp, 0) != syscall.ESRCH
}

// awaitMembers waits for those of pids that belong to the group.
func awaitMembers(pgrp int, pids []int, deadline time.Time) {
	var members []orphan
	for _, pid := range pids {
		s, err := readStat(pid)
		if err != nil || s.pgrp != pgrp {
			continue
		}
		if m, ok := hold(s); ok {
			members = append(members, m)
		}
	}
	defer closeAll(members)
	awaitAll(members, deadline)
	if own.claimed.Load() {
		for _, m := range members {
			m.reap() // an id that is not our child's is not touched
		}
	}
}
