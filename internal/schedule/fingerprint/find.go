package fingerprint

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// find lists the files that a pattern means, sorted, by their names from dir. A
// folder means all files in it; ** means any number of folders.
func find(ctx context.Context, dir, pattern string) ([]string, error) {
	pattern = filepath.ToSlash(filepath.Clean(pattern))
	if _, err := path.Match(pattern, ""); err != nil {
		return nil, fmt.Errorf("read the pattern %q: %w", pattern, err)
	}
	root := pattern
	for strings.ContainsAny(root, `*?[\`) {
		root = path.Dir(root)
	}
	var files []string
	err := filepath.WalkDir(under(dir, root), func(found string, entry fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return fmt.Errorf("look for %s: %w", pattern, err)
		case entry.IsDir():
			return nil
		}
		name, isFile := nameOf(dir, pattern, found)
		if isFile && matches(strings.Split(pattern, "/"), strings.Split(name, "/")) {
			files = append(files, name)
		}
		return nil
	})
	slices.Sort(files)
	return files, err
}

// nameOf is how a file is called as the pattern calls files, and whether it is one
// that can be read.
func nameOf(dir, pattern, found string) (string, bool) {
	info, err := os.Stat(found)
	if err != nil || !info.Mode().IsRegular() {
		return "", false
	}
	if filepath.IsAbs(pattern) {
		return filepath.ToSlash(found), true
	}
	name, err := filepath.Rel(cleanDir(dir), found)
	return filepath.ToSlash(name), err == nil
}

func cleanDir(dir string) string {
	if dir == "" {
		return "."
	}
	return dir
}

func under(dir, name string) string {
	if filepath.IsAbs(name) {
		return filepath.FromSlash(name)
	}
	return filepath.Join(cleanDir(dir), filepath.FromSlash(name))
}

// matches reports whether the pattern means the name, or a folder that it is in.
func matches(pattern, name []string) bool {
	switch {
	case len(pattern) == 0:
		return true
	case pattern[0] == ".":
		return matches(pattern[1:], name)
	case pattern[0] == "**":
		for skip := 0; skip <= len(name); skip++ {
			if len(pattern) == 1 || skip < len(name) && matches(pattern[1:], name[skip:]) {
				return true
			}
		}
		return false
	case len(name) == 0:
		return false
	}
	fits, _ := path.Match(pattern[0], name[0]) // the pattern was looked at before
	return fits && matches(pattern[1:], name[1:])
}
