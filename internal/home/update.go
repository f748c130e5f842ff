package home

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"
)

// update changes home.json: reads it, changes it, replaces it, alone.
func (h *Home) update(change func(*record) error) error {
	return h.alone(func(r *record) error {
		if err := change(r); err != nil {
			return err
		}
		return h.replace(replacement{filepath.Join(h.root, recordName), r.encode()})
	})
}

// alone calls do with what home.json says, while no other process or goroutine
// changes the home.
func (h *Home) alone(do func(*record) error) error {
	lock, err := lockHome(h.root, h.wait, false)
	if err != nil {
		return err
	}
	defer lock.unlock()
	r, err := readRecord(h.root)
	if err != nil {
		return err
	}
	if r.id != h.id {
		return faultf(ErrNotHome, "home at %q was replaced by another", h.root)
	}
	return do(r)
}

// homeLock is home.lock, held.
type homeLock struct{ file *fileLock }

func (l *homeLock) unlock() {
	l.file.blank()
	l.file.close()
}

// lockHome takes home.lock in the folder root, and waits for it. The error
// matches [ErrBusy] if that took too long, [ErrNotHome] if the folder went away
// or, unless its home is just being created, has no home.json.
func lockHome(root string, wait time.Duration, creating bool) (*homeLock, error) {
	path := filepath.Join(root, lockName)
	deadline := time.Now().Add(wait)
	for {
		if _, err := os.Lstat(filepath.Join(root, recordName)); absent(err) && !creating {
			return nil, notHome(root)
		}
		file, err := openLock(path, true)
		if absent(err) {
			return nil, notHome(root)
		}
		if err != nil {
			return nil, cannot("lock", path, err)
		}
		if err := waitLock(file, time.Until(deadline)); err != nil {
			return nil, busyHome(root, wait, err)
		}
		if file.current() {
			file.sign()
			return &homeLock{file}, nil
		}
		file.close() // destroyed, perhaps created again, while we waited
	}
}

var errWaited = errors.New("waited too long")

// waitLock takes the lock or closes the file. A system call cannot be called
// off: after the time the waiting goroutine stays, until the holder gives the
// lock back, and gives it back in its turn.
func waitLock(file *fileLock, wait time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	return waitLockContext(ctx, file)
}

// waitLockContext is waitLock until the end of ctx.
func waitLockContext(ctx context.Context, file *fileLock) error {
	taken, err := file.try()
	if taken || err != nil {
		if err != nil {
			file.close()
		}
		return err
	}
	if ctx.Err() != nil {
		file.close()
		return errWaited
	}
	locked, given := make(chan error), make(chan struct{})
	go func() {
		err := file.wait()
		select {
		case locked <- err:
		case <-given:
			file.close()
		}
	}()
	select {
	case err := <-locked:
		if err != nil {
			file.close()
		}
		return err
	case <-ctx.Done():
		close(given)
		return errWaited
	}
}

func busyHome(root string, wait time.Duration, err error) error {
	path := filepath.Join(root, lockName)
	if !errors.Is(err, errWaited) {
		return cannot("lock", path, err)
	}
	by := "another command"
	if file, err := openLock(path, false); err == nil {
		if holder, err := file.holder(); err == nil && holder != nil {
			by = "process " + holder.String()
		}
		file.close()
	}
	return faultf(ErrBusy, "home at %q is being changed by %s (waited %v): try again when it has ended", root, by, wait)
}
