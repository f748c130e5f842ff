package deploy

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"syscall"
	"time"
)

// lockWait is how long a deployment waits for another.
const lockWait = 30 * time.Second

// folderLock keeps other deployments from a home, and from folders that it
// shares with other homes. It locks the folders themselves: nothing is left that
// could be left over.
type folderLock []*os.File

func (l folderLock) release() {
	for _, f := range l {
		f.Close()
	}
}

// lockFolders waits for other deployments, so long at most.
func lockFolders(ctx context.Context, wait time.Duration, folders ...string) (folderLock, error) {
	paths := make([]string, 0, len(folders))
	for _, folder := range folders {
		paths = append(paths, realPath(folder))
	}
	slices.Sort(paths) // in one order, so that nobody waits in a circle
	limited, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	var l folderLock
	for _, path := range slices.Compact(paths) {
		f, err := os.Open(path)
		if err == nil {
			l = append(l, f)
			err = lockFolder(limited, f)
		}
		switch {
		case err == nil, errors.Is(err, syscall.EBADF), errors.Is(err, syscall.ENOTSUP), errors.Is(err, syscall.ENOLCK):
			continue // some file systems lock no folders
		case ctx.Err() != nil:
			err = ctx.Err()
		case limited.Err() != nil:
			err = fmt.Errorf("another deployment is at work in %q (waited %v): try again when it has ended", path, wait)
		default:
			err = cannot("lock", path, err)
		}
		l.release()
		return nil, err
	}
	return l, nil
}

// lockFolder takes the lock of one folder.
func lockFolder(ctx context.Context, f *os.File) error {
	err := flock(f, syscall.LOCK_EX|syscall.LOCK_NB)
	if !errors.Is(err, syscall.EWOULDBLOCK) {
		return err
	}
	// A descriptor of its own: it lives as long as the call, which cannot be
	// called off.
	fd, err := syscall.Dup(int(f.Fd()))
	if err != nil {
		return err
	}
	syscall.CloseOnExec(fd)
	waiting := os.NewFile(uintptr(fd), f.Name())
	locked := make(chan error, 1)
	go func() { // ends when the other deployment does, or with the program
		defer waiting.Close()
		locked <- flock(waiting, syscall.LOCK_EX)
	}()
	select {
	case err := <-locked:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func flock(f *os.File, how int) error {
	for {
		err := syscall.Flock(int(f.Fd()), how)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
