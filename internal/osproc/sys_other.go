//go:build !linux

package osproc

import (
	"syscall"
)

const fionread = 0x4004667f // bytes to be read from a pipe

// pipe returns both ends of a new pipe, close-on-exec.
func pipe() (r, w int, err error) {
	syscall.ForkLock.RLock() // or a child forked in between inherits them
	defer syscall.ForkLock.RUnlock()
	var fds [2]int
	if err := syscall.Pipe(fds[:]); err != nil {
		return 0, 0, err
	}
	syscall.CloseOnExec(fds[0])
	syscall.CloseOnExec(fds[1])
	return fds[0], fds[1], nil
}

// fork starts the process. There is no pidfd here.
func fork(spec *Spec, path string, files []uintptr) (pid, pidfd int, err error) {
	pid, err = syscall.ForkExec(path, spec.args(), attributes(spec, files))
	return pid, -1, err
}

// resize does nothing: a pipe has the size that the system gives it.
func resize(fd, size int) {}
