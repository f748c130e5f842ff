package actor

import (
	"bytes"
	"sync"
)

// longestLine bounds a line of output that has no end: it is cut there.
const longestLine = 1 << 20

// lines turns what a process prints into log records, a line each.
type lines struct {
	log  *log
	tag  byte
	name string

	mu   sync.Mutex // guards the fields below
	pid  int        // 0: not known yet
	rest []byte     // what has no newline yet

	calling sync.Mutex  // guards the field below
	calls   []*printing // of a worker: whose lines come next
}

// Write implements [io.Writer]. It waits for the log.
func (l *lines) Write(data []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, data...)
	if l.pid != 0 {
		l.emit()
	}
	return len(data), nil
}

// begin says whose output it is.
func (l *lines) begin(pid int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pid = pid
	l.emit()
}

// finish emits a last line without a newline.
func (l *lines) finish() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.rest) > 0 {
		l.printed(l.rest)
		l.rest = nil
	}
}

func (l *lines) emit() {
	left := l.rest
	for len(left) > 0 {
		end := bytes.IndexByte(left, '\n')
		skip := 1
		if end < 0 {
			if len(left) < longestLine {
				break
			}
			end, skip = longestLine, 0
		}
		l.printed(bytes.TrimSuffix(left[:end], []byte("\r")))
		left = left[end+skip:]
	}
	l.rest = append(l.rest[:0], left...)
}
