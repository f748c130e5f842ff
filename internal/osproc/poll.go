package osproc

import (
	"os"
	"syscall"
	"time"
)

// pollable hands fd to the Go poller, or closes it and returns nil if the
// poller refuses it, or if fd is negative.
func pollable(fd int) *os.File {
	if fd < 0 {
		return nil
	}
	if syscall.SetNonblock(fd, true) != nil {
		_ = syscall.Close(fd)
		return nil
	}
	file := os.NewFile(uintptr(fd), "osproc")
	if file.SetReadDeadline(time.Time{}) != nil { // the one way to ask whether it is polled
		_ = file.Close()
		return nil
	}
	return file
}
