package osproc

import (
	"context"
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// AwaitGroup waits until nothing is left of the process group, and of the session,
// of a process that has ended, or until ctx ends. It is for [Spec.Ended], in a
// program that called [OwnMain], which has adopted what is left and reaps it; in
// another it returns at once.
func (p *Process) AwaitGroup(ctx context.Context) {
	if !own.claimed.Load() || !pidfdWorks() {
		return
	}
	var wake [2]int
	if unix.Pipe2(wake[:], unix.O_CLOEXEC) != nil {
		return
	}
	defer unix.Close(wake[0])
	unwatch := context.AfterFunc(ctx, func() { _ = unix.Close(wake[1]) })
	defer func() {
		if unwatch() {
			_ = unix.Close(wake[1])
		}
	}()
	for empty := 0; empty < 2 && ctx.Err() == nil; { // as in KillAdopted
		found := p.adoptedLeft()
		if len(found) == 0 {
			empty++
			continue
		}
		empty = 0
		awaitOne(found, wake[0])
		for _, f := range found {
			f.reap()
		}
		closeAll(found)
	}
}

// adoptedLeft returns what this process has adopted of the group and the session.
// The caller closes it.
func (p *Process) adoptedLeft() []orphan {
	own.reaping.Lock()
	defer own.reaping.Unlock()
	return adopted(func(s stat) bool { return s.pid != p.pid && (s.pgrp == p.pid || s.session == p.pid) })
}

// awaitOne returns when one of the processes has ended, or when wake can be read.
func awaitOne(found []orphan, wake int) {
	fds := []unix.PollFd{{Fd: int32(wake), Events: unix.POLLIN}}
	for _, f := range found {
		fds = append(fds, unix.PollFd{Fd: int32(f.fd), Events: unix.POLLIN})
	}
	for {
		if _, err := unix.Poll(fds, -1); !errors.Is(err, syscall.EINTR) {
			return
		}
	}
}
