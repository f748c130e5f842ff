package journal

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// lock takes the lock that says who writes the file. It belongs to the open file, and
// ends with it or with the process, however that ends. The length of what is locked
// is the id of the process: the kernel tells no other for such locks.
func lock(file *os.File) error {
	err := fcntl(file, unix.F_OFD_SETLK, &unix.Flock_t{Type: unix.F_WRLCK, Len: int64(os.Getpid())})
	if errors.Is(err, unix.ENOLCK) || errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOTSUP) {
		return nil // a file system without locks: readers will hold the writer for dead
	}
	return os.NewSyscallError("lock", err)
}

// writer returns the process that has the file open to write, and whether there is one.
func writer(file *os.File) (pid int, alive bool) {
	lock := unix.Flock_t{Type: unix.F_WRLCK, Len: 1}
	if err := fcntl(file, unix.F_OFD_GETLK, &lock); err != nil || lock.Type == unix.F_UNLCK {
		return 0, false
	}
	return int(lock.Len), true
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
