//go:build !linux

package osproc

import (
	"context"
	"syscall"
	"unsafe"
)

// The arguments of waitid on darwin, the one system this is built for beside Linux.
const (
	waitPID = 1
	wExited = 0x4
	wNoWait = 0x20
)

// end waits for the end of the process, kills what is left of its group while
// the id is reserved, reaps it, and announces its end. The order differs from
// that on Linux because waitid reports no reliable status here.
func (p *Process) end() {
	blockUntilEnded(p.pid)
	p.mu.Lock()
	p.ended = true // no signal may follow the reaping
	p.mu.Unlock()
	_ = syscall.Kill(-p.pid, syscall.SIGKILL)
	var status syscall.WaitStatus
	var ru syscall.Rusage
	for {
		_, err := syscall.Wait4(p.pid, &status, 0, &ru)
		if err == nil {
			break
		}
		if err != syscall.EINTR {
			p.announce(Exit{Status: -1})
			return
		}
	}
	exit := Exit{Status: status.ExitStatus(), Usage: usage(ru.Utime.Nano(), ru.Stime.Nano(), int64(ru.Maxrss))}
	if status.Signaled() {
		exit.Signal, exit.CoreDumped = status.Signal(), status.CoreDump()
	}
	p.announce(exit)
}

// blockUntilEnded returns when the child has ended and leaves it unreaped.
// It takes a thread.
func blockUntilEnded(pid int) {
	var info [128]byte
	for {
		_, _, errno := syscall.Syscall6(syscall.SYS_WAITID, waitPID, uintptr(pid),
			uintptr(unsafe.Pointer(&info)), wExited|wNoWait, 0, 0)
		if errno != syscall.EINTR {
			return
		}
	}
}

// send signals the process itself. The caller holds mu, and it has not ended,
// so its id is not another's.
func (p *Process) send(sig syscall.Signal) error {
	return syscall.Kill(p.pid, sig)
}

// awaitGroup returns at once: the members were killed, and nothing here tells
// when each of them has ended.
func (p *Process) awaitGroup() {}

// AwaitGroup returns at once, as awaitGroup does.
func (p *Process) AwaitGroup(context.Context) {}
