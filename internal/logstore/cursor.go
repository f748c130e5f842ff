package logstore

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// cursor goes through the lines of one source that a query asks for. It stands at
// a line where has is true.
type cursor struct {
	source Source
	filter *filter
	live   bool // lines are still to come: one that is torn may be ended

	parts  []*part // still to be read; the last of a live cursor stays
	newest string  // the last name that any part had
	scan   *scan   // of the first part, nil: not begun
	time   stamp   // of the line, or of that above it if it has none

	has  bool
	line []byte // valid until the next move
}

// open opens what there is, and goes to before the last lines, so many: to the begin
// if 0, to the end if negative.
func (c *cursor) open(tail int) error {
	parts, err := openParts(c.source.Folder)
	if err != nil {
		return err
	}
	c.add(parts)
	if err := c.skip(); err != nil || tail == 0 || len(c.parts) == 0 {
		return err
	}
	if tail < 0 {
		return c.seekEnd()
	}
	return c.seekTail(tail)
}

func (c *cursor) add(parts []*part) {
	for _, p := range parts {
		c.newest = max(c.newest, p.name)
	}
	c.parts = append(c.parts, parts...)
}

// skip drops the parts that end before the window.
func (c *cursor) skip() error {
	if c.filter.from == (stamp{}) {
		return nil
	}
	var wanted []*part
	for i, p := range c.parts {
		end, err := p.ending(block, 0)
		if err != nil {
			return err
		}
		if end.known && end.last.before(c.filter.surelyBefore) && (!c.live || i < len(c.parts)-1) {
			p.file.Close()
			continue
		}
		wanted = append(wanted, p)
	}
	c.parts = wanted
	return nil
}

func (c *cursor) close() {
	closeParts(c.parts)
	c.parts, c.scan = nil, nil
}

// next goes to the next line. There is none where has is false afterwards, which
// in a live cursor may change.
func (c *cursor) next() error {
	c.has = false
	for len(c.parts) > 0 {
		if c.scan == nil {
			offset, err := c.filter.firstFrom(c.parts[0])
			if err != nil {
				return err
			}
			c.scan = newScan(c.parts[0], offset)
		}
		line, err := c.scan.next(!c.live || len(c.parts) > 1)
		if errors.Is(err, io.EOF) {
			if len(c.parts) == 1 {
				return nil
			}
			c.leave()
			continue
		}
		if err != nil {
			return err
		}
		line = clean(line)
		if s, ok := stampOf(line); ok {
			c.time = s
		}
		if !c.time.before(c.filter.surelyNotUntil) && len(c.parts) > 1 {
			c.leave() // the next may have been written after the clock was put back
			continue
		}
		if !c.time.before(c.filter.surelyNotUntil) && !c.live {
			return nil
		}
		if len(line) > 0 && c.filter.inTime(c.time) && c.filter.shows(line) {
			c.line, c.has = line, true
			return nil
		}
	}
	return nil
}

// leave leaves the first part for the next.
func (c *cursor) leave() {
	c.parts[0].file.Close()
	c.parts, c.scan = c.parts[1:], nil
}

// refresh learns what was written, in a live cursor.
func (c *cursor) refresh() error {
	if len(c.parts) == 0 {
		parts, err := openParts(c.source.Folder)
		c.add(c.unread(parts, nil))
		return err
	}
	last := c.parts[len(c.parts)-1]
	now, gone := os.Stat(currentPath(c.source.Folder))
	if err := last.refresh(); err != nil { // after the name: it is written no more once it has another
		return err
	}
	if gone == nil && os.SameFile(now, last.info) || errors.Is(gone, fs.ErrNotExist) {
		return nil // if there is none, one is about to be made
	}
	parts, err := openParts(c.source.Folder)
	c.add(c.unread(parts, last))
	return err
}

// unread returns the parts behind the last that is known, and closes the others.
func (c *cursor) unread(parts []*part, last *part) []*part {
	from := 0
	for i, p := range parts {
		if last != nil && os.SameFile(p.info, last.info) || p.name != "" && p.name <= c.newest {
			from = i + 1
			c.newest = max(c.newest, p.name)
		}
	}
	closeParts(parts[:from])
	return parts[from:]
}
