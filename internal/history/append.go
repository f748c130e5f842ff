package history

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// ErrNoHistory is matched by the error of a change to the history of a role that
// never ran, or is gone.
var ErrNoHistory = errors.New("no history")

// lockPatience is how long a writer waits for another. Writing takes no time:
// only one that is suspended in the middle of it holds others up.
const lockPatience = 10 * time.Second

// change appends what decide returns for the end of the file as it is now, or
// nothing for nil. No other writer is at work meanwhile. A file that is missing
// is made if create is set, and is an error that matches [ErrNoHistory] if not.
func (f *File) change(create bool, decide func(w *writer) (*record, error)) error {
	w, err := f.lock(create)
	if err != nil {
		return err
	}
	defer w.close()
	if w.tail, err = readTail(w.file); err != nil {
		return f.cannot("read", err)
	}
	rec, err := decide(w)
	if rec == nil || err != nil {
		return err
	}
	if err := w.append(rec); err != nil {
		return f.cannot("write", err)
	}
	return nil
}

// writer is the file, locked against other writers.
type writer struct {
	file *os.File
	tail *tail
}

// close lets the next writer in. To close the file alone would leave the lock to
// a child that is between fork and exec at this moment.
func (w *writer) close() {
	_ = syscall.Flock(int(w.file.Fd()), syscall.LOCK_UN) // the kernel does it else
	_ = w.file.Close()
}

// append adds a record in one write. Where that cannot be done as a whole, for
// lack of space, nothing is left of it.
func (w *writer) append(rec *record) error {
	line, err := rec.line()
	if err != nil {
		return err
	}
	if w.tail.torn {
		line = append([]byte("\n"), line...)
	}
	info, err := w.file.Stat()
	if err != nil {
		return err
	}
	n, err := syscall.Write(int(w.file.Fd()), line)
	if err == nil && n < len(line) {
		err = syscall.ENOSPC
	}
	if err != nil {
		return errors.Join(err, w.file.Truncate(info.Size()))
	}
	return nil
}

// lock opens the file to write, alone.
func (f *File) lock(create bool) (*writer, error) {
	path, err := f.path()
	if err != nil {
		return nil, err
	}
	flags := os.O_RDWR | os.O_APPEND | syscall.O_NOFOLLOW
	if create {
		flags |= os.O_CREATE
	}
	for {
		file, err := os.OpenFile(path, flags, 0o600)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("role %q (%s) has %w", f.role, f.home.Root(), ErrNoHistory)
		}
		if err != nil {
			return nil, f.cannot("write", err)
		}
		if err := waitLock(file, f.patience); err != nil {
			return nil, f.cannot("write", err)
		}
		if current(file, path) {
			return &writer{file: file}, nil
		}
		(&writer{file: file}).close() // replaced by a shorter one, or removed, while we waited
	}
}

func current(file *os.File, path string) bool {
	mine, err := file.Stat()
	if err != nil {
		return false
	}
	there, err := os.Lstat(path)
	return err == nil && os.SameFile(mine, there)
}

// errWaited means that another writer does not go on.
var errWaited = errors.New("another process is in the middle of writing it: is it suspended?")

// waitLock locks the file, or closes it. A system call cannot be called off: who
// waits too long leaves a goroutine behind that gives the lock back when it comes.
func waitLock(file *os.File, patience time.Duration) error {
	err := flock(file, syscall.LOCK_EX|syscall.LOCK_NB)
	if !errors.Is(err, syscall.EWOULDBLOCK) {
		if err != nil {
			_ = file.Close() // the error is that of the lock
		}
		return err
	}
	locked, given := make(chan error), make(chan struct{})
	go func() {
		err := flock(file, syscall.LOCK_EX)
		select {
		case locked <- err:
		case <-given:
			(&writer{file: file}).close()
		}
	}()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case err := <-locked:
		if err != nil {
			_ = file.Close() // as above
		}
		return err
	case <-timer.C:
		close(given)
		return errWaited
	}
}

func flock(file *os.File, how int) error {
	for {
		err := syscall.Flock(int(file.Fd()), how)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

// cannot says what could not be done to the file, and why.
func (f *File) cannot(verb string, err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		err = pathError.Err
	}
	return fmt.Errorf("%s history of role %q (%s): %w", verb, f.role, filepath.Join(f.home.Root(), "history"), err)
}
