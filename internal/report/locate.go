package report

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ansar-go/ansar/lifecycle"
)

// Locate puts into each test the path of its file: one below the folder dir, or
// with an empty dir the one that the compiler knew, if it is still there. Files
// that are not found keep their base name.
//
// Of several files of that name the one counts whose path ends most as the
// compiler knew it; then the one that is least deep. Folders whose names begin
// with a dot, and what cannot be read, are passed over.
func (s *Suite) Locate(dir string) error {
	tests := s.tests()
	if dir == "" {
		located := map[string]bool{}
		for _, test := range tests {
			path := test.GetPath()
			if _, known := located[path]; !known {
				info, err := os.Stat(path)
				located[path] = filepath.IsAbs(path) && err == nil && info.Mode().IsRegular()
			}
			if located[path] {
				test.Source = path
			}
		}
		return nil
	}
	wanted := map[string][]string{}
	for _, test := range tests {
		wanted[filepath.Base(test.GetSource())] = nil
	}
	if err := find(dir, wanted); err != nil {
		return err
	}
	for _, test := range tests {
		if path := nearest(wanted[filepath.Base(test.GetSource())], test.GetPath()); path != "" {
			test.Source = path
		}
	}
	return nil
}

// tests are the tests of all reports.
func (s *Suite) tests() []*lifecycle.PointTest {
	var list []*lifecycle.PointTest
	for _, r := range s.Roles {
		list = append(list, r.Report.GetTested()...)
	}
	return list
}

// find adds to each base name the absolute paths of the files below dir that
// have it.
func find(dir string, wanted map[string][]string) error {
	dir, err := filepath.Abs(dir)
	if err != nil || len(wanted) == 0 {
		return err
	}
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil && path == dir:
			return err
		case err != nil:
			return nil // of one folder: the others count
		case entry.IsDir() && path != dir && strings.HasPrefix(entry.Name(), "."):
			return fs.SkipDir
		case entry.IsDir():
			return nil
		}
		if paths, ok := wanted[entry.Name()]; ok {
			wanted[entry.Name()] = append(paths, path)
		}
		return nil
	})
}

// nearest is the path that ends most as known does; empty if there is none.
func nearest(paths []string, known string) string {
	best, score := "", []int{}
	for _, path := range paths {
		this := []int{sameTail(path, known), -strings.Count(path, string(filepath.Separator))}
		if best == "" || slices.Compare(this, score) > 0 { // paths are in the order of their names: the first stays
			best, score = path, this
		}
	}
	return best
}

// sameTail counts the last elements that two paths have in common.
func sameTail(a, b string) int {
	as, bs := strings.Split(filepath.ToSlash(a), "/"), strings.Split(filepath.ToSlash(b), "/")
	n := 0
	for n < len(as) && n < len(bs) && as[len(as)-1-n] == bs[len(bs)-1-n] {
		n++
	}
	return n
}
