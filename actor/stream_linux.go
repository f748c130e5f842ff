package actor

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// selfPath starts the running program whatever has become of its file.
const selfPath = "/proc/self/exe"

// wakeSignal is sent to our children when we die: one that was suspended
// wakes, reads the end of its link, and cleans up.
const wakeSignal = syscall.SIGCONT

func socketpair() (*stream, *os.File, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, socketError(err)
	}
	return wrapPair(fds)
}

// sameProgram reports whether the file at path is still the running program.
func sameProgram(path string) bool {
	var here, running unix.Stat_t
	return unix.Stat(path, &here) == nil && unix.Stat(selfPath, &running) == nil &&
		here.Ino == running.Ino && here.Dev == running.Dev
}
