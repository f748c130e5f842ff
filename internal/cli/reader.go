package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// errUnread is the end of what is written to a pipe that nobody reads any more.
// The status is that of a program that SIGPIPE has ended, as where the pipe is
// found out by writing.
var errUnread error = &silent{128 + int(syscall.SIGPIPE)}

// whileRead returns a context that ends with ctx, and with the cause [errUnread]
// when the reader of out has gone, if that is a pipe, a socket or a terminal. Who
// waits for something to write would not notice. It has to be released.
func whileRead(ctx context.Context, out io.Writer) (read context.Context, release func()) {
	read, cancel := context.WithCancelCause(ctx)
	file, ok := out.(*os.File)
	if !ok {
		return read, func() { cancel(nil) }
	}
	waiting, wake, err := os.Pipe()
	if err != nil { // the next write tells
		return read, func() { cancel(nil) }
	}
	var watch sync.WaitGroup
	watch.Go(func() {
		if readerGone(int(file.Fd()), int(waiting.Fd())) {
			cancel(errUnread)
		}
	})
	return read, func() {
		_ = wake.Close() // this ends the watch
		watch.Wait()
		_ = waiting.Close()
		cancel(nil)
	}
}

// whyEnded is nil, the error of ctx, or errUnread if it ended for that.
func whyEnded(ctx context.Context) error {
	if cause := context.Cause(ctx); errors.Is(cause, errUnread) {
		return cause
	}
	return ctx.Err()
}

// readerGone waits until what is written to out reaches nobody, or the other end
// of wake is closed.
func readerGone(out, wake int) bool {
	for {
		fds := []unix.PollFd{{Fd: int32(out)}, {Fd: int32(wake), Events: unix.POLLIN}}
		_, err := unix.Poll(fds, -1)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case err != nil || fds[1].Revents != 0:
			return false
		case fds[0].Revents&(unix.POLLERR|unix.POLLHUP) != 0:
			return true
		case fds[0].Revents != 0: // out is of a kind that cannot be asked
			return false
		}
	}
}
