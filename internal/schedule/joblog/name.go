package joblog

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// below is the ending of the folder with the logs of processes below another.
const below = ".processes"

// folderBelow is the folder for the logs of all processes below the one whose log is at
// path: they share one, whatever their depth.
func folderBelow(path string) string {
	if folder := filepath.Dir(path); strings.HasSuffix(folder, below) {
		return folder
	}
	return path + below
}

// createBelow makes the log of a process below the one whose log is at parent. Nobody
// else gets the same, in whatever process.
func createBelow(parent, name string) (string, *os.File, error) {
	folder := folderBelow(parent)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return "", nil, err
	}
	base := filepath.Join(folder, fileName(name))
	for n := 1; ; n++ {
		path := base + "-" + strconv.Itoa(n) + ".log"
		f, err := os.OpenFile(path, appendFlags|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return path, f, err
		}
	}
}

// create makes the log of a process below the one whose log is at parent: the file that
// the process was told, if it was.
func create(parent, name, told string) (string, *os.File, error) {
	if told == "" {
		return createBelow(parent, name)
	}
	if err := os.MkdirAll(filepath.Dir(told), 0o777); err != nil {
		return "", nil, err
	}
	f, err := os.OpenFile(told, appendFlags, 0o666) // what it runs may have been quicker
	return told, f, err
}

// fileName is name as far as every file system takes it, 60 bytes at most.
func fileName(name string) string {
	safe := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '_', r == '-', r == '+':
			return r
		}
		return '_'
	}, name)
	safe = strings.TrimLeft(safe[:min(len(safe), 60)], ".")
	if safe == "" {
		return "process"
	}
	return safe
}
