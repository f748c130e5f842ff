package logstore

import (
	"bytes"
	"errors"
	"io"
)

// firstFrom returns where a line begins that has only lines before the window
// above it.
func (f *filter) firstFrom(p *part) (int64, error) {
	if f.from == (stamp{}) {
		return 0, nil
	}
	low, _, err := p.bisect(f.surelyBefore)
	return low, err
}

// lastUntil returns an offset that has only lines behind the window at and below
// it.
func (f *filter) lastUntil(p *part) (int64, error) {
	if f.to == forever {
		return p.size, nil
	}
	_, high, err := p.bisect(f.surelyNotUntil)
	return high, err
}

// bisect returns two offsets, each the begin of a line or the end, and close to
// each other: the line above low is before the key, and that at high is not.
func (p *part) bisect(key stamp) (low, high int64, err error) {
	low, high = 0, p.size
	for end := p.size; end-low > chunk/4; {
		middle := low + (end-low)/2
		at, s, err := p.stampBehind(middle, end)
		switch {
		case errors.Is(err, io.EOF): // no line begins between middle and end
			end = middle
		case err != nil:
			return 0, 0, err
		case s.before(key):
			low = at
		default:
			high, end = at, middle
		}
	}
	return low, high, nil
}

// stampBehind finds the first line with a time that begins behind offset and
// before end. If there is none, the error is io.EOF.
func (p *part) stampBehind(offset, end int64) (int64, stamp, error) {
	buffer := make([]byte, 1<<10)
	inside := true // of a line that begins before offset
	for offset < end {
		n, err := p.file.ReadAt(buffer[:min(int64(len(buffer)), p.size-offset)], offset)
		if n == 0 {
			if err == nil {
				err = io.EOF
			}
			return 0, stamp{}, err
		}
		data := buffer[:n]
		if inside {
			i := bytes.IndexByte(data, '\n')
			if i < 0 {
				offset += int64(n)
				buffer = grown(buffer)
				continue
			}
			inside = false
			offset += int64(i) + 1
			data = data[i+1:]
		}
		if offset >= end {
			break
		}
		if len(data) < stampLen && offset+int64(stampLen) <= p.size {
			continue // read on at the begin of the line
		}
		if s, ok := stampOf(clean(data)); ok {
			return offset, s, nil
		}
		inside = true
	}
	return 0, stamp{}, io.EOF
}

func grown(buffer []byte) []byte { return make([]byte, min(4*len(buffer), chunk)) }
