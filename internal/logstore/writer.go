package logstore

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"gopkg.in/natefinch/lumberjack.v2"
)

// DefaultBudget is the bytes that the log of a role may have, if nothing else is
// said.
const DefaultBudget = 64 << 20

// Writer writes the log of one role. Its methods may be called from any
// goroutine. There is one Writer for a folder at a time, in all processes, and
// the folder is its own: two lose lines.
//
// A program opens one and keeps it: each leaves a goroutine behind that does
// nothing (of lumberjack, millRun).
type Writer struct {
	folder string
	budget int64

	mu     sync.Mutex // guards the fields below
	out    *lumberjack.Logger
	closed bool
	old    []segment // but the current, oldest first
	kept   int64     // bytes of old
	size   int64     // of the current segment
	limit  int64     // of the current segment
	newest stamp     // the latest in the current segment, zero if none
	file   os.FileInfo
	full   fullness
}

// segment is a file that is written no more.
type segment struct {
	name string
	size int64
}

// Open opens the log in folder, which is made, mode 0700, where it is missing,
// and keeps it within budget bytes: 0 means [DefaultBudget], and less than 64 KiB
// is taken for that. A line that the last writer did not finish is ended. A disk
// without room is no error: see [Writer.Write].
func Open(folder string, budget int64) (*Writer, error) {
	if budget <= 0 {
		budget = DefaultBudget
	}
	if err := os.MkdirAll(folder, 0o700); err != nil && !noRoom(err) {
		return nil, fmt.Errorf("open log: %w", err)
	}
	if info, err := os.Stat(currentPath(folder)); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("open log: %s is no file: remove it", currentPath(folder))
	}
	w := &Writer{folder: folder, budget: max(budget, 64<<10)}
	w.out = &lumberjack.Logger{Filename: currentPath(folder), MaxSize: 1 << 30} // MB: it never rotates by itself
	if err := w.load(); err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	if _, err := w.out.Write(nil); err != nil && !noRoom(err) {
		_ = w.out.Close() // nothing was written
		return nil, fmt.Errorf("open log: %w", err)
	}
	w.file, _ = os.Stat(currentPath(folder)) // looked at again later
	return w, nil
}

// load learns what is in the folder, and ends the last line where that is due.
func (w *Writer) load() error {
	names, err := oldNames(w.folder)
	if err != nil {
		return err
	}
	for _, name := range names {
		info, err := os.Lstat(filepath.Join(w.folder, name))
		if err != nil {
			continue // gone since
		}
		w.old = append(w.old, segment{name, info.Size()})
		w.kept += info.Size()
	}
	w.limit = w.nextLimit()
	end, err := endOf(w.folder)
	if err != nil {
		return err
	}
	w.size = end.size
	if end.known {
		w.newest = end.newest
	}
	if end.torn {
		w.full.rest = []byte{'\n'}
		_ = w.flush() // tried again at the next line
	}
	return nil
}

// Write adds one line, newline included. It returns when the kernel has it.
//
// Where the disk is full, the oldest segments make room. What cannot be written
// even so is lost, counted and told of in the log as soon as there is room; the
// error says why, and nothing has to be done about it.
//
// The time of a line that is later than [Tolerance] is replaced by that of its
// arrival, unless the clock was put back, which begins a new segment.
func (w *Writer) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(line) == 0 {
		return 0, nil
	}
	if err := w.line(line); err != nil {
		return 0, err
	}
	return len(line), nil
}

// WriteBatch adds whole lines at once, as few writes as the segments allow.
// Everything else is as for [Writer.Write].
func (w *Writer) WriteBatch(lines []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	var errs []error
	for len(lines) > 0 {
		n := w.fitting(lines)
		var err error
		if n > 0 {
			err = w.put(lines[:n])
		} else {
			n = lineLen(lines)
			err = w.line(lines[:n])
		}
		if err != nil && len(errs) == 0 {
			errs = append(errs, err)
		}
		lines = lines[n:]
	}
	return errors.Join(errs...)
}

// lineLen is the length of the first line, newline included.
func lineLen(lines []byte) int {
	if i := bytes.IndexByte(lines, '\n'); i >= 0 {
		return i + 1
	}
	return len(lines)
}

// fitting returns how many bytes of lines can be written as they are: whole
// lines, in order, that have room in the current segment.
func (w *Writer) fitting(lines []byte) int {
	n := 0
	for n < len(lines) {
		next := lineLen(lines[n:])
		if w.size+int64(n+next) > w.limit || !w.inOrder(lines[n:]) {
			break
		}
		n += next
	}
	return n
}

// line adds a line, in a new segment or with another time if need be.
func (w *Writer) line(line []byte) error {
	if !w.inOrder(line) {
		if now := time.Now(); now.Before(w.newest.time().Add(-Tolerance)) {
			w.rotate() // the clock was put back
			w.inOrder(line)
		} else {
			line = bytes.Clone(line)
			stampAt(now).append(line[:0])
			w.inOrder(line)
		}
	}
	if w.size > 0 && w.size+int64(len(line)) > w.limit {
		w.rotate()
		w.inOrder(line)
	}
	return w.put(line)
}

// inOrder reports whether a line can stand below those of the segment, and counts
// its time to theirs if so. A line without a time can stand anywhere.
func (w *Writer) inOrder(line []byte) bool {
	s, ok := stampOf(line)
	if !ok || s == w.newest {
		return true
	}
	if s.before(w.newest) {
		return s.sameSecond(w.newest) || !s.before(w.newest.add(-Tolerance))
	}
	if !s.sameSecond(w.newest) {
		w.watch()
	}
	w.newest = s
	return true
}

// watch looks, once a second of lines, whether somebody has removed or replaced
// the file that is written. A new one is begun then: lines in a file without a
// name are lost.
func (w *Writer) watch() {
	info, err := os.Stat(currentPath(w.folder))
	if err == nil && w.file != nil && os.SameFile(info, w.file) || err != nil && !errors.Is(err, fs.ErrNotExist) || w.moved() {
		return
	}
	_ = w.out.Close() // the next write opens it
	if errors.Is(err, fs.ErrNotExist) {
		_ = os.MkdirAll(w.folder, 0o700) // the next write tells
		w.size = 0
	}
	if _, err := w.out.Write(nil); err == nil {
		w.file, _ = os.Stat(currentPath(w.folder))
		if w.file != nil {
			w.size = w.file.Size()
		}
	}
}

// moved reports whether the folder that holds the folder of the log is gone, as
// when all of a home was moved or removed. The open file goes on to be written
// then: where it was, nothing is made anew.
func (w *Writer) moved() bool {
	_, err := os.Stat(filepath.Dir(w.folder))
	return errors.Is(err, fs.ErrNotExist)
}

// Close closes the log. What is written later is refused with [os.ErrClosed].
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return os.ErrClosed
	}
	err := w.flush()
	w.closed = true
	return errors.Join(err, w.out.Close())
}
