package osproc

import (
	"errors"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

const fionread = unix.TIOCINQ // bytes to be read from a pipe

// pipe returns both ends of a new pipe, close-on-exec.
func pipe() (r, w int, err error) {
	var fds [2]int
	err = syscall.Pipe2(fds[:], syscall.O_CLOEXEC)
	return fds[0], fds[1], err
}

// resize sets the capacity of a pipe. It is a wish: a system that refuses it has
// its own.
func resize(fd, size int) { _, _ = unix.FcntlInt(uintptr(fd), unix.F_SETPIPE_SZ, size) }

// fork starts the process. pidfd is -1 where the system has none.
func fork(spec *Spec, path string, files []uintptr) (pid, pidfd int, err error) {
	attr := attributes(spec, files)
	pidfd = -1
	if pidfdWorks() {
		attr.Sys.PidFD = &pidfd
	}
	start := func() { pid, err = syscall.ForkExec(path, spec.args(), attr) }
	if spec.DeathSignal != 0 && own.claimed.Load() {
		attr.Sys.Pdeathsig = spec.DeathSignal
		own.onSpawner(start)
	} else {
		start()
	}
	if err == nil && own.claimed.Load() {
		own.watchOrphans()
	}
	return pid, pidfd, err
}

// pidfdWorks reports whether all of pidfd that is needed is there: old
// kernels and some sandboxes lack it.
var pidfdWorks = sync.OnceValue(func() bool {
	fd, err := unix.PidfdOpen(syscall.Getpid(), 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	_, _, err = peek(unix.P_PIDFD, fd, unix.WNOHANG)
	return errors.Is(err, unix.ECHILD) && unix.PidfdSendSignal(fd, 0, nil, 0) == nil
})

// childInfo is what waitid fills in, to the last field that matters.
type childInfo struct {
	_      [3]int32        // signo, errno and code, in an order that depends on the machine
	_      [is64bit]int32  // padding
	pid    int32           // 0: nothing to report
	_      uint32          // uid
	status int32           // exit status or signal
	_      [128 - 4*7]byte // siginfo is 128 bytes
}

const is64bit = ^uint(0) >> 63

// The codes of waitid that end a process.
const (
	cldExited = 1
	cldDumped = 3
)

// peek asks whether a child has ended, without reaping it. options are added
// to WEXITED and WNOWAIT. The error is ECHILD if it is no child of ours.
func peek(idType, id, options int) (exit Exit, ended bool, err error) {
	var info unix.Siginfo
	var ru unix.Rusage
	for {
		err = unix.Waitid(idType, id, &info, unix.WEXITED|unix.WNOWAIT|options, &ru)
		if err != unix.EINTR {
			break
		}
	}
	child := (*childInfo)(unsafe.Pointer(&info))
	if err != nil || child.pid == 0 {
		return Exit{}, false, err
	}
	exit = Exit{Status: -1, Usage: usage(ru.Utime.Nano(), ru.Stime.Nano(), int64(ru.Maxrss)<<10)}
	if info.Code == cldExited {
		exit.Status = int(child.status)
	} else {
		exit.Signal = syscall.Signal(child.status)
		exit.CoreDumped = info.Code == cldDumped
	}
	return exit, true, nil
}
