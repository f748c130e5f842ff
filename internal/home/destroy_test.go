package home

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDestroyRemovesWhatTheHomeMade(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(dir, "outside")
	write(t, filepath.Join(outside, "bin", "snooze"), "program")
	write(t, filepath.Join(outside, "resource", "snooze", "map"), "shared")
	write(t, filepath.Join(outside, "ansar-logs-somebody-else", "x"), "precious")
	before := tree(t, dir)
	redirects := map[Area]string{Bin: filepath.Join(outside, "bin"), Resource: filepath.Join(outside, "resource")}
	for _, area := range []Area{Settings, Logs, Tmp, Model, Locks} {
		redirects[area] = outside
	}
	h, err := Create(filepath.Join(dir, "home"), redirects)
	if err != nil {
		t.Fatal(err)
	}
	addRoles(t, h, "a-0", "b-0")
	for _, name := range []string{"a-0", "b-0", "b-0.sub"} {
		furnish(t, h, name)
	}
	for _, link := range []string{filepath.Join(h.Dir(Model), "a-0", "out"), filepath.Join(h.Root(), "history", "out")} {
		if err := os.Symlink(outside, link); err != nil {
			t.Fatal(err)
		}
	}
	if err := Destroy(h.Root()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
		t.Errorf("folder (-before +after):\n%s", diff)
	}
	wantError(t, Destroy(h.Root()), ErrNotHome, `home at "%" does not exist or is incomplete`, h.Root())
}

func TestDestroyLeavesWhatIsNotItsOwn(t *testing.T) {
	tests := []struct {
		name string
		// prepare returns what must survive.
		prepare func(t *testing.T, h *Home, outside string) string
	}{
		{"other things in the folder", func(t *testing.T, h *Home, _ string) string {
			return write(t, filepath.Join(h.Root(), "letters", "a.txt"), "precious")
		}},
		{"an area that was moved and linked by hand", func(t *testing.T, h *Home, outside string) string {
			remove(t, h.Dir(Model))
			if err := os.Symlink(outside, h.Dir(Model)); err != nil {
				t.Fatal(err)
			}
			return write(t, filepath.Join(outside, "a-0", "x"), "precious")
		}},
		{"a lock area that was linked by hand", func(t *testing.T, h *Home, outside string) string {
			remove(t, h.Dir(Locks))
			if err := os.Symlink(outside, h.Dir(Locks)); err != nil {
				t.Fatal(err)
			}
			return write(t, filepath.Join(outside, "a-0"), "precious")
		}},
		{"a redirect that was written by hand", func(t *testing.T, h *Home, outside string) string {
			redirectLogs(t, h, outside)
			return write(t, filepath.Join(outside, "a-0", "x"), "precious")
		}},
		{"a redirected area whose folder is now a link", func(t *testing.T, h *Home, outside string) string {
			target := h.Dir(Logs)
			if err := os.Rename(target, filepath.Join(outside, "logs")); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(filepath.Join(outside, "logs"), target); err != nil {
				t.Fatal(err)
			}
			return write(t, filepath.Join(outside, "logs", "a-0", "x"), "precious")
		}},
		{"a copy of a redirected area, back link and all", func(t *testing.T, h *Home, outside string) string {
			survivor := write(t, filepath.Join(h.Dir(Logs), "a-0", "x"), "precious")
			backup := filepath.Join(outside, "backup")
			if err := os.CopyFS(backup, os.DirFS(h.Dir(Logs))); err != nil {
				t.Fatal(err)
			}
			redirectLogs(t, h, backup)
			return filepath.Join(backup, "a-0", filepath.Base(survivor))
		}},
		{"a redirected area without its back link", func(t *testing.T, h *Home, _ string) string {
			remove(t, filepath.Join(h.Dir(Logs), ".ansar-origin"))
			return write(t, filepath.Join(h.Dir(Logs), "a-0", "x"), "precious")
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newTestHome(t, map[Area]string{Logs: t.TempDir()}, "a-0")
			outside := t.TempDir()
			survivor := tt.prepare(t, h, outside)
			if err := Destroy(h.Root()); err != nil {
				t.Fatal(err)
			}
			if text, err := os.ReadFile(survivor); err != nil || string(text) != "precious" {
				t.Errorf("survivor: %q, %v", text, err)
			}
			if _, err := Open(h.Root()); !errors.Is(err, ErrNotHome) {
				t.Errorf("the home is still there: %v", err)
			}
		})
	}
}

// redirectLogs edits home.json by hand.
func redirectLogs(t *testing.T, h *Home, target string) {
	t.Helper()
	r, err := readRecord(h.Root())
	if err != nil {
		t.Fatal(err)
	}
	r.redirects[Logs] = target
	write(t, filepath.Join(h.Root(), "home.json"), string(r.encode()))
}

func TestDestroyOfAMovedHomeAndOfACopy(t *testing.T) {
	logs := t.TempDir()
	h := newTestHome(t, map[Area]string{Logs: logs}, "a-0")
	copied := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(copied, os.DirFS(h.Root())); err != nil {
		t.Fatal(err)
	}
	if err := Destroy(copied); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(h.Root()); err != nil {
		t.Fatalf("destroying a copy harmed the original: %v", err)
	}
	moved := filepath.Join(t.TempDir(), "moved")
	if err := os.Rename(h.Root(), moved); err != nil {
		t.Fatal(err)
	}
	if err := Destroy(moved); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{}, tree(t, logs)); diff != "" {
		t.Errorf("redirected logs of a moved home (-want +got):\n%s", diff)
	}
}

func TestDestroyRefuses(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	write(t, filepath.Join(os.Getenv("HOME"), "letters.txt"), "precious")
	for _, path := range []string{"/", os.Getenv("HOME"), "/nonexistent"} {
		before := len(tree(t, os.Getenv("HOME")))
		wantError(t, Destroy(path), ErrNotHome, `home at "`+path+`" does not exist or is incomplete`, "%")
		if after := len(tree(t, os.Getenv("HOME"))); after != before {
			t.Errorf("%s: %d files became %d", path, before, after)
		}
	}

	h := newTestHome(t, nil, "a-0")
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(h.Root(), link); err != nil {
		t.Fatal(err)
	}
	if err := Destroy(link); err == nil || !strings.Contains(err.Error(), "it is a symbolic link") {
		t.Errorf("destroy of a link: %v", err)
	}

	furnish(t, h, "a-0")
	p := startPeer(t, "lock", h.Root())
	if got := p.ask("acquire a-0.sub"); got != "won" {
		t.Fatal(got)
	}
	before := tree(t, h.Dir(Model))
	wantError(t, Destroy(h.Root()), ErrLocked, `currently running - a-0.sub (`+itoa(p.cmd.Process.Pid)+`): stop them first`, h.Root())
	if diff := cmp.Diff(before, tree(t, h.Dir(Model))); diff != "" {
		t.Errorf("model (-before +after):\n%s", diff)
	}
	p.kill()
	if err := Destroy(h.Root()); err != nil {
		t.Error(err)
	}
}

// A destroy that was cut off leaves home.json, and can be repeated.
func TestDestroyCanBeRepeated(t *testing.T) {
	for missing := range len(Areas()) + 1 {
		h := newTestHome(t, map[Area]string{Logs: t.TempDir(), Locks: t.TempDir()}, "a-0")
		for _, area := range Areas()[:missing] {
			remove(t, h.Dir(area))
			if _, redirected := h.redirects[area]; redirected {
				remove(t, filepath.Join(h.Root(), string(area)))
			}
		}
		if err := Destroy(h.Root()); err != nil {
			t.Errorf("after %d areas: %v", missing, err)
		}
		if _, err := os.Lstat(h.Root()); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("after %d areas, the home: %v", missing, err)
		}
	}
}

// A Destroy that was killed can be repeated, however far it came.
func TestDestroyAfterAKill(t *testing.T) {
	logs := t.TempDir()
	tests := []struct {
		name string
		left func(t *testing.T, h *Home)
	}{
		{"with a folder elsewhere emptied", func(t *testing.T, h *Home) {
			if err := errors.Join(os.RemoveAll(h.Dir(Logs)), os.Mkdir(h.Dir(Logs), 0o700)); err != nil {
				t.Fatal(err)
			}
		}},
		{"with a folder elsewhere removed", func(t *testing.T, h *Home) {
			if err := removeMade(h.Dir(Logs)); err != nil {
				t.Fatal(err)
			}
		}},
		{"with home.lock left", func(t *testing.T, h *Home) {
			if err := Destroy(h.Root()); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(h.Root(), lockName), "{}")
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newTestHome(t, map[Area]string{Logs: logs}, "a-0")
			tt.left(t, h)
			if err := Destroy(h.Root()); err != nil {
				t.Fatal(err)
			}
			if _, err := os.Lstat(h.Root()); !absent(err) {
				t.Errorf("the folder is still there: %v", err)
			}
			if diff := cmp.Diff(map[string]string{}, tree(t, logs)); diff != "" {
				t.Errorf("redirected logs (-want +got):\n%s", diff)
			}
		})
	}
}
