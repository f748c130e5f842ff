package cli

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A program that prints without end costs neither the memory nor the time for it.
func TestDescribeAProgramThatPrintsWithoutEnd(t *testing.T) {
	path := filepath.Join(t.TempDir(), "endless")
	if err := os.WriteFile(path, []byte("#!/bin/sh\nexec yes\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	want := "cannot use executable " + path + ", it is not a framework executable: --dump-schema does not stop printing"
	if _, _, err := describe(t.Context(), path, 20*time.Second); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
