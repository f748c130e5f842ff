package pages

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
)

// Folders of the manual, which hold nothing else.
const (
	referenceFolder = "reference"
	manFolder       = "man"
)

// Manual returns the files of the manual of root: their paths, with slashes,
// below the folder of the documentation, and their bytes. exitCodes is the text
// of the section on the exit status.
func Manual(root *cobra.Command, exitCodes string) map[string][]byte {
	root.InitDefaultHelpCmd()
	top := tree(root, "")
	files := map[string][]byte{}
	for _, p := range top.all() {
		name := p.name + ".md"
		if p == top {
			name = "README.md"
		}
		files[referenceFolder+"/"+name] = markdown(p)
		files[fmt.Sprintf("%s/%s.%d", manFolder, p.name, p.section())] = man(p, top, exitCodes)
	}
	return files
}

// Write replaces the manual in the folder of the documentation, and removes the
// pages of commands that there are no more.
func Write(folder string, files map[string][]byte) error {
	stale, err := Stale(folder, files)
	if err != nil {
		return err
	}
	for _, name := range stale {
		path := filepath.Join(folder, filepath.FromSlash(name))
		data, there := files[name]
		if !there {
			if err := os.Remove(path); err != nil {
				return err
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Stale lists the files that [Write] would write or remove, sorted.
func Stale(folder string, files map[string][]byte) ([]string, error) {
	stale := map[string]bool{}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
		if err != nil && !os.IsNotExist(err) {
			return nil, err
		}
		if err != nil || string(got) != string(want) {
			stale[name] = true
		}
	}
	for _, part := range []string{referenceFolder, manFolder} {
		entries, err := fs.ReadDir(os.DirFS(folder), part)
		if err != nil && !os.IsNotExist(err) {
			return nil, err
		}
		for _, e := range entries {
			if name := part + "/" + e.Name(); files[name] == nil {
				stale[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(stale)), nil
}
