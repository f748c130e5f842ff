package logstore

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// part is an open segment. What is behind size is not looked at.
type part struct {
	name string // empty: the current, which may get one later
	file *os.File
	info os.FileInfo
	size int64
}

// openParts opens all segments of a folder, oldest first, without a gap behind
// the first of them, whatever a writer does meanwhile. A folder that is not there
// has none.
func openParts(folder string) ([]*part, error) {
	current, names, err := list(folder)
	if err != nil {
		return nil, err
	}
	var parts []*part
	if current != nil {
		parts = append(parts, current)
	}
	for _, name := range slices.Backward(names) {
		p, err := openPart(folder, name)
		if err != nil {
			closeParts(parts)
			return nil, err
		}
		if p == nil {
			break // removed, and so is all that is older
		}
		if current != nil && os.SameFile(p.info, current.info) {
			p.file.Close()
			continue
		}
		parts = append(parts, p)
	}
	slices.Reverse(parts)
	if n := len(parts); n > 0 {
		return parts, parts[n-1].settle()
	}
	return parts, nil
}

// list returns the current segment, nil if there is none, and the names of those
// that are older.
func list(folder string) (current *part, names []string, err error) {
	const tries = 100 // against a writer that begins segments faster than a folder is read
	for range tries {
		before, err := oldNames(folder)
		if err != nil {
			return nil, nil, err
		}
		current, err = openPart(folder, "")
		if err != nil {
			return nil, nil, err
		}
		names, err = oldNames(folder)
		if err == nil && last(before) == last(names) {
			return current, names, nil // no segment has ended meanwhile
		}
		closeParts([]*part{current})
		if err != nil {
			return nil, nil, err
		}
	}
	return nil, nil, fmt.Errorf("%s: segments end faster than they can be listed", folder)
}

func last(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[len(names)-1]
}

// openPart opens a segment, the current if it has no name. It is nil if there is
// none.
func openPart(folder, name string) (*part, error) {
	path := currentPath(folder)
	if name != "" {
		path = filepath.Join(folder, name)
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	return &part{name, f, info, info.Size()}, nil
}

func closeParts(parts []*part) {
	for _, p := range parts {
		if p != nil {
			p.file.Close()
		}
	}
}

// refresh learns how much has been written.
func (p *part) refresh() error {
	info, err := p.file.Stat()
	if err == nil {
		p.size = info.Size()
	}
	return err
}

// settle gives the writer of a line that is seen half the time to write the other
// half: the kernel shows a write page by page.
func (p *part) settle() error {
	for range 20 {
		if err := p.refresh(); err != nil || p.size == 0 {
			return err
		}
		var last [1]byte
		if _, err := p.file.ReadAt(last[:], p.size-1); err != nil && err != io.EOF || last[0] == '\n' {
			return err
		}
		time.Sleep(time.Millisecond)
	}
	return nil // torn for good
}
