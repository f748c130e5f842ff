package logstore

import (
	"bytes"
	"io"
)

// seekTail goes to the line before the last n that are asked for, or stays where
// there are no more.
func (c *cursor) seekTail(n int) error {
	for i := len(c.parts) - 1; i >= 0; i-- {
		end, err := c.filter.lastUntil(c.parts[i])
		if err != nil {
			return err
		}
		t := &tailer{filter: c.filter, left: n}
		if err := c.parts[i].backward(end, t.visit); err != nil {
			return err
		}
		n = t.left
		if n == 0 {
			closeParts(c.parts[:i])
			c.parts = c.parts[i:]
			c.scan, c.time = newScan(c.parts[0], t.offset), t.time
			return nil
		}
	}
	return nil
}

// seekEnd goes behind the last line that is whole.
func (c *cursor) seekEnd() error {
	last := len(c.parts) - 1
	closeParts(c.parts[:last])
	c.parts = c.parts[last:]
	offset := c.parts[0].size
	err := c.parts[0].backward(offset, func(at int64, line []byte) bool {
		if line[len(line)-1] != '\n' {
			offset = at
		}
		return false
	})
	c.scan = newScan(c.parts[0], offset)
	return err
}

// tailer counts lines from the end.
type tailer struct {
	filter  *filter
	left    int
	offset  int64
	time    stamp   // of the line at offset
	pending []int64 // lines below, without a time, that match but for it
}

// visit takes a line, the last first. It returns false when it has enough.
func (t *tailer) visit(offset int64, line []byte) bool {
	line = clean(line)
	if len(line) == 0 {
		return true
	}
	s, ok := stampOf(line)
	if t.filter.shows(line) {
		t.pending = append(t.pending, offset)
	}
	if !ok && offset > 0 {
		return true
	}
	if s.before(t.filter.surelyBefore) {
		return false
	}
	if t.filter.inTime(s) {
		t.time = s
		for _, t.offset = range t.pending {
			t.left--
			if t.left == 0 {
				return false
			}
		}
	}
	t.pending = t.pending[:0]
	return true
}

// backward visits the lines above end, which begins a line, the last first, until
// visit returns false.
func (p *part) backward(end int64, visit func(offset int64, line []byte) bool) error {
	var data []byte // from begin to the end of a line that begins above it
	begin, length := end, int64(block)
	for begin > 0 {
		length = min(length, begin)
		more := make([]byte, length, length+int64(len(data)))
		n, err := p.file.ReadAt(more, begin-length)
		if err != nil && err != io.EOF {
			return err
		}
		if int64(n) < length {
			return nil // cut below us
		}
		begin -= length
		data = append(more, data...)
		for len(data) > 0 {
			i := bytes.LastIndexByte(data[:len(data)-1], '\n') + 1
			if i == 0 && begin > 0 {
				break
			}
			if !visit(begin+int64(i), data[i:]) {
				return nil
			}
			data = data[:i]
		}
		length = min(4*length, 4<<20)
		if long := int64(len(data)); long > length {
			length = long // of which each part is copied once more at most
		}
	}
	return nil
}
