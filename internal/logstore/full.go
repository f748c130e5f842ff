package logstore

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// fullness is what a disk without room has cost.
type fullness struct {
	rest   []byte    // of a line that was written in part
	untold Lost      // lost, and not told of in the log yet
	cause  error     // of the last of these
	total  Lost      // since the log was opened
	wait   time.Time // until then, no room is made: the last time was in vain
}

// Lost counts what could not be written.
type Lost struct{ Lines, Bytes int64 }

func (l *Lost) add(lines []byte) {
	l.Lines += int64(bytes.Count(lines, []byte{'\n'}))
	l.Bytes += int64(len(lines))
}

// Lost returns what could not be written since the log was opened.
func (w *Writer) Lost() Lost {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.full.total
}

const (
	attempts = 4           // to make room, for one write
	patience = time.Second // after all of them were in vain
	block    = 4 << 10     // less than this frees no room
)

// put writes whole lines to the current segment, after what is owed to it.
func (w *Writer) put(lines []byte) error {
	if w.full.rest != nil || w.full.untold.Lines > 0 {
		if err := w.flush(); err != nil {
			w.lose(lines, err)
			return err
		}
	}
	done, err := w.write(lines, true)
	if err == nil {
		return nil
	}
	if done > 0 && lines[done-1] != '\n' {
		end := done + lineLen(lines[done:])
		w.full.rest = bytes.Clone(lines[done:end])
		done = end
	}
	w.lose(lines[done:], err)
	return err
}

func (w *Writer) lose(lines []byte, cause error) {
	w.full.untold.add(lines)
	w.full.total.add(lines)
	w.full.cause = cause
}

// flush ends a line that was written in part, and tells of those that were lost.
func (w *Writer) flush() error {
	if len(w.full.rest) > 0 {
		done, err := w.write(w.full.rest, false)
		w.full.rest = w.full.rest[done:]
		if err != nil {
			if !noRoom(err) || !w.sacrifice() {
				return err
			}
			w.lose([]byte{'\n'}, err) // the line began in what is gone
		}
		w.full.rest = nil
	}
	if w.full.untold.Lines == 0 {
		return nil
	}
	notice := w.notice()
	done, err := w.write(notice, true)
	if done == 0 {
		return err
	}
	w.full.rest, w.full.untold = notice[done:], Lost{}
	return err
}

// notice is the line that tells of others that were lost.
func (w *Writer) notice() []byte {
	now := stampAt(time.Now())
	if now.before(w.newest) {
		now = w.newest
	}
	lost := w.full.untold
	return fmt.Appendf(now.append(nil), "? <00000001>%s - log: lost %d line(s), %d bytes: %v\n",
		filepath.Base(w.folder), lost.Lines, lost.Bytes, reason(w.full.cause))
}

// write writes to the current segment, and makes room where the disk has none. It
// returns how many of the bytes are in the log. Bytes that begin a line may end
// up in a new segment.
func (w *Writer) write(p []byte, begins bool) (done int, err error) {
	if w.closed {
		return 0, fmt.Errorf("write log: %w", os.ErrClosed)
	}
	for try := 0; ; try++ {
		n, err := w.out.Write(p[done:])
		w.size += int64(n)
		done += n
		if err == nil || !noRoom(err) {
			return done, err
		}
		if time.Now().Before(w.full.wait) {
			return done, err
		}
		if try == attempts {
			w.full.wait = time.Now().Add(patience)
			return done, err
		}
		whole := begins && (done == 0 || p[done-1] == '\n')
		if whole && w.size >= smallest {
			w.turn() // what goes next shall be small, too
		}
		if w.removeOldest() {
			continue
		}
		if !begins || !w.sacrifice() {
			return done, err
		}
		done = bytes.LastIndexByte(p[:done], '\n') + 1
	}
}

// sacrifice gives up the only segment there is, if that frees any room.
func (w *Writer) sacrifice() bool {
	if w.size < block || len(w.old) > 0 || time.Now().Before(w.full.wait) {
		return false
	}
	w.turn()
	return w.removeOldest()
}

// noRoom reports whether an error says that the disk is full. Lumberjack hands on
// the text of errors only.
func noRoom(err error) bool {
	for _, full := range []error{syscall.ENOSPC, syscall.EDQUOT} {
		if errors.Is(err, full) || strings.HasSuffix(err.Error(), full.Error()) {
			return true
		}
	}
	return false
}

// reason is what an error says at its root.
func reason(err error) error {
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err
}
