package schedule

import (
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// spares keeps empty folders that attempts have left, for attempts to come: to remove
// one and to make another is much slower than to rename it, on some disks the more so
// the more was removed just before. All of it may be used by any goroutine.
type spares struct {
	folder string // of all spares, below that of the run; gone after end
	most   int    // folders that are kept

	mu    sync.Mutex // guards the fields below
	names []string
	last  int // number in the last name
}

// newSpares makes the folder for spares. Where it cannot, there are none.
func newSpares(run string, most int) *spares {
	s := &spares{folder: filepath.Join(run, spareFolder), most: most}
	_ = os.Mkdir(s.folder, 0o777)
	return s
}

// take puts a spare at path, where there is nothing. It reports false if there was none.
func (s *spares) take(path string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.names) == 0 {
		return false
	}
	last := len(s.names) - 1
	if syscall.Rename(s.names[last], path) != nil {
		return false
	}
	s.names = s.names[:last]
	return true
}

// give takes a folder away that is not used any more, and reports whether it did: if
// it is empty and as it was made, and not too many are kept already. The path is free then.
func (s *spares) give(path string) bool {
	var fresh unix.Stat_t
	if unix.Lstat(s.folder, &fresh) != nil || !asMade(path, &fresh) {
		return false
	}
	name, ok := s.reserve()
	if !ok || syscall.Rename(path, name) != nil {
		return false
	}
	if !asMade(name, &fresh) { // somebody has put something into it since
		_ = syscall.Rename(name, path)
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.names = append(s.names, name)
	return true
}

// reserve gives a name that nobody else has, if there is room.
func (s *spares) reserve() (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	return filepath.Join(s.folder, strconv.Itoa(s.last)), len(s.names) < s.most
}

// asMade reports whether path is an empty folder with the mode and the owner of fresh.
func asMade(path string, fresh *unix.Stat_t) bool {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	var is unix.Stat_t
	if unix.Fstat(fd, &is) != nil || is.Mode != fresh.Mode || is.Uid != fresh.Uid || is.Gid != fresh.Gid {
		return false
	}
	var entries [1024]byte
	for {
		n, err := unix.ReadDirent(fd, entries[:])
		if n <= 0 || err != nil {
			return err == nil
		}
		if _, files, _ := unix.ParseDirent(entries[:n], 1, nil); files > 0 {
			return false
		}
	}
}

// end removes the spares. Nothing may be taken or given after it.
func (s *spares) end() { _ = os.RemoveAll(s.folder) }
