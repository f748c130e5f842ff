package osproc

import (
	"context"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Held is processes of a [Family], each by a descriptor, so that none of them can
// be mistaken for another. It is for one goroutine.
type Held struct {
	held []orphan
}

// Len returns how many they are.
func (h *Held) Len() int { return len(h.held) }

// Members describes those that run.
func (h *Held) Members() []Member {
	var list []Member
	for _, o := range h.held {
		line := commandLine(o.pid)
		if o.runs() { // so it was still its own
			list = append(list, Member{o.pid, line, o.start})
		}
	}
	return list
}

// Signal sends sig to each of them but those that are in the process group spared, and were
// when they were found.
func (h *Held) Signal(sig syscall.Signal, spared int) {
	for _, o := range h.held {
		if o.pgrp == spared {
			if now, err := readStat(o.pid); err == nil && now.identity == o.identity && now.pgrp == spared {
				continue
			}
		}
		_ = unix.PidfdSendSignal(o.fd, sig, nil, 0) // it has ended, or belongs to another user
	}
}

// Await blocks until all of them have ended, or until ctx ends, and reports the former. It
// takes no thread.
func (h *Held) Await(ctx context.Context) bool {
	file, err := h.ends()
	if err != nil {
		return h.awaitThread(ctx)
	}
	defer file.Close()
	defer context.AfterFunc(ctx, func() { _ = file.SetReadDeadline(time.Now()) })()
	left := len(h.held)
	conn, err := file.SyscallConn()
	if err != nil {
		return false // closed: cannot happen before the return
	}
	var events [16]unix.EpollEvent
	return left == 0 || conn.Read(func(fd uintptr) bool {
		for left > 0 {
			n, err := unix.EpollWait(int(fd), events[:], 0)
			if err == unix.EINTR {
				continue
			}
			if n <= 0 {
				return false
			}
			left -= n
		}
		return true
	}) == nil
}

// ends returns what can be read when one of them ends, once for each.
func (h *Held) ends() (*os.File, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	for _, o := range h.held {
		event := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLONESHOT, Fd: int32(o.fd)}
		if err := unix.EpollCtl(fd, unix.EPOLL_CTL_ADD, o.fd, &event); err != nil {
			unix.Close(fd)
			return nil, err
		}
	}
	if file := pollable(fd); file != nil {
		return file, nil
	}
	return nil, unix.ENOMEM
}

// awaitThread is Await where there is no descriptor left: in steps, for nothing wakes it.
func (h *Held) awaitThread(ctx context.Context) bool {
	for ctx.Err() == nil {
		if awaitAll(h.held, time.Now().Add(20*time.Millisecond)) {
			return true
		}
	}
	return false
}

// Close lets go of them, and reaps those that have ended and were adopted.
func (h *Held) Close() {
	var ended []orphan
	for _, o := range h.held {
		if !o.runs() {
			ended = append(ended, o)
		}
	}
	reapAdopted(ended)
	closeAll(h.held)
	h.held = nil
}

// runs reports whether the process has not ended.
func (o orphan) runs() bool {
	fds := []unix.PollFd{{Fd: int32(o.fd), Events: unix.POLLIN}}
	for {
		n, err := unix.Poll(fds, 0)
		if err != unix.EINTR {
			return n == 0
		}
	}
}

// reapAdopted reaps those of ended that are children of this process and that nobody else
// here has a descriptor of.
func reapAdopted(ended []orphan) {
	if len(ended) == 0 || !own.claimed.Load() {
		return
	}
	own.reaping.Lock()
	defer own.reaping.Unlock()
	var holders map[int]int
	for _, o := range ended {
		if !o.isChild() {
			continue
		}
		if holders == nil {
			holders = pidfds()
		}
		if holders[o.pid] == 1 {
			o.reap()
		}
	}
}
