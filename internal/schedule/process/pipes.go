package process

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// Pipes keeps the FIFOs that commands had for their events, for other commands: to
// remove one and to make another is much slower than to rename it, on some disks the
// more so the more was removed just before. One that somebody might still use is removed.
// The methods of nil do nothing. All of it may be used by any goroutine.
type Pipes struct {
	folder string
	most   int

	mu    sync.Mutex // guards the fields below
	names []string
	last  int // number in the last name
}

// NewPipes keeps FIFOs in a folder, at most so many. The folder is the caller's, who
// removes it when no command runs any more. Where there is no such folder, none are kept.
func NewPipes(folder string, most int) *Pipes { return &Pipes{folder: folder, most: most} }

// take puts a FIFO at path, if there is nothing, and reports whether it did.
func (p *Pipes) take(path string) bool {
	if p == nil {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.names) == 0 {
		return false
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return false
	}
	last := len(p.names) - 1
	if syscall.Rename(p.names[last], path) != nil {
		return false
	}
	p.names = p.names[:last]
	return true
}

// give takes away the FIFO at path that is open as file, and closes that. It reports
// false, and does nothing, if it cannot be used again.
func (p *Pipes) give(path string, file *os.File) bool {
	if p == nil || !asMade(path, file) {
		return false
	}
	name, ok := p.reserve()
	if !ok || syscall.Rename(path, name) != nil {
		return false
	}
	_ = file.Close() // nothing was written
	// Nobody can open it any more by the path that was known. Who has it open would be
	// heard as the next command.
	if inUse(name) {
		_ = os.Remove(name)
		return true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.names = append(p.names, name)
	return true
}

// reserve gives a name that nobody else has, if there is room.
func (p *Pipes) reserve() (string, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last++
	return filepath.Join(p.folder, "events-"+strconv.Itoa(p.last)), len(p.names) < p.most
}

// asMade reports whether path is the FIFO that is open as file, under no other name,
// with the mode and the owner that it was made with.
func asMade(path string, file *os.File) bool {
	is, err := file.Stat()
	if err != nil {
		return false
	}
	there, err := os.Lstat(path)
	if err != nil || !os.SameFile(is, there) || there.Mode() != fs.ModeNamedPipe|0o600 {
		return false
	}
	stat, ok := there.Sys().(*syscall.Stat_t)
	return ok && stat.Nlink == 1 && int(stat.Uid) == os.Geteuid()
}

// inUse reports whether anybody may have the FIFO open, to read or to write. It is
// empty if nobody has.
func inUse(path string) bool {
	const flags = unix.O_NONBLOCK | unix.O_CLOEXEC | unix.O_NOFOLLOW
	if fd, err := unix.Open(path, unix.O_WRONLY|flags, 0); !errors.Is(err, unix.ENXIO) { // there are readers
		if err == nil {
			_ = unix.Close(fd)
		}
		return true
	}
	fd, err := unix.Open(path, unix.O_RDONLY|flags, 0)
	if err != nil {
		return true
	}
	defer unix.Close(fd)
	var one [1]byte
	n, err := unix.Read(fd, one[:])
	return n != 0 || err != nil // nothing to read and no end: there are writers
}
