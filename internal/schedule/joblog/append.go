package joblog

import (
	"path/filepath"
)

// Append gives the log at path for more lines: that of this process, which whoever
// started it has begun. Only Note, Path, the options of calls, and Close mean anything.
func Append(path string) (*Log, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	own := ownerOf(path, self())
	l := &Log{folder: filepath.Dir(path), options: Options{Name: own.name}, known: true, pid: own.pid, log: file{path: path}}
	l.stdout = stream{log: l, mark: markStdout}
	l.stderr = stream{log: l, mark: markStderr}
	l.log.mu.Lock()
	defer l.log.mu.Unlock()
	if !l.log.open() {
		return nil, l.log.err
	}
	return l, nil
}
