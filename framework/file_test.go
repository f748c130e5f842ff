package framework

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// Of many first runs at once one writes the file, whole; what was stored
// meanwhile is never lost; no temporary file stays.
func TestCreateFileNeverReplaces(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "settings.json")
	content := strings.Repeat("x", 10_000)
	var group sync.WaitGroup
	for i := range 40 {
		group.Go(func() {
			write := createFile
			text := content
			if i == 20 {
				write, text = replaceFile, "stored"
			}
			if err := write(path, []byte(text), 0o600); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if diff := cmp.Diff("stored", read(t, path)); diff != "" {
		t.Errorf("content (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"settings.json"}, names(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// A program that is made to keep its output to itself keeps the mode of the
// file that was there.
func TestWriteOutputKeepsTheMode(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "result.json")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writeOutput(path, []byte("new")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"new", "-rw-------"}, []string{read(t, path), info.Mode().String()}); diff != "" {
		t.Errorf("content and mode (-want +got):\n%s", diff)
	}
}
