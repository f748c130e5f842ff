//go:build !linux

package runner

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// replaceFile makes descriptor fd the same file as from, for children, too.
func replaceFile(from, fd int) error { return unix.Dup2(from, fd) }

// nameOf is a signal as people write it.
func nameOf(s os.Signal) string {
	if number, ok := s.(syscall.Signal); ok {
		if name := unix.SignalName(number); name != "" {
			return name
		}
	}
	return s.String()
}

// nameless makes a file that lives as long as it is open.
func nameless() (*os.File, error) {
	file, err := os.CreateTemp("", ".ansar-runner-")
	if err != nil {
		return nil, err
	}
	return file, os.Remove(file.Name())
}
