package osproc

import (
	"errors"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// orphan is a process that has a pidfd of its own here, so that it cannot be
// mistaken for another while it is looked at.
type orphan struct {
	identity
	fd   int
	pgrp int // when it was found
}

// KillAdopted ends what this program has adopted: it sends SIGKILL to every
// such process, reaps it, and does the same with those it adopts in
// consequence, until there are none left or limit has passed. It blocks until
// then and returns how many it killed. It is for the end of a program that
// called [OwnMain]; in another it returns 0 at once.
//
// The kernel does not say which children a process bore and which it adopted.
// Here a child counts as adopted unless some descriptor of this process is a
// pidfd of it: Start and os/exec keep one of each child until it is reaped, and
// nobody can have one of a process that came unasked. So children of Start and
// os/exec are left alone, and their descendants with them, while a process that
// os.Process.Release let go, or that C code started, is taken for adopted.
func KillAdopted(limit time.Duration) (killed int) {
	if !own.claimed.Load() || !pidfdWorks() {
		return 0
	}
	own.reaping.Lock()
	defer own.reaping.Unlock()
	deadline := time.Now().Add(limit)
	// A listing may miss a child while another is being removed from it, so
	// only two empty ones in a row count.
	for empty := 0; empty < 2; {
		if _, _, err := peek(unix.P_ALL, 0, unix.WNOHANG); errors.Is(err, unix.ECHILD) {
			return killed // no child of any kind
		}
		found := adopted(func(stat) bool { return true })
		killed += killAll(found)
		all := awaitAll(found, deadline)
		for _, f := range found {
			f.reap()
		}
		closeAll(found)
		if len(found) > 0 {
			empty = 0
		} else {
			empty++
		}
		if !all || time.Now().After(deadline) {
			return killed
		}
	}
	return killed
}

// adopted returns the children of this process that it did not start and that
// want says yes to. The caller closes them.
func adopted(want func(stat) bool) []orphan {
	var found []orphan
	for _, pid := range children() {
		s, err := readStat(pid)
		if err != nil || !want(s) {
			continue
		}
		if f, ok := hold(s); ok {
			found = append(found, f)
		}
	}
	if len(found) == 0 {
		return nil
	}
	// The pidfds above come first: from here on the numbers mean these
	// processes, so whoever else has a descriptor of one of them bore it.
	holders := pidfds()
	kept := found[:0]
	for _, f := range found {
		if holders[f.pid] > 1 || !f.isChild() {
			unix.Close(f.fd)
			continue
		}
		kept = append(kept, f)
	}
	return kept
}

// hold opens a pidfd of the process that s describes, if it is still there.
func hold(s stat) (orphan, bool) {
	fd, err := unix.PidfdOpen(s.pid, 0)
	if err != nil {
		return orphan{}, false
	}
	again, err := readStat(s.pid)
	if err != nil || again.identity != s.identity {
		unix.Close(fd)
		return orphan{}, false
	}
	return orphan{s.identity, fd, again.pgrp}, true
}

// isChild reports whether this process is the one that may reap f.
func (f orphan) isChild() bool {
	_, _, err := peek(unix.P_PIDFD, f.fd, unix.WNOHANG)
	return err == nil
}

// reap reaps f if it has ended and is a child of this process.
func (f orphan) reap() {
	_ = unix.Waitid(unix.P_PIDFD, f.fd, nil, unix.WEXITED|unix.WNOHANG, nil)
}

// killAll kills those of found that still run and returns how many.
func killAll(found []orphan) (killed int) {
	for _, f := range found {
		_, ended, err := peek(unix.P_PIDFD, f.fd, unix.WNOHANG)
		if err == nil && !ended && unix.PidfdSendSignal(f.fd, syscall.SIGKILL, nil, 0) == nil {
			killed++
		}
	}
	return killed
}

// awaitAll blocks until all of found have ended, and reports false if they
// have not by the deadline.
func awaitAll(found []orphan, deadline time.Time) bool {
	left := make([]unix.PollFd, len(found))
	for i, f := range found {
		left[i] = unix.PollFd{Fd: int32(f.fd), Events: unix.POLLIN}
	}
	for len(left) > 0 {
		wait := time.Until(deadline)
		if wait <= 0 {
			wait = 0
		}
		n, err := unix.Poll(left, int((wait+time.Millisecond-1)/time.Millisecond))
		if err != nil && err != unix.EINTR {
			return false
		}
		if n == 0 && wait == 0 {
			return false
		}
		running := left[:0]
		for _, l := range left {
			if l.Revents == 0 {
				running = append(running, l)
			}
		}
		left = running
	}
	return true
}

func closeAll(found []orphan) {
	for _, f := range found {
		unix.Close(f.fd)
	}
}
