package joblog

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
)

// appendFlags open a log: whatever is written goes to its end, at once.
const appendFlags = os.O_WRONLY | os.O_APPEND | os.O_CREATE

// file is one that is appended to. It never fails whoever writes: the error is kept.
type file struct {
	path  string // empty: nothing is kept
	flags int    // besides appendFlags

	mu     sync.Mutex // guards the fields below
	to     *os.File   // nil: not opened yet, or closed
	size   int64
	closed bool
	err    error // the first
}

// write appends data in one piece, and opens the file if it must.
func (f *file) write(data []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.path == "" || len(data) == 0 || f.closed || !f.open() {
		return
	}
	n, err := f.to.Write(data)
	f.size += int64(n)
	f.keep(err)
}

// open opens the file. The lock is held.
func (f *file) open() bool {
	if f.to != nil {
		return true
	}
	var err error
	f.to, err = os.OpenFile(f.path, appendFlags|f.flags, 0o666)
	f.flags &^= os.O_TRUNC | os.O_EXCL
	if err != nil {
		f.to = nil
		f.keep(err)
	}
	return err == nil
}

func (f *file) keep(err error) {
	if f.err == nil {
		f.err = err
	}
}

// rest gives the descriptor back until there is more to write.
func (f *file) rest() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.to != nil {
		f.keep(f.to.Close())
		f.to = nil
	}
}

// failed gives the error once.
func (f *file) failed() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := f.err
	f.err = nil
	return err
}

// close is the end: what comes later is not written.
func (f *file) close() error {
	f.rest()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	return f.err
}

// appendTo appends a line to a log that somebody else writes, too.
func appendTo(path string, line []byte) error {
	f, err := os.OpenFile(path, appendFlags, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(line)
	return errors.Join(err, f.Close())
}

// relative is path as seen from the folder of the log at from.
func relative(from, path string) string {
	if rel, err := filepath.Rel(filepath.Dir(from), path); err == nil {
		return filepath.ToSlash(rel)
	}
	return path
}
