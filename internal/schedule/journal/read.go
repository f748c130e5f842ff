package journal

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"

	"github.com/ansar-go/ansar/actor/schedule/schedulepb"
)

// DamageError says which line of a journal cannot be read, other than the last.
type DamageError struct {
	File string
	Line int // from 1

	err error
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("%s:%d: damaged journal: %v: what stands above the line can be read", e.File, e.Line, e.err)
}

// Unwrap returns what is wrong with the line.
func (e *DamageError) Unwrap() error { return e.err }

// Read returns the events of the run in a folder, one at a time: it holds no more than
// one. A last line that was not written to its end is passed over. The last item is a
// nil event with an error if the file cannot be read (it matches [fs.ErrNotExist] if
// there is no journal), or a [*DamageError] if a line in its middle cannot.
func Read(folder string) iter.Seq2[*schedulepb.Event, error] {
	return func(yield func(*schedulepb.Event, error) bool) {
		r, err := openReader(folder)
		if err != nil {
			yield(nil, err)
			return
		}
		defer r.close()
		for {
			e, err := r.next(1)
			if errors.Is(err, io.EOF) || !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// Alive reports whether the scheduler that writes the journal in a folder still has it
// open, and runs. It is false if there is no journal.
func Alive(folder string) bool {
	file, err := os.Open(filepath.Join(folder, File))
	if err != nil {
		return false
	}
	defer file.Close()
	_, alive := writer(file)
	return alive
}

// reader reads a journal that may grow.
type reader struct {
	file  *os.File
	lines *bufio.Reader
	part  []byte // of a line whose rest was not there yet, or was too long for lines
	line  int    // number of the last whole line
	last  uint64 // sequence number on it
}

func openReader(folder string) (*reader, error) {
	file, err := os.Open(filepath.Join(folder, File))
	if err != nil {
		return nil, fmt.Errorf("read journal: %w", err)
	}
	return &reader{file: file, lines: bufio.NewReaderSize(file, 64<<10)}, nil
}

func (r *reader) close() { _ = r.file.Close() }

// next returns the next event from that sequence number on. At the end of the file the
// error is io.EOF; more may follow later.
func (r *reader) next(from uint64) (*schedulepb.Event, error) {
	for {
		line, err := r.whole()
		if err != nil {
			return nil, err
		}
		r.line++
		sequence, known := sequenceOf(line)
		if known && sequence < from && sequence == r.last+1 {
			r.last = sequence
			continue
		}
		e, err := Parse(line)
		if err == nil && e.GetSequence() != r.last+1 {
			err = fmt.Errorf("event %d follows event %d", e.GetSequence(), r.last)
		}
		if err != nil {
			return nil, &DamageError{File: r.file.Name(), Line: r.line, err: err}
		}
		r.last = e.GetSequence()
		if e.GetSequence() >= from {
			return e, nil
		}
	}
}

// whole returns the next line that has its newline. It is valid until the next call.
func (r *reader) whole() ([]byte, error) {
	if len(r.part) > 0 && r.part[len(r.part)-1] == '\n' {
		r.part = r.part[:0] // the line of the last call
	}
	for {
		piece, err := r.lines.ReadSlice('\n')
		switch {
		case err == nil && len(r.part) == 0:
			return piece, nil
		case err == nil:
			r.part = append(r.part, piece...)
			return r.part, nil
		case errors.Is(err, bufio.ErrBufferFull):
			r.part = append(r.part, piece...)
		case errors.Is(err, io.EOF):
			r.part = append(r.part, piece...)
			return nil, io.EOF
		default:
			return nil, fmt.Errorf("read journal: %w", err)
		}
	}
}

// sequenceOf finds the sequence number in a line as [AppendEvent] writes it, without
// reading all of it.
func sequenceOf(line []byte) (sequence uint64, ok bool) {
	rest, ok := bytes.CutPrefix(line, []byte(`{"run":"`))
	if !ok {
		return 0, false
	}
	run, rest, ok := bytes.Cut(rest, []byte(`","sequence":"`))
	if !ok || bytes.ContainsAny(run, `"\\`) {
		return 0, false
	}
	for i, c := range rest {
		if c < '0' || c > '9' {
			return sequence, i > 0 && i < 20 && c == '"'
		}
		sequence = sequence*10 + uint64(c-'0')
	}
	return 0, false
}
