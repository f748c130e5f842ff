package runner

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// closeInherited closes the descriptors that somebody above the starter has left
// open by mistake: in the background they would be held for ever, and what waits
// for the end of a pipe would wait for ever. Those of this program are closed on
// exec, and so can be told.
func closeInherited() {
	const first = 4 // 3 is the pipe to the starter
	fds := make([]int, 0, 64)
	names, err := os.ReadDir("/dev/fd")
	for _, name := range names {
		if fd, err := strconv.Atoi(name.Name()); err == nil {
			fds = append(fds, fd)
		}
	}
	for fd := first; err != nil && fd < 256; fd++ {
		fds = append(fds, fd)
	}
	for _, fd := range fds {
		flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
		if err == nil && fd >= first && flags&unix.FD_CLOEXEC == 0 {
			_ = unix.Close(fd)
		}
	}
}
