package home

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFullDisk(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("cannot mount a small file system: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	})
	h, err := Create(filepath.Join(disk, "h"), nil)
	if err != nil {
		t.Fatal(err)
	}
	addRoles(t, h, "a-0")
	if err := h.Store(Settings, "a-0", []byte("old")); err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(filepath.Join(disk, "ballast"))
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = file.Write(make([]byte, 1024))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("filling the disk: %v", err)
	}
	before := tree(t, h.Root())
	const full = `: no space left on device (free some space, the old content is unchanged)`
	wantError(t, h.Store(Settings, "a-0", []byte("new")), syscall.ENOSPC, `write "%/settings/a-0.json"`+full, h.Root())
	wantError(t, h.Add(newRoles("b-0")...), syscall.ENOSPC, `write "%/home.json"`+full, h.Root())
	if diff := cmp.Diff(before, tree(t, h.Root())); diff != "" {
		t.Errorf("home (-before +after):\n%s", diff)
	}
	// A role can start, and be seen, all the same.
	lock, err := h.Acquire("a-0")
	if err != nil {
		t.Fatal(err)
	}
	if holder := holderOf(t, h, "a-0"); holder == nil || holder.PID != os.Getpid() || !holder.Visible {
		t.Errorf("holder is %+v, want this process", holder)
	}
	lock.Release()
	_, err = Create(filepath.Join(disk, "second"), nil)
	if !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("creating a second home: %v", err)
	}
	if _, err := os.Lstat(filepath.Join(disk, "second")); !absent(err) {
		t.Errorf("the second home is half there: %v", err)
	}
	if err := errors.Join(file.Close(), os.Remove(file.Name())); err != nil {
		t.Fatal(err)
	}
	if err := h.Store(Settings, "a-0", []byte("new")); err != nil {
		t.Errorf("with space again: %v", err)
	}
}
