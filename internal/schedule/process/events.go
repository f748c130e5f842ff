package process

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// MaxEvent is the longest line of an event, in bytes, without its end.
const MaxEvent = 64 << 10

const (
	// pace is how many lines of one job are taken in each second, and after its end.
	pace = 5000

	// restLimit is how much is taken after the end of the process: the largest pipe that a
	// user may make.
	restLimit = 1 << 20

	eventChunk = 16 << 10
)

var eventChunks = sync.Pool{New: func() any { return new([eventChunk]byte) }}

// events takes lines from a FIFO. It is open for writing here, too, so that there is
// no end-of-file, and who writes need not wait for a reader.
type events struct {
	path    string
	file    *os.File
	pipes   *Pipes // nil: there are none
	handle  func(line []byte)
	closing chan struct{} // closed when the command has ended
	done    chan struct{} // closed when run has returned

	// For run, and for close after it.
	partial []byte // of a line whose end has not come
	skip    bool   // the line is too long: what comes of it is dropped
	tooLong int    // lines
	cut     bool   // something was in the pipe and was not taken
	over    bool   // run only takes what is left
	tooMany int    // lines after the end
	window  time.Time
	taken   int // lines, since window
}

// openEvents makes the FIFO, or takes one of pipes, and begins to read it. It returns
// nil if path is empty.
func openEvents(path string, pipes *Pipes, handle func([]byte)) (*events, error) {
	if path == "" {
		return nil, nil
	}
	if !pipes.take(path) {
		if err := unix.Mkfifo(path, 0o600); err != nil {
			return nil, fmt.Errorf("make FIFO for events %s: %w", path, err)
		}
	}
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		_ = os.Remove(path) // the first error tells more
		return nil, fmt.Errorf("open FIFO for events %s: %w", path, err)
	}
	if handle == nil {
		handle = func([]byte) {}
	}
	e := &events{
		path: path, file: os.NewFile(uintptr(fd), path), pipes: pipes, handle: handle,
		closing: make(chan struct{}), done: make(chan struct{}),
	}
	go e.run()
	return e, nil
}

// run reads until close.
func (e *events) run() {
	defer close(e.done)
	conn, err := e.file.SyscallConn()
	if err != nil {
		return // closed: cannot happen before run has returned
	}
	var chunk *[eventChunk]byte
	var n int
	for {
		err = conn.Read(func(fd uintptr) bool {
			chunk = eventChunks.Get().(*[eventChunk]byte)
			n, err = syscall.Read(int(fd), chunk[:])
			if n < 0 && (errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EINTR)) {
				eventChunks.Put(chunk)
				return errors.Is(err, syscall.EINTR)
			}
			return true
		})
		if err != nil {
			break // the deadline of close
		}
		if n > 0 {
			e.take(chunk[:n])
			eventChunks.Put(chunk)
		}
	}
	e.over, e.taken = true, 0
	e.rest()
}

// rest takes what is in the pipe and waits for nothing.
func (e *events) rest() {
	conn, err := e.file.SyscallConn()
	if err != nil {
		return
	}
	chunk := eventChunks.Get().(*[eventChunk]byte)
	defer eventChunks.Put(chunk)
	for got := 0; ; {
		n := 0
		_ = conn.Control(func(fd uintptr) { n, err = syscall.Read(int(fd), chunk[:]) })
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if n <= 0 {
			break
		}
		if got += n; got > restLimit {
			e.cut = true
			break
		}
		e.take(chunk[:n])
	}
	if len(e.partial) > 0 {
		e.line(e.partial)
	}
}

// take splits what came into lines.
func (e *events) take(data []byte) {
	for len(data) > 0 {
		text, rest, whole := bytes.Cut(data, []byte{'\n'})
		data = rest
		switch {
		case e.skip:
		case len(e.partial)+len(text) > MaxEvent:
			e.skip = true
			e.tooLong++
			e.partial = nil
		case whole && len(e.partial) == 0:
			e.line(text)
		default:
			e.partial = append(e.partial, text...)
			if whole {
				e.line(e.partial)
			}
		}
		if whole {
			e.partial, e.skip = e.partial[:0], false
		}
	}
}

// line hands over a line, and pauses if there were too many.
func (e *events) line(text []byte) {
	if text = bytes.TrimSuffix(text, []byte{'\r'}); len(text) == 0 {
		return
	}
	now := time.Now()
	if !e.over && now.Sub(e.window) >= time.Second {
		e.window, e.taken = now, 0
	}
	if e.taken++; e.over && e.taken > pace {
		e.tooMany++
		return
	}
	e.handle(text)
	if e.over || e.taken < pace {
		return
	}
	pause := time.NewTimer(time.Until(e.window.Add(time.Second)))
	defer pause.Stop()
	select {
	case <-pause.C:
	case <-e.closing:
	}
}

// close takes what the process has written, ends the FIFO, and says what was lost.
func (e *events) close() (lost string) {
	if e == nil {
		return ""
	}
	close(e.closing)
	_ = e.file.SetReadDeadline(time.Now()) // run cannot have ended
	<-e.done
	if !e.pipes.give(e.path, e.file) {
		_ = os.Remove(e.path) // the job may have removed it itself
		_ = e.file.Close()    // nothing was written
	}
	var losses []string
	if e.tooLong > 0 {
		losses = append(losses, fmt.Sprintf("%d lines of more than %d bytes", e.tooLong, MaxEvent))
	}
	if e.tooMany > 0 {
		losses = append(losses, fmt.Sprintf("%d lines that were waiting at the end, beyond %d", e.tooMany, pace))
	}
	if e.cut {
		losses = append(losses, "what was written after the end")
	}
	return strings.Join(losses, ", and ")
}
