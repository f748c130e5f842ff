package osproc

import (
	"errors"
	"os"
	"syscall"
)

// Sentinel starts the program of this process once more, with these arguments,
// argv[0] included, to do something when this process has ended, however it does: the standard input of the sentinel
// ends then. It is in a session of its own, in the root folder, with an empty environment and without
// outputs. Nobody waits for it and nothing stops it. Where the kernel has no pidfd, before 5.4, nothing is
// started.
func Sentinel(args []string) error {
	if !pidfdWorks() {
		return nil
	}
	r, w, err := pipe()
	if err != nil {
		return err
	}
	defer syscall.Close(r)
	null, err := syscall.Open(os.DevNull, syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	if err != nil {
		return errors.Join(err, syscall.Close(w))
	}
	defer syscall.Close(null)
	// The descriptor of the process stays open, which tells it from one that was adopted.
	pidfd := -1
	attr := &syscall.ProcAttr{
		Dir: "/", Env: []string{}, Files: []uintptr{uintptr(r), uintptr(null), uintptr(null)},
		Sys: &syscall.SysProcAttr{Setsid: true, PidFD: &pidfd},
	}
	fork := func() { _, err = syscall.ForkExec("/proc/self/exe", args, attr) }
	if own.claimed.Load() {
		own.onSpawner(fork)
	} else {
		fork()
	}
	if err != nil {
		return errors.Join(err, syscall.Close(w))
	}
	return nil // w stays open for as long as this process lives
}
