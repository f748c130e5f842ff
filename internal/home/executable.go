package home

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// Lookup returns the path of an executable in [Bin]. It must be a plain name of
// a regular file, or of a link to one, that this process may execute; else the
// error matches [ErrNotExecutable], or [ErrUsage] for a name that cannot be.
func (h *Home) Lookup(name string) (string, error) {
	if strings.ContainsAny(name, `/\`) || name == "." || name == ".." {
		return "", faultf(ErrUsage, "the <executable> must be the name of a loadable file to be found in %s", h.Dir(Bin))
	}
	path, err := h.Path(Bin, name)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(path)
	switch {
	case absent(err):
		return "", faultf(ErrNotExecutable, "cannot use executable %s, no such file", path)
	case err != nil:
		return "", faultf(ErrNotExecutable, "cannot use executable %s, %v", path, reason(err))
	case info.IsDir():
		return "", faultf(ErrNotExecutable, "cannot use executable %s, it is a folder", path)
	case !info.Mode().IsRegular(), unix.Faccessat(unix.AT_FDCWD, path, unix.X_OK, unix.AT_EACCESS) != nil:
		return "", faultf(ErrNotExecutable, "cannot use executable %s, unexpected permissions %v", path, info.Mode())
	}
	return path, nil
}
