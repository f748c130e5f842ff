package runner

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// replaceFile makes descriptor fd the same file as from, for children, too.
func replaceFile(from, fd int) error { return unix.Dup3(from, fd, 0) }

// nameOf is a signal as people write it.
func nameOf(s os.Signal) string {
	if number, ok := s.(syscall.Signal); ok {
		if name := unix.SignalName(number); name != "" {
			return name
		}
	}
	return s.String()
}

// nameless makes a file that is on no disk, so that none can be full, and that
// nothing is left of, whoever is killed when.
func nameless() (*os.File, error) {
	fd, err := unix.MemfdCreate("ansar-runner", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	return os.NewFile(uintptr(fd), "specification"), nil
}
