package arch

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestArrows reads this module.
func TestArrows(t *testing.T) {
	for _, line := range violations(t, "../..") {
		t.Error(line)
	}
}

// violations returns a line for every import below root that no row of the
// tables allows, and for every package that has no row.
func violations(t *testing.T, root string) []string {
	t.Helper()
	var found []string
	unknown := map[string]bool{}
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return skip(root, name, entry)
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		below, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		from := path.Dir(filepath.ToSlash(below))
		if _, ok := row(from); !ok && !matchAny(messages, from) && !unknown[from] {
			unknown[from] = true
			found = append(found, fmt.Sprintf("%s: this package is in no row of the table: add one", from))
		}
		for _, spec := range file.Imports {
			to, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if reason := refused(from, to, strings.HasSuffix(name, "_test.go")); reason != "" {
				found = append(found, fmt.Sprintf("%s imports %s: %s", filepath.ToSlash(below), to, reason))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// skip leaves out what the module does not compile: other modules, hidden
// folders, test data.
func skip(root, name string, entry fs.DirEntry) error {
	if name == root {
		return nil
	}
	_, err := os.Stat(filepath.Join(name, "go.mod"))
	if err == nil || strings.HasPrefix(entry.Name(), ".") || slices.Contains([]string{"testdata", "dist"}, entry.Name()) {
		return filepath.SkipDir
	}
	return nil
}

// refused says why a file of package from must not import to; empty: it may.
func refused(from, to string, test bool) string {
	for _, door := range doors {
		if below(to, door.library) && !slices.Contains(door.open, from) {
			return "only " + strings.Join(door.open, ", ") + " may"
		}
	}
	if test {
		return ""
	}
	if slices.Contains(onlyProtobuf, from) && strings.Contains(to, ".") &&
		!below(to, "google.golang.org/protobuf") && !below(to, module) {
		return "its only library is protobuf"
	}
	ours, ok := strings.CutPrefix(to, module+"/")
	if !ok {
		return ""
	}
	arrow, known := row(from)
	switch {
	case matchAny(messages, from):
		if ours != "lifecycle" && !matchAny(messages, ours) {
			return "generated messages import only messages"
		}
	case !known:
		return "" // reported once, for the package
	case matchAny(arrow.to, ours):
	case arrow.floor:
		return "it imports nothing of ours"
	case ours != "lifecycle" && !matchAny(messages, ours):
		return "no arrow leads there"
	}
	return ""
}

// row returns the first arrow that begins at the package.
func row(from string) (arrow, bool) {
	i := slices.IndexFunc(arrows, func(a arrow) bool { return match(a.from, from) })
	if i < 0 {
		return arrow{}, false
	}
	return arrows[i], true
}

func matchAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return match(p, name) })
}

// match reports whether pattern names the package: itself, or with "/..." a
// package at any depth below, or with "/.../*x" one there that ends in x.
func match(pattern, name string) bool {
	if folder, last, ok := strings.Cut(pattern, "/.../*"); ok {
		return strings.HasPrefix(name, folder+"/") && strings.HasSuffix(name, last)
	}
	if folder, ok := strings.CutSuffix(pattern, "/..."); ok {
		return below(name, folder)
	}
	return pattern == name
}

// below reports whether name is folder or lies in it.
func below(name, folder string) bool {
	return name == folder || strings.HasPrefix(name, folder+"/")
}
