package home

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWhatIsLostIsNeverReset(t *testing.T) {
	tests := []struct {
		name  string
		harm  func(t *testing.T, h *Home, outside string)
		kind  error
		error string // % is the folder of the test, # the id
	}{
		{"home.json", func(t *testing.T, h *Home, _ string) {
			remove(t, filepath.Join(h.Root(), "home.json"))
		}, ErrDamaged, `home at "%/home" is damaged: home.json is missing: put it back, or remove the folder`},
		{"home.json and all but an area of it", func(t *testing.T, h *Home, _ string) {
			for _, name := range []string{"home.json", "home.lock", "bin", "settings", "input", "model", "tmp", "logs", "lock", "schema"} {
				remove(t, filepath.Join(h.Root(), name))
			}
			write(t, filepath.Join(h.Root(), "history/snooze-0.jsonl"), "{}\n")
		}, ErrDamaged, `home at "%/home" is damaged: home.json is missing: put it back, or remove the folder`},
		{"the folder that bin was redirected to", func(t *testing.T, _ *Home, outside string) {
			if err := os.Rename(filepath.Join(outside, "bin"), filepath.Join(outside, "moved")); err != nil {
				t.Fatal(err)
			}
		}, ErrNotHome, `home at "%/home" is incomplete: bin is redirected to "%/outside/bin", which is missing: put it back`},
		{"the folder that was made for settings", func(t *testing.T, h *Home, _ string) {
			remove(t, h.Dir(Settings))
		}, ErrNotHome, `home at "%/home" is incomplete: settings is redirected to "%/outside/ansar-settings-#", which is missing: put it back`},
		{"the folder that one was made in for tmp", func(t *testing.T, _ *Home, outside string) {
			remove(t, filepath.Join(outside, "tmp"))
		}, ErrNotHome, `home at "%/home" is incomplete: tmp is redirected to "%/outside/tmp", which is missing: put it back`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			outside := filepath.Join(dir, "outside")
			redirects := map[Area]string{Bin: filepath.Join(outside, "bin"), Settings: outside, Tmp: filepath.Join(outside, "tmp")}
			for _, target := range redirects {
				if err := os.MkdirAll(target, 0o700); err != nil {
					t.Fatal(err)
				}
			}
			h, err := Create(filepath.Join(dir, "home"), redirects)
			if err != nil {
				t.Fatal(err)
			}
			addRoles(t, h, "snooze-0")
			if err := h.Store(Settings, "snooze-0", []byte("{}\n")); err != nil {
				t.Fatal(err)
			}
			tt.harm(t, h, outside)
			before := tree(t, dir)
			want := strings.ReplaceAll(tt.error, "#", h.ID())

			_, err = Open(h.Root())
			wantError(t, err, tt.kind, want, dir)
			_, err = Create(h.Root(), nil)
			wantError(t, err, tt.kind, want, dir)
			if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
				t.Errorf("folder (-before +after):\n%s", diff)
			}
		})
	}
}

func TestAHomeWithoutRolesCanBeginAnew(t *testing.T) {
	h := newTestHome(t, nil)
	remove(t, filepath.Join(h.Root(), "home.json"))
	if _, err := Create(h.Root(), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(h.Root()); err != nil {
		t.Error(err)
	}
}
