package joblog

import (
	"bufio"
	"bytes"
	"container/heap"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Order says in what order [Merge] gives lines.
type Order int

const (
	// ByTime gives the lines of all processes by their times, each behind the name of
	// its process.
	ByTime Order = iota

	// ByProcess gives the log of one process after the other, children after their
	// parents in order of their starts, each between two lines that name it.
	ByProcess
)

// Merge writes the logs below a folder to w as one. It stores nothing, and needs
// little memory whatever the sizes of the logs. Links that lead nowhere are no error.
func Merge(w io.Writer, folder string, order Order) error {
	roots, err := Links(folder)
	if roots == nil && err != nil {
		return err
	}
	var all []*Process
	for _, p := range roots {
		all = p.walk(all)
	}
	buffered := bufio.NewWriterSize(w, 64<<10)
	if order == ByProcess {
		err = mergeByProcess(buffered, folder, all)
	} else {
		err = mergeByTime(buffered, folder, all)
	}
	return errors.Join(err, buffered.Flush())
}

// walk appends the process and all below it.
func (p *Process) walk(list []*Process) []*Process {
	list = append(list, p)
	for _, c := range p.Children {
		list = c.walk(list)
	}
	return list
}

// String is the process as links name it.
func (p *Process) String() string { return process{p.Name, p.PID}.String() }

func mergeByProcess(w *bufio.Writer, folder string, all []*Process) error {
	for _, p := range all {
		fmt.Fprintf(w, "---- begin of %s: %s\n", p, p.File)
		if err := copyFile(w, filepath.Join(folder, filepath.FromSlash(p.File))); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "---- end of %s: %s\n", p, p.File); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(w io.Writer, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	last := &lastByte{w: w}
	_, err = io.Copy(last, f)
	if err == nil && last.b != '\n' && last.b != 0 { // it was cut, by a full disk perhaps
		_, err = w.Write([]byte("\n"))
	}
	return errors.Join(err, f.Close())
}

// lastByte remembers the last one that was written.
type lastByte struct {
	w io.Writer
	b byte
}

// Write implements [io.Writer].
func (l *lastByte) Write(data []byte) (int, error) {
	if len(data) > 0 {
		l.b = data[len(data)-1]
	}
	return l.w.Write(data)
}

// reader is a log that is merged by time.
type reader struct {
	at    int // among all: lines of one time keep that order
	p     *Process
	f     *os.File
	lines *bufio.Reader
	line  []byte // that comes next, up to what the buffer holds
}

// readers are a heap by the times of their next lines.
type readers []*reader

func (h readers) Len() int { return len(h) }
func (h readers) Less(i, j int) bool {
	a, b := h[i].time(), h[j].time()
	if c := bytes.Compare(a, b); c != 0 {
		return c < 0
	}
	return h[i].at < h[j].at
}
func (h readers) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *readers) Push(r any)   { *h = append(*h, r.(*reader)) } //nolint:forcetypeassert // what else
func (h *readers) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

func (r *reader) time() []byte { return r.line[:min(len(r.line), stampLength)] }

// next reads the beginning of the next line; false at the end.
func (r *reader) next() (bool, error) {
	var err error
	r.line, err = r.lines.ReadSlice('\n')
	if len(r.line) > 0 {
		return true, nil
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return false, err
}

// write gives the line to w, to its end.
func (r *reader) write(w *bufio.Writer) error {
	stamp := r.time()
	_, _ = w.Write(stamp) // the last write tells of an error
	fmt.Fprintf(w, " %s:", r.p)
	_, err := w.Write(r.line[len(stamp):])
	for err == nil && r.line[len(r.line)-1] != '\n' {
		var ended error
		r.line, ended = r.lines.ReadSlice('\n')
		if len(r.line) == 0 {
			return w.WriteByte('\n')
		}
		_, err = w.Write(r.line)
		if ended != nil && !errors.Is(ended, bufio.ErrBufferFull) && !errors.Is(ended, io.EOF) {
			return ended
		}
	}
	return err
}

func mergeByTime(w *bufio.Writer, folder string, all []*Process) error {
	var h readers
	defer func() {
		for _, r := range h {
			_ = r.f.Close() // only read
		}
	}()
	for i, p := range all {
		f, err := os.Open(filepath.Join(folder, filepath.FromSlash(p.File)))
		if err != nil {
			return err
		}
		r := &reader{at: i, p: p, f: f, lines: bufio.NewReaderSize(f, 16<<10)}
		h = append(h, r)
		if _, err := r.next(); err != nil {
			return err
		}
	}
	heap.Init(&h)
	for len(h) > 0 {
		r := h[0]
		if len(r.line) > 0 {
			if err := r.write(w); err != nil {
				return err
			}
		}
		ok, err := r.next()
		if err != nil {
			return err
		}
		if ok {
			heap.Fix(&h, 0)
			continue
		}
		_ = r.f.Close() // only read
		heap.Pop(&h)
	}
	return nil
}
