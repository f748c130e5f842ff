package runner

import (
	"fmt"
	"os"
	"syscall"
)

// eventPipe gives both ends of the descriptor on which a runner tells what
// comes of its role. One in the foreground also hears on it the end of its
// starter, so there it is a pair of sockets.
func eventPipe(bothWays bool) (ours, theirs *os.File, inode uint64, err error) {
	var fds [2]int
	syscall.ForkLock.RLock()
	if bothWays {
		fds, err = syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	} else {
		err = syscall.Pipe(fds[:])
	}
	if err == nil {
		syscall.CloseOnExec(fds[0])
		syscall.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, nil, 0, fmt.Errorf("open pipe: %w", err)
	}
	_ = syscall.SetNonblock(fds[0], true) // for the poller
	ours, theirs = os.NewFile(uintptr(fds[0]), "events"), os.NewFile(uintptr(fds[1]), "events")
	return ours, theirs, inodeOf(fds[1]), nil
}

// inodeOf gives what tells an open file from others, 0 if it is not open.
func inodeOf(fd int) uint64 {
	var s syscall.Stat_t
	if syscall.Fstat(fd, &s) != nil {
		return 0
	}
	return s.Ino
}
