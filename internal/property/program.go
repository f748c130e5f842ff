package property

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// FindProgram returns the absolute path of a program that is given by a path, or
// by a plain name that is looked up in PATH. The path is kept as it was found,
// symbolic links and all: a program may look at the name it is called by.
func FindProgram(name string) (string, error) {
	if !strings.Contains(name, "/") {
		path, err := exec.LookPath(name)
		if err != nil && !errors.Is(err, exec.ErrDot) {
			return "", fmt.Errorf("cannot use program %q, it is not in PATH: give the path of it", name)
		}
		return filepath.Abs(path)
	}
	path, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("cannot use program %s, no such file", path)
	case err != nil:
		if wrong := new(fs.PathError); errors.As(err, &wrong) {
			err = wrong.Err
		}
		return "", fmt.Errorf("cannot use program %s, %w", path, err)
	case info.IsDir():
		return "", fmt.Errorf("cannot use program %s, it is a folder", path)
	case !info.Mode().IsRegular(), unix.Faccessat(unix.AT_FDCWD, path, unix.X_OK, unix.AT_EACCESS) != nil:
		return "", fmt.Errorf("cannot use program %s, unexpected permissions %v", path, info.Mode())
	}
	return path, nil
}
