package logstore

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
)

// ending is what the end of a segment tells about it.
type ending struct {
	size   int64
	torn   bool  // the last line has no newline
	newest stamp // the latest of the last lines
	known  bool  // newest is
}

// endOf looks at the end of a segment. One that is not there is empty.
func endOf(path string) (end ending, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return end, nil
	}
	if err != nil {
		return end, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return end, err
	}
	end.size = info.Size()
	for length := int64(smallest); ; length *= 4 {
		length = min(length, end.size)
		tail := make([]byte, length)
		n, err := f.ReadAt(tail, end.size-length)
		if err != nil && err != io.EOF {
			return end, err
		}
		tail = tail[:n]
		end.torn = n > 0 && tail[n-1] != '\n'
		if length < end.size { // it may begin within a line
			tail = tail[lineLen(tail):]
		}
		end.newest, end.known = latest(tail)
		if end.known || length == end.size {
			return end, nil
		}
	}
}

// latest returns the latest time of some lines.
func latest(lines []byte) (newest stamp, known bool) {
	for line := range bytes.Lines(lines) {
		if s, ok := stampOf(line); ok && newest.before(s) {
			newest, known = s, true
		}
	}
	return newest, known
}
