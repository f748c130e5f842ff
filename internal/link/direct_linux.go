package link

import (
	"errors"
	"io"
	"syscall"
)

// direct writes to a socket without ever blocking, so that a sender may do it
// itself. One goroutine at a time.
type direct struct {
	conn syscall.RawConn
	try  func(fd uintptr) bool // made once: a method value allocates
	b    []byte
	n    int
	err  error
}

// newDirect returns nil if the stream is not a socket.
func newDirect(stream io.ReadWriteCloser) *direct {
	s, ok := stream.(syscall.Conn)
	if !ok {
		return nil
	}
	conn, err := s.SyscallConn()
	if err != nil {
		return nil
	}
	socket := false
	_ = conn.Control(func(fd uintptr) { // an error leaves socket false
		_, err := syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_TYPE)
		socket = err == nil
	})
	if !socket {
		return nil
	}
	d := &direct{conn: conn}
	d.try = func(fd uintptr) bool {
		d.n, d.err = syscall.SendmsgN(int(fd), d.b, nil, nil, syscall.MSG_DONTWAIT|syscall.MSG_NOSIGNAL)
		return true
	}
	return d
}

// write writes as much of b as fits now, which may be nothing.
func (d *direct) write(b []byte) (int, error) {
	d.b, d.n, d.err = b, 0, nil
	err := d.conn.Write(d.try)
	d.b = nil
	if err == nil {
		err = d.err
	}
	if errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EINTR) {
		return 0, nil
	}
	return max(0, d.n), err
}
