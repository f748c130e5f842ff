package link

import (
	"errors"
	"io"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// A pipe holds what it can, and ends as a pair of sockets does.
func TestPipe(t *testing.T) {
	tests := []struct {
		name string
		do   func(a, b io.ReadWriteCloser)
		// What b reads, and how both then end.
		read              string
		readErr, writeErr error
	}{
		{"what was written before CloseWrite is read", func(a, _ io.ReadWriteCloser) { _ = a.(*end).CloseWrite() }, "abc", io.EOF, io.ErrClosedPipe},
		{"what was written before Close is read", func(a, _ io.ReadWriteCloser) { _ = a.Close() }, "abc", io.EOF, io.ErrClosedPipe},
		{"a closed end reads nothing", func(_, b io.ReadWriteCloser) { _ = b.Close() }, "", io.ErrClosedPipe, syscall.EPIPE},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, b := Pipe()
			if n, err := a.Write([]byte("abc")); n != 3 || err != nil {
				t.Fatalf("Write returned %d, %v", n, err)
			}
			tt.do(a, b)
			var got []byte
			buf := make([]byte, 2)
			var err error
			for err == nil {
				var n int
				n, err = b.Read(buf)
				got = append(got, buf[:n]...)
			}
			if diff := cmp.Diff(tt.read, string(got)); diff != "" || !errors.Is(err, tt.readErr) {
				t.Errorf("reading ended with %v, want %v, (-want +got):\n%s", err, tt.readErr, diff)
			}
			if _, err := a.Write([]byte("d")); !errors.Is(err, tt.writeErr) {
				t.Errorf("Write returned %v, want %v", err, tt.writeErr)
			}
		})
	}
}

func TestFullPipe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := Pipe()
		done := make(chan int, 1)
		go func() {
			n, _ := a.Write(make([]byte, pipeSize+1)) // it is interrupted
			done <- n
		}()
		synctest.Wait()
		select {
		case n := <-done:
			t.Errorf("a full pipe took %d bytes", n)
		default:
		}
		_ = b.Close()
		if n := <-done; n != pipeSize {
			t.Errorf("an interrupted Write wrote %d bytes, want %d", n, pipeSize)
		}
	})
}
