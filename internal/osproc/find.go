package osproc

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Find returns the absolute path of the executable called name. A name with a
// slash is a path and is only checked; any other is looked for in dirs, in
// order, and then in the directories of PATH. Empty and relative entries of
// PATH are passed over, so that what runs does not depend on where one stands.
//
// The error wraps [ErrNotFound], or [ErrNotExecutable] if there is a file of
// that name that may not be executed and no other that may.
func Find(name string, dirs []string) (string, error) {
	if name == "" {
		return "", fmt.Errorf("find executable: %w: its name is empty", ErrNotFound)
	}
	if strings.Contains(name, "/") {
		path, err := filepath.Abs(name)
		if err == nil {
			err = check(path)
		}
		if err != nil {
			return "", fmt.Errorf("find %s: %w", name, err)
		}
		return path, nil
	}
	var refused error // the first of that name that may not be executed
	for _, dir := range searched(dirs) {
		path, err := filepath.Abs(filepath.Join(dir, name))
		if err != nil {
			continue // no working directory any more, and a relative entry of dirs
		}
		if _, err := os.Stat(path); err != nil {
			continue // not there, or not to be seen: the next may have it
		}
		err = check(path)
		if err == nil {
			return path, nil
		}
		if refused == nil {
			refused = fmt.Errorf("find %s: %s: %w", name, path, err)
		}
	}
	if refused != nil {
		return "", refused
	}
	return "", fmt.Errorf("find %s: %w in %s", name, ErrNotFound, strings.Join(append(dirs[:len(dirs):len(dirs)], "PATH"), ", "))
}

// searched returns dirs and the usable entries of PATH.
func searched(dirs []string) []string {
	all := dirs[:len(dirs):len(dirs)]
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		if filepath.IsAbs(dir) {
			all = append(all, dir)
		}
	}
	return all
}

// check returns nil if this user may execute the file at path.
func check(path string) error {
	info, err := os.Stat(path)
	if err == nil && !info.IsDir() {
		err = unix.Faccessat(unix.AT_FDCWD, path, unix.X_OK, unix.AT_EACCESS)
	} else if err == nil {
		err = syscall.EACCES
	}
	if err == nil {
		return nil
	}
	return explainFile(path, err, errnoOf(err))
}
