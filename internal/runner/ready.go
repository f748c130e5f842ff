package runner

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"sync"
	"syscall"
	"time"
)

// watcher waits until one run of a program is ready.
type watcher struct {
	env  []string          // for the program, beside its own
	link *os.File          // descriptor 3 of the program; nil: it has none
	line func(line []byte) // sees the lines of the program; nil: needs none

	// wait blocks until the program is ready, and reports false if it was not
	// when ctx ended. What the program had said until then counts. It is called
	// once, unless close is, and lets go of everything.
	wait func(ctx context.Context, pid int) bool

	close func() // nil: there is nothing to let go of
}

// began closes what only the program needs once it has been started.
func (w *watcher) began() {
	if w.link != nil {
		_ = w.link.Close()
	}
}

// abandon lets go of everything when there is no run to wait for.
func (w *watcher) abandon() {
	if w.close != nil {
		w.close()
	}
}

// prepare makes a watcher for one run of a program with this environment and
// working directory.
func (r *Readiness) prepare(env []string, dir string) (*watcher, error) {
	switch {
	case r.Notify == "socket":
		return listen()
	case r.Notify == "fd":
		return descriptor()
	case r.Log != "":
		return match(r.Log)
	case len(r.Exec) > 0:
		return r.poll(execProbe(r.Exec, env, dir)), nil
	case r.TCP != "":
		return r.poll(tcpProbe(r.TCP)), nil
	case r.HTTP != "":
		t, err := parseHTTP(r.HTTP)
		return r.poll(t.get), err
	}
	return &watcher{wait: func(context.Context, int) bool { return true }}, nil
}

// match waits for a line that the expression fits.
func match(expression string) (*watcher, error) {
	re, err := regexp.Compile(expression)
	if err != nil {
		return nil, err
	}
	var once sync.Once
	seen := make(chan struct{})
	return &watcher{
		line: func(line []byte) {
			select {
			case <-seen:
			default:
				if re.Match(line) {
					once.Do(func() { close(seen) })
				}
			}
		},
		wait: func(ctx context.Context, _ int) bool {
			select {
			case <-seen:
				return true
			case <-ctx.Done():
			}
			select {
			case <-seen:
				return true
			default:
				return false
			}
		},
	}, nil
}

// descriptor waits for a newline on descriptor 3.
func descriptor() (*watcher, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("open pipe: %w", err)
	}
	_ = w.Fd() // blocking, as a program expects it
	return &watcher{
		env: []string{"NOTIFY_FD=3"}, link: w,
		wait: func(ctx context.Context, _ int) bool {
			defer r.Close()
			return receive(ctx, r, func(fd int) (done bool, err error) {
				var text [64]byte
				n, err := syscall.Read(fd, text[:])
				if err == nil && n == 0 {
					err = os.ErrClosed // it will never say so
				}
				return err == nil && bytes.IndexByte(text[:n], '\n') >= 0, err
			})
		},
		close: func() { _, _ = r.Close(), w.Close() },
	}, nil
}

// receive calls read whenever there is something to be read from file, until it
// is done, fails or ctx ends: then once more for all that is there.
func receive(ctx context.Context, file syscall.Conn, read func(fd int) (done bool, err error)) bool {
	conn, err := file.SyscallConn()
	if err != nil {
		return false
	}
	wake := context.AfterFunc(ctx, func() { _ = file.(deadliner).SetReadDeadline(time.Unix(1, 0)) })
	defer wake()
	var done bool
	all := func(fd uintptr) bool {
		for err = nil; !done && err == nil; {
			done, err = read(int(fd))
			if errors.Is(err, syscall.EINTR) {
				err = nil
			}
		}
		return !errors.Is(err, syscall.EAGAIN)
	}
	if conn.Read(all) != nil { // the deadline
		_ = conn.Control(func(fd uintptr) { all(fd) })
	}
	if !done {
		<-ctx.Done() // it is not ready before it ends
	}
	return done
}

type deadliner interface{ SetReadDeadline(time.Time) error }
