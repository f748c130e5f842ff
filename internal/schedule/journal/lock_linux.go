package journal

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// lock takes the lock that says who writes the file. It belongs to the open file, and
// ends with it or with the process, however that ends. The length of what is locked
// is the id of the process, and its start the rest of what names it: the kernel tells
// no other for such locks.
func lock(file *os.File) error {
	pid := os.Getpid()
	err := fcntl(file, unix.F_OFD_SETLK, &unix.Flock_t{Type: unix.F_WRLCK, Start: identity(pid), Len: int64(pid)})
	if errors.Is(err, unix.ENOLCK) || errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOTSUP) {
		return nil // a file system without locks: readers will hold the writer for dead
	}
	return os.NewSyscallError("lock", err)
}

// writer returns the process that has the file open to write, and whether there is one.
// The lock alone is not enough: a child of the writer has the file open, too, from fork
// to exec, and may outlive it by as long.
func writer(file *os.File) (pid int, alive bool) {
	lock := unix.Flock_t{Type: unix.F_WRLCK} // all of the file
	if err := fcntl(file, unix.F_OFD_GETLK, &lock); err != nil || lock.Type == unix.F_UNLCK {
		return 0, false
	}
	return int(lock.Len), runs(int(lock.Len), lock.Start)
}

func fcntl(file *os.File, command int, lock *unix.Flock_t) error {
	conn, err := file.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = conn.Control(func(fd uintptr) {
		for {
			if failed = unix.FcntlFlock(fd, command, lock); !errors.Is(failed, unix.EINTR) {
				return
			}
		}
	})
	return errors.Join(err, failed)
}
