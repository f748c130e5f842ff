package history

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ansar-go/ansar/internal/home"
)

// Begin notes that a run begins, and returns its number. Only who holds the lock
// of the role may. It also finds out what became of the run before, if nobody
// can tell better, and drops the oldest runs, if there are many more than are
// kept. It blocks for a write, and now and then for that of a whole file.
func (f *File) Begin(b Begin) (number int, err error) {
	if b.PID == 0 {
		b.PID = os.Getpid()
	}
	var next *record
	err = f.change(true, func(w *writer) (*record, error) {
		last := w.tail.last()
		if last != nil && last.Open() && !f.knows(last) {
			end := f.Vanished(last)
			if err := w.append(&record{Run: shown(last.Number), Event: ended, Time: now(), End: &end}); err != nil {
				return nil, f.cannot("write", err)
			}
			w.tail.torn = false
		}
		next = f.beginning(last, b)
		return f.compact(w, next)
	})
	if err != nil {
		return 0, err
	}
	return int(next.Run), nil
}

func (f *File) beginning(last *Run, b Begin) *record {
	number := 1
	if last != nil {
		number = last.Number + 1
	}
	begin := &beginning{
		Executable: b.Executable, Digest: b.Digest, By: b.By, Restart: b.Restart, Process: home.Identify(b.PID), Crashes: f.crashSize(),
	}
	if begin.Process.PID == 0 { // it is gone already
		begin.Process.PID = b.PID
	}
	if b.Parent != 0 {
		begin.Parent = home.Identify(b.Parent)
	}
	at := now()
	if !b.Started.IsZero() {
		at = b.Started.UTC().Truncate(time.Millisecond)
	}
	return &record{Run: shown(number), Event: began, Time: at, Begin: begin}
}

// compact replaces the file by one with the last runs and the new record, if it
// has many more than are kept. Otherwise the record is still to be written, and
// returned. Other writers find that their file is not the current one any more.
func (f *File) compact(w *writer, next *record) (*record, error) {
	first := firstRun(w.file)
	if first == 0 || int(next.Run)-first < KeptRuns+KeptRuns/10 {
		return next, nil
	}
	path, err := f.path()
	if err != nil {
		return nil, err
	}
	text, err := f.read()
	if err != nil {
		return nil, err
	}
	var kept []byte
	for line := range bytes.Lines(text) {
		rec, ok := parse(bytes.TrimSuffix(line, []byte("\n")))
		if ok && rec != nil && rec.Run >= next.Run-KeptRuns && bytes.HasSuffix(line, []byte("\n")) {
			kept = append(kept, line...)
		}
	}
	line, err := next.line()
	if err != nil {
		return nil, f.cannot("write", err)
	}
	if err := replace(path, append(kept, line...)); err != nil {
		return nil, f.cannot("write", err)
	}
	return nil, nil
}

// smallest is what the records of all runs that are kept take at least: a
// shorter file need not be looked at.
const smallest = KeptRuns * 100

// firstRun is the number of the first run in the file, 0 if that is not plain, or
// not old.
func firstRun(file *os.File) int {
	if info, err := file.Stat(); err != nil || info.Size() < smallest {
		return 0
	}
	text := make([]byte, 64<<10)
	n, err := file.ReadAt(text, 0)
	if err != nil && err != io.EOF {
		return 0
	}
	for line := range bytes.Lines(text[:n]) {
		if rec, ok := parse(bytes.TrimSuffix(line, []byte("\n"))); ok && rec != nil {
			return int(rec.Run)
		}
	}
	return 0
}

// replace gives the file new content, atomically. The caller holds the lock of
// the old file, so that the temporary one, which belongs to the role as its
// sub-roles do, is its own.
func replace(path string, text []byte) error {
	temporary := strings.TrimSuffix(path, ".jsonl") + "..jsonl"
	file, err := os.OpenFile(temporary, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err == nil {
		err = file.Sync()
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		_ = os.Remove(temporary) // the error says why
		return err
	}
	return nil
}

// crashLog is the file that the Go runtime adds to when it crashes.
func (f *File) crashLog() string {
	folder, err := f.home.Path(home.Logs, f.role)
	if err != nil {
		return ""
	}
	return filepath.Join(folder, "crash.log")
}

func (f *File) crashSize() int64 {
	info, err := os.Stat(f.crashLog())
	if err != nil {
		return 0
	}
	return info.Size()
}
