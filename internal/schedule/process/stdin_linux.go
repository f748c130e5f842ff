package process

import (
	"os"

	"golang.org/x/sys/unix"
)

// textFile returns a file without a name that holds text, at its beginning.
func textFile(text string) (*os.File, error) {
	fd, err := unix.MemfdCreate("stdin", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	return filled(os.NewFile(uintptr(fd), "stdin"), text)
}
