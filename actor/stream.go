package actor

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"github.com/ansar-go/ansar/internal/osproc"
)

// stream is one end of a socketpair, read and written through Go's poller.
type stream struct{ *os.File }

func wrapPair(fds [2]int) (*stream, *os.File, error) {
	ours, err := wrap(fds[0])
	if err != nil {
		_ = unix.Close(fds[0]) // the error is told
		_ = unix.Close(fds[1])
		return nil, nil, err
	}
	return ours, os.NewFile(uintptr(fds[1]), "link"), nil
}

func wrap(fd int) (*stream, error) {
	if err := unix.SetNonblock(fd, true); err != nil {
		return nil, fmt.Errorf("prepare a link: %w", err)
	}
	return &stream{os.NewFile(uintptr(fd), "link")}, nil
}

// CloseWrite ends what the other side reads.
func (s *stream) CloseWrite() error {
	raw, err := s.SyscallConn()
	if err != nil {
		return err
	}
	var shut error
	if err := raw.Control(func(fd uintptr) { shut = unix.Shutdown(int(fd), unix.SHUT_WR) }); err != nil {
		return err
	}
	return shut
}

// socketError makes a shortage of descriptors something to wait for.
func socketError(err error) error {
	for _, short := range []error{unix.EMFILE, unix.ENFILE, unix.ENOMEM, unix.ENOBUFS} {
		if errors.Is(err, short) {
			return fmt.Errorf("open a link: %w: %w", osproc.ErrNoResources, err)
		}
	}
	return fmt.Errorf("open a link: %w", err)
}
