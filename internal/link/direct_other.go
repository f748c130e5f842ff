//go:build !linux

package link

import "io"

// direct is for Linux only; elsewhere the writer does all writing.
type direct struct{}

func newDirect(io.ReadWriteCloser) *direct { return nil }

func (*direct) write([]byte) (int, error) { return 0, nil }
