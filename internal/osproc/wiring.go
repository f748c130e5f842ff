package osproc

import (
	"fmt"
	"io"
	"os"
	"syscall"
)

// wiring is the descriptors of one child while it is being started.
type wiring struct {
	files  []uintptr // of the child, by number
	drains []*drain  // our ends

	null      int   // /dev/null, opened at first need; -1: not yet
	childEnds []int // ours only until the child has them
}

// wire opens what spec needs. On error nothing stays open.
func wire(spec *Spec, tail *tail) (*wiring, error) {
	w := &wiring{null: -1, files: make([]uintptr, 3, 4)}
	err := w.open(spec, tail)
	if err != nil {
		w.closeChildEnds()
		w.closeOurEnds()
		return nil, err
	}
	return w, nil
}

func (w *wiring) open(spec *Spec, tail *tail) (err error) {
	if w.files[0], err = w.given(spec.Stdin); err != nil {
		return err
	}
	if spec.StdoutFile != nil || spec.Stdout == nil {
		w.files[1], err = w.given(spec.StdoutFile)
	} else {
		w.files[1], err = w.drained(spec.Stdout, nil, spec.PipeBytes)
	}
	if err != nil {
		return err
	}
	if spec.StderrFile != nil || spec.Stderr == nil && tail == nil {
		w.files[2], err = w.given(spec.StderrFile)
	} else {
		w.files[2], err = w.drained(spec.Stderr, tail, spec.PipeBytes)
	}
	if err != nil {
		return err
	}
	if spec.Link != nil {
		w.files = append(w.files, spec.Link.Fd())
	}
	return nil
}

// given returns the descriptor of file, or of /dev/null if it is nil.
func (w *wiring) given(file *os.File) (uintptr, error) {
	if file != nil {
		return file.Fd(), nil
	}
	if w.null < 0 {
		fd, err := syscall.Open(os.DevNull, syscall.O_RDWR|syscall.O_CLOEXEC, 0)
		if err != nil {
			return 0, fmt.Errorf("open %s: %w", os.DevNull, err)
		}
		w.null = fd
		w.childEnds = append(w.childEnds, fd)
	}
	return uintptr(w.null), nil
}

// drained returns the child's end of a pipe whose other end is drained into to
// and tail, either of which may be nil. size is its capacity; 0: as it comes.
func (w *wiring) drained(to io.Writer, tail *tail, size int) (uintptr, error) {
	r, wr, err := pipe()
	if err != nil {
		return 0, fmt.Errorf("open pipe: %w", err)
	}
	w.childEnds = append(w.childEnds, wr)
	if size <= 0 || size > chunkSize {
		size = chunkSize
	} else {
		resize(wr, size)
	}
	file := pollable(r)
	if file == nil {
		return 0, fmt.Errorf("poll pipe: %w", syscall.ENOMEM) // the limit of epoll watches
	}
	w.drains = append(w.drains, &drain{file: file, to: to, tail: tail, size: size})
	return uintptr(wr), nil
}

func (w *wiring) closeChildEnds() {
	for _, fd := range w.childEnds {
		_ = syscall.Close(fd)
	}
	w.childEnds = nil
}

func (w *wiring) closeOurEnds() {
	for _, d := range w.drains {
		_ = d.file.Close()
	}
}
