package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// A difference is one file of generated code that is not what it should be.
type difference struct {
	name string // below the root
	want []byte // nil: the file has no source any more
}

// compilerLine names the compiler that read the source, which changes nothing
// in the code: protoc and buf and this program differ in it.
var compilerLine = regexp.MustCompile(`(?m)^// \tprotoc  .*\n`)

// compare returns where the generated files below root differ from want,
// sorted by name.
func compare(root string, want map[string][]byte) ([]difference, error) {
	var found []difference
	for name, content := range want {
		have, err := os.ReadFile(filepath.Join(root, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if !bytes.Equal(compilerLine.ReplaceAll(have, nil), compilerLine.ReplaceAll(content, nil)) {
			found = append(found, difference{name, content})
		}
	}
	existing, err := generated(root)
	for _, name := range existing {
		if _, ok := want[name]; !ok {
			found = append(found, difference{name: name})
		}
	}
	slices.SortFunc(found, func(a, b difference) int { return cmp.Compare(a.name, b.name) })
	return found, err
}

// generated lists the .pb.go files of the module in root, without those of
// modules below it and of test data.
func generated(root string) ([]string, error) {
	var names []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != root {
			_, err := os.Stat(filepath.Join(path, "go.mod"))
			if err == nil || strings.HasPrefix(entry.Name(), ".") || entry.Name() == "dist" || entry.Name() == "testdata" {
				return filepath.SkipDir
			}
		}
		if strings.HasSuffix(path, ".pb.go") {
			name, err := filepath.Rel(root, path)
			names = append(names, filepath.ToSlash(name))
			return err
		}
		return nil
	})
	return names, err
}

// report turns differences into one error that says what to do.
func report(differences []difference) error {
	if len(differences) == 0 {
		return nil
	}
	var names []string
	for _, d := range differences {
		names = append(names, d.name)
	}
	return fmt.Errorf("generated code is stale: %s: run make generate and commit the result", strings.Join(names, ", "))
}

// apply mends the files below root, and prints their names.
func apply(root string, differences []difference) error {
	for _, d := range differences {
		path := filepath.Join(root, d.name)
		if d.want == nil {
			if err := os.Remove(path); err != nil {
				return err
			}
			fmt.Println("removed", d.name)
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, d.want, 0o644); err != nil {
			return err
		}
		fmt.Println("wrote", d.name)
	}
	return nil
}
