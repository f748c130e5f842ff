package background

import (
	"os"
	"strconv"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// Inherited returns the descriptors, but for standard input, output and error,
// that children of this process would have. The Go library opens none that way:
// they are of who has started it, most often by mistake, or of code in C.
func Inherited() []int {
	const first = 3
	var fds []int
	names, err := os.ReadDir("/dev/fd")
	for _, name := range names {
		if fd, err := strconv.Atoi(name.Name()); err == nil {
			fds = append(fds, fd)
		}
	}
	for fd := first; err != nil && fd < 256; fd++ {
		fds = append(fds, fd)
	}
	var open []int
	for _, fd := range fds {
		flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
		if err == nil && fd >= first && flags&unix.FD_CLOEXEC == 0 {
			open = append(open, fd)
		}
	}
	return open
}

// keepInherited keeps what this process has inherited from children in the
// background. These would hold it for ever: the lock of a script, or the end of a
// pipe that somebody waits for.
var keepInherited = sync.OnceFunc(func() {
	for _, fd := range Inherited() {
		syscall.CloseOnExec(fd)
	}
})
