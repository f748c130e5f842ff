package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"sync"

	"google.golang.org/protobuf/encoding/protodelim"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// Each pair of functions is one mode. The parent's is called more than once on
// one connection; the child's serves until its end.

func ping(conn net.Conn) error {
	in, out, m := bufio.NewReader(conn), bufio.NewWriter(conn), message()
	for range roundTrips {
		if err := send(out, m); err != nil {
			return err
		}
		if err := protodelim.UnmarshalFrom(in, m); err != nil {
			return err
		}
	}
	return nil
}

func pong(conn net.Conn) error {
	in, out, m := bufio.NewReader(conn), bufio.NewWriter(conn), message()
	for {
		if err := protodelim.UnmarshalFrom(in, m); err != nil {
			return unlessEnd(err)
		}
		if err := send(out, m); err != nil {
			return err
		}
	}
}

func sendEach(conn net.Conn) error {
	out, m := bufio.NewWriter(conn), message()
	for range messages {
		if err := send(out, m); err != nil {
			return err
		}
	}
	return confirmed(conn)
}

func sendTogether(conn net.Conn) error {
	out, m := bufio.NewWriterSize(conn, 64<<10), message()
	for range messages {
		if _, err := protodelim.MarshalTo(out, m); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return confirmed(conn)
}

// count reads messages and confirms when it has all.
func count(conn net.Conn) error {
	in, m := bufio.NewReaderSize(conn, 64<<10), message()
	for n := 1; ; n++ {
		if err := protodelim.UnmarshalFrom(in, m); err != nil {
			return unlessEnd(err)
		}
		if n%messages == 0 {
			if _, err := conn.Write([]byte{1}); err != nil {
				return err
			}
		}
	}
}

// block is what is copied. It is written to once, or it would be a single page
// of zeros; that is not measured, since the first copy warms up.
var block = sync.OnceValue(func() []byte { return bytes.Repeat([]byte("0123456789"), copied/10) })

func sendCopy(conn net.Conn) error {
	if _, err := conn.Write(block()); err != nil {
		return err
	}
	return confirmed(conn)
}

func receiveCopy(conn net.Conn) error {
	for {
		if _, err := io.ReadFull(conn, block()); err != nil {
			return unlessEnd(err)
		}
		if _, err := conn.Write([]byte{1}); err != nil {
			return err
		}
	}
}

// message is what is sent: the fields of a message of 100 bytes.
func message() *wrapperspb.BytesValue {
	return wrapperspb.Bytes(make([]byte, payload-2)) // its tag and length are 2
}

// send writes one message at once.
func send(out *bufio.Writer, m *wrapperspb.BytesValue) error {
	if _, err := protodelim.MarshalTo(out, m); err != nil {
		return err
	}
	return out.Flush()
}

// confirmed waits until the other process has everything.
func confirmed(conn net.Conn) error {
	_, err := io.ReadFull(conn, make([]byte, 1))
	return err
}

// unlessEnd makes the end of the connection no error.
func unlessEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
