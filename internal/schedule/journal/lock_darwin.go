package journal

import (
	"bufio"
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// lock takes the lock that says that the file is being written. It belongs to the
// open file, and ends with it or with the process, however that ends.
func lock(file *os.File) error {
	err := flock(file, unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.ENOTSUP) {
		return nil // a file system without locks: readers will hold the writer for dead
	}
	return os.NewSyscallError("lock", err)
}

// writer returns the process that has the file open to write, and whether there is
// one. The lock tells no process, so the id is that of the first event.
func writer(file *os.File) (pid int, alive bool) {
	if err := flock(file, unix.LOCK_SH|unix.LOCK_NB); err == nil {
		_ = flock(file, unix.LOCK_UN)
		return 0, false
	}
	again, err := os.Open(file.Name())
	if err != nil {
		return 0, true
	}
	defer again.Close()
	line, err := bufio.NewReader(again).ReadBytes('\n')
	if err != nil {
		return 0, true
	}
	e, err := Parse(line)
	if err != nil {
		return 0, true
	}
	pid = int(e.GetPlanLoaded().GetPid())
	return pid, pid <= 0 || !errors.Is(unix.Kill(pid, 0), unix.ESRCH) // a child has the file, too, from fork to exec
}

func flock(file *os.File, how int) error {
	conn, err := file.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = conn.Control(func(fd uintptr) {
		for {
			if failed = unix.Flock(int(fd), how); !errors.Is(failed, unix.EINTR) {
				return
			}
		}
	})
	return errors.Join(err, failed)
}
