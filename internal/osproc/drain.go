package osproc

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// silence ends the draining of a pipe that a stray descendant still holds.
	silence = 250 * time.Millisecond

	// drainLimit ends it while the stray keeps writing.
	drainLimit = 2 * time.Second

	chunkSize = 64 << 10 // the capacity of a pipe
)

// chunks are shared by all drains: one that waits holds none, so that an idle
// process costs no buffer.
var chunks = sync.Pool{New: func() any { return new([chunkSize]byte) }}

// drain empties one output of a process, whatever happens to its Writer.
type drain struct {
	file *os.File
	to   io.Writer // nil: discard
	tail *tail     // nil: none is kept
	size int       // of what is read at once, chunkSize at most

	ended   atomic.Pointer[time.Time] // when the process ended; nil: it runs
	failure error                     // first error of to; valid after run
}

// finish tells that the process ended at that time: a pipe that does not end
// soon is given up from now on.
func (d *drain) finish(at time.Time) {
	d.ended.Store(&at)
	_ = d.file.SetReadDeadline(giveUp(time.Now(), at)) // an error: run is over
}

// giveUp returns when a pipe is given up if nothing comes through it any more,
// for a process that ended at that time.
func giveUp(now, ended time.Time) time.Time {
	quiet, last := now.Add(silence), ended.Add(drainLimit)
	if last.Before(quiet) {
		return last
	}
	return quiet
}

// run drains until end-of-file or until the pipe is given up.
func (d *drain) run() {
	defer d.file.Close()
	conn, err := d.file.SyscallConn()
	if err != nil {
		return // closed: cannot happen before run has closed it
	}
	var chunk *[chunkSize]byte
	var n int
	read := func(fd uintptr) bool {
		chunk = chunks.Get().(*[chunkSize]byte)
		n, err = readOnce(int(fd), chunk[:d.size])
		if errors.Is(err, syscall.EAGAIN) {
			chunks.Put(chunk)
			return false
		}
		return true
	}
	for {
		if conn.Read(read) != nil { // the deadline
			d.rest(conn)
			return
		}
		if n > 0 {
			d.emit(chunk[:n])
		}
		chunks.Put(chunk)
		if n <= 0 {
			return
		}
		if at := d.ended.Load(); at != nil {
			_ = d.file.SetReadDeadline(giveUp(time.Now(), *at))
		}
	}
}

// rest delivers what is in the pipe at this moment and no more. The process
// wrote before its end, so nothing of its own can be behind that.
func (d *drain) rest(conn syscall.RawConn) {
	chunk := chunks.Get().(*[chunkSize]byte)
	defer chunks.Put(chunk)
	left := 0
	_ = conn.Control(func(fd uintptr) { left, _ = unix.IoctlGetInt(int(fd), fionread) })
	for left > 0 {
		n := 0
		_ = conn.Control(func(fd uintptr) { n, _ = readOnce(int(fd), chunk[:min(left, d.size)]) })
		if n <= 0 {
			return
		}
		d.emit(chunk[:n])
		left -= n
	}
}

// emit hands data to the tail and the Writer. A Writer that panicked is not
// called again: nobody knows what state it is in, or which locks it holds.
func (d *drain) emit(data []byte) {
	if d.tail != nil {
		d.tail.add(data)
	}
	if d.to == nil {
		return
	}
	defer func() {
		if r := recover(); r != nil {
			d.to = nil
			d.fail(fmt.Errorf("write output: panic: %v\n%s", r, debug.Stack()))
		}
	}()
	n, err := d.to.Write(data)
	if err == nil && n < len(data) {
		err = io.ErrShortWrite
	}
	if err != nil {
		d.fail(fmt.Errorf("write output: %w", err))
	}
}

func (d *drain) fail(err error) {
	if d.failure == nil {
		d.failure = err
	}
}

func readOnce(fd int, b []byte) (n int, err error) {
	for {
		n, err = syscall.Read(fd, b)
		if err != syscall.EINTR {
			return n, err
		}
	}
}
