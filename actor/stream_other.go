//go:build !linux

package actor

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// selfPath is what os.Executable could not tell: nothing here can.
const selfPath = ""

// wakeSignal: only Linux tells children of their parent's death.
const wakeSignal = syscall.Signal(0)

func socketpair() (*stream, *os.File, error) {
	syscall.ForkLock.RLock() // between the call and close-on-exec nothing may be started
	defer syscall.ForkLock.RUnlock()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		return nil, nil, socketError(err)
	}
	unix.CloseOnExec(fds[0])
	unix.CloseOnExec(fds[1])
	return wrapPair(fds)
}

func sameProgram(string) bool { return true }
