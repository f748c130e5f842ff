package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// File is the name of a journal in the folder of its run.
const File = "journal.jsonl"

// syncDelay is how long an event may wait for others to be synchronised to the disk
// together. What it takes the disk comes on top.
const syncDelay = 50 * time.Millisecond

// ErrClosed is what [Writer.Append] returns after Close.
var ErrClosed = errors.New("the journal is closed")

// Writer writes the journal of one run. Its methods may be called from any goroutine.
// Whoever creates it must close it.
type Writer struct {
	path  string
	file  journalFile
	dirty chan struct{} // holds one item if something is to be synchronised
	ended chan struct{} // closed by Close
	done  chan struct{} // closed when the synchronising goroutine has ended

	mu     sync.Mutex // guards the fields below
	lines  []byte     // of the present Append; kept for its memory
	size   int64      // of whole lines in the file
	last   uint64     // sequence number of the last event
	err    error      // of a write or a synchronisation; nothing is written after it
	closed bool
}

// journalFile is what a Writer needs of an *os.File.
type journalFile interface {
	Write(p []byte) (int, error)
	Truncate(size int64) error
	Sync() error
	Close() error
}

// Create makes the journal in a folder, which it makes as well if need be. One that
// is there already is not touched: the error matches [fs.ErrExist].
func Create(folder string) (*Writer, error) {
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return nil, fmt.Errorf("create journal: %w", err)
	}
	path := filepath.Join(folder, File)
	if _, err := os.Lstat(path); err == nil {
		return nil, fmt.Errorf("create journal: %w", &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist})
	}
	// It gets its name when it is locked: who finds it can tell at once whether
	// its writer lives.
	file, err := os.OpenFile(path+".new", os.O_CREATE|os.O_WRONLY|os.O_APPEND|os.O_TRUNC, 0o666)
	if err != nil {
		return nil, fmt.Errorf("create journal: %w", err)
	}
	if err := errors.Join(lock(file), os.Rename(file.Name(), path), syncFolder(folder)); err != nil {
		return nil, fmt.Errorf("create journal: %w", errors.Join(err, file.Close()))
	}
	return newWriter(path, file), nil
}

func newWriter(path string, file journalFile) *Writer {
	w := &Writer{path: path, file: file, dirty: make(chan struct{}, 1), ended: make(chan struct{}), done: make(chan struct{})}
	go w.synchronise()
	return w
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}

// Append writes the events in one write, and returns when the kernel has them. Their
// sequence numbers go on from that of the last event, from 1. An error of a write, or
// of a synchronisation to the disk before, is returned from then on: the journal keeps the
// whole events that it had, and takes no more. [ErrClosed] is returned after Close.
func (w *Writer) Append(events ...*schedulepb.Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.err != nil:
		return w.err
	case w.closed:
		return ErrClosed
	case len(events) == 0:
		return nil
	}
	w.lines = w.lines[:0]
	last := w.last
	for _, e := range events {
		if last++; e.GetSequence() != last {
			return fmt.Errorf("append to journal: event %d where %d is next: number them without gaps", e.GetSequence(), last)
		}
		line, err := AppendEvent(w.lines, e)
		if err != nil {
			return fmt.Errorf("append to journal: event %d: %w", last, err)
		}
		w.lines = append(line, '\n')
	}
	if _, err := w.file.Write(w.lines); err != nil {
		_ = w.file.Truncate(w.size) // what remains of it otherwise counts as torn
		w.err = w.failed("write", err)
		return w.err
	}
	w.last = last
	w.size += int64(len(w.lines))
	if cap(w.lines) > 1<<20 {
		w.lines = nil // one event was large: a plan
	}
	select {
	case w.dirty <- struct{}{}:
	default: // it is known already
	}
	return nil
}

// failed is an error that says what helps. It wraps the system's.
func (w *Writer) failed(what string, err error) error {
	err = fmt.Errorf("%s journal %s: %w", what, w.path, err)
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("%w: free some space, and run what is missing with --rerun=not-passed", err)
	case errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w: free some of the quota, and run what is missing with --rerun=not-passed", err)
	}
	return err
}

// synchronise is the goroutine that brings what was written to the disk, many events
// at a time.
func (w *Writer) synchronise() {
	defer close(w.done)
	for {
		select {
		case <-w.dirty:
		case <-w.ended:
			select {
			case <-w.dirty:
				w.sync()
			default:
			}
			return
		}
		select {
		case <-time.After(syncDelay):
		case <-w.ended:
		}
		select {
		case <-w.dirty: // the coming synchronisation is for these, too
		default:
		}
		w.sync()
	}
}

func (w *Writer) sync() {
	err := w.file.Sync() // without mu: Append need not wait for the disk
	if err == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.err = w.failed("synchronise", err)
	}
}

// Close synchronises the last events to the disk, tells followers that no more will
// come, and closes the file. It returns the error that the next Append would have
// returned. Further calls do nothing.
func (w *Writer) Close() error {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return nil
	}
	w.closed = true
	w.mu.Unlock()
	close(w.ended)
	<-w.done
	err := w.file.Close() // and with it goes the lock
	now := time.Now()
	_ = os.Chtimes(w.path, now, now) // a change that followers are told of, which look at the lock then
	w.mu.Lock()
	defer w.mu.Unlock()
	return errors.Join(w.err, err)
}
