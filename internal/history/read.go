package history

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"syscall"

	"github.com/ansar-go/ansar/internal/home"
)

// Runs returns the runs, oldest first, at most the last [KeptRuns]. A role that
// never ran has none. A run that another followed has ended, whatever is known
// of it.
func (f *File) Runs() ([]Run, error) {
	text, err := f.read()
	if err != nil {
		return nil, err
	}
	records, damaged := parseAll(text)
	f.count(damaged)
	runs := merge(records)
	for i := range runs[:max(0, len(runs)-1)] {
		runs[i].superseded(&runs[i+1])
	}
	return runs[max(0, len(runs)-KeptRuns):], nil
}

// Last returns the last run, nil if the role never ran. It reads no more of the
// file than its end.
func (f *File) Last() (*Run, error) {
	file, err := f.open()
	if file == nil || err != nil {
		return nil, err
	}
	defer file.Close()
	t, err := readTail(file)
	if err != nil {
		return nil, f.cannot("read", err)
	}
	f.count(t.damaged)
	return t.last(), nil
}

// find returns a run by its number, nil if it is not there.
func (f *File) find(number int) (run *Run, last bool, err error) {
	run, err = f.Last()
	if err != nil || run == nil || run.Number <= number {
		if run != nil && run.Number < number {
			run = nil
		}
		return run, true, err
	}
	runs, err := f.Runs()
	if err != nil {
		return nil, false, err
	}
	i, found := slices.BinarySearchFunc(runs, number, func(r Run, n int) int { return r.Number - n })
	if !found {
		return nil, false, nil
	}
	return &runs[i], i == len(runs)-1, nil
}

// superseded ends a run that another has followed: the lock was free.
func (r *Run) superseded(next *Run) {
	if r.End == nil {
		r.End = &Ending{Time: next.Started, How: Vanished, Evidence: "the role was started again, and nobody has seen this run end"}
	}
}

// merge makes runs of records, sorted by number.
func merge(records []*record) []Run {
	runs := map[int]*Run{}
	for _, rec := range records {
		r := runs[int(rec.Run)]
		if r == nil {
			r = &Run{Number: int(rec.Run)}
			runs[int(rec.Run)] = r
		}
		r.add(rec)
	}
	list := make([]Run, 0, len(runs))
	for _, number := range slices.Sorted(maps.Keys(runs)) {
		list = append(list, *runs[number])
	}
	return list
}

// parseAll reads lines. What follows the last newline is a record if it lacks
// nothing else. If it does, it is being written, or torn, and then counted once
// it is ended.
func parseAll(text []byte) (records []*record, damaged int) {
	for len(text) > 0 {
		line, rest, whole := bytes.Cut(text, []byte("\n"))
		text = rest
		rec, ok := parse(line)
		switch {
		case !ok && !whole:
		case !ok:
			damaged++
		case rec != nil:
			records = append(records, rec)
		}
	}
	return records, damaged
}

// tail is the end of the file: from the last record that begins a run.
type tail struct {
	records []*record
	damaged int
	torn    bool // the last line has no newline
}

// last is the last run, nil if there is none.
func (t *tail) last() *Run {
	runs := merge(t.records)
	if len(runs) == 0 {
		return nil
	}
	return &runs[len(runs)-1]
}

// firstLook is how much of the end of the file is read at first: the records of
// one run, in nearly all cases.
const firstLook = 4 << 10

// readTail reads the end of the file, and more of it each time until a beginning
// is in it.
func readTail(file *os.File) (*tail, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	size := info.Size()
	for look := min(size, firstLook); ; look = min(size, 8*look) {
		text := make([]byte, look)
		n, err := file.ReadAt(text, size-look)
		if err != nil && !errors.Is(err, io.EOF) { // it may have shrunk
			return nil, err
		}
		text = text[:n]
		t := &tail{torn: n > 0 && text[n-1] != '\n'}
		if look < size { // the first line is only a part of one
			_, text, _ = bytes.Cut(text, []byte("\n"))
		}
		if t.parse(text) || look == size {
			return t, nil
		}
	}
}

// parse reads the lines from the last on, up to one that begins a run, and
// reports whether there is one.
func (t *tail) parse(text []byte) bool {
	for end := len(text); end >= 0; {
		begin := bytes.LastIndexByte(text[:end], '\n')
		rec, ok := parse(text[begin+1 : end])
		switch {
		case !ok && end == len(text): // what follows the last newline, see parseAll
		case !ok:
			t.damaged++
		case rec != nil:
			t.records = append(t.records, rec)
			if rec.Event == began {
				slices.Reverse(t.records)
				return true
			}
		}
		end = begin
	}
	slices.Reverse(t.records)
	return false
}

// read returns the whole file, nothing if there is none.
func (f *File) read() ([]byte, error) {
	file, err := f.open()
	if file == nil || err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(file)
	if err != nil {
		return nil, f.cannot("read", err)
	}
	return text, nil
}

// open opens the file to read it. It is nil if there is none.
func (f *File) open() (*os.File, error) {
	path, err := f.path()
	if err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, f.cannot("read", err)
	}
	return file, nil
}

func (f *File) path() (string, error) { return f.home.Path(home.History, f.role) }

func (f *File) count(damaged int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.damaged = damaged
}
