package home

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCreateMakesEveryArea(t *testing.T) {
	h := newTestHome(t, nil)
	for _, area := range Areas() {
		if got := mode(t, h.Dir(area)); got != fs.ModeDir|0o700 {
			t.Errorf("%s has mode %v, want drwx------", area, got)
		}
	}
	if got := mode(t, h.Root()); got != fs.ModeDir|0o700 {
		t.Errorf("home has mode %v, want drwx------", got)
	}
	if got := mode(t, filepath.Join(h.Root(), "home.json")); got != 0o600 {
		t.Errorf("home.json has mode %v, want -rw-------", got)
	}
	again, err := Open(h.Root())
	if err != nil {
		t.Fatal(err)
	}
	if len(h.ID()) != 36 || again.ID() != h.ID() {
		t.Errorf("ids: created %q, opened %q", h.ID(), again.ID())
	}
	_, err = Create(h.Root(), nil)
	wantError(t, err, ErrExists, `home at "%" already exists`, h.Root())
}

func mode(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode()
}

// A folder that was there for all to read is not, once it is a home.
func TestCreateClosesItsFolder(t *testing.T) {
	root := t.TempDir()
	if err := os.Chmod(root, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(root, nil); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(root)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the home has mode %v (%v), want 0700", info.Mode().Perm(), err)
	}
}

func TestCreateRedirects(t *testing.T) {
	dir := t.TempDir()
	redirects := map[Area]string{}
	for _, area := range []Area{Bin, Resource, Settings, Logs, Tmp, Model, Locks} {
		redirects[area] = filepath.Join(dir, "to-"+string(area))
		if err := os.Mkdir(redirects[area], 0o755); err != nil {
			t.Fatal(err)
		}
	}
	h, err := Create(filepath.Join(dir, "home"), redirects)
	if err != nil {
		t.Fatal(err)
	}
	got, want := map[string]string{}, map[string]string{}
	for area, target := range redirects {
		want[string(area)] = target
		if area != Bin && area != Resource {
			want[string(area)] = target + "/ansar-" + string(area) + "-" + h.ID()
			text, err := os.ReadFile(filepath.Join(h.Dir(area), ".ansar-origin"))
			if err != nil || !strings.Contains(string(text), `"home": "`+h.Root()+`"`) {
				t.Errorf("%s: back link is %q, %v", area, text, err)
			}
		}
		got[string(area)] = h.Dir(area)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("areas (-want +got):\n%s", diff)
	}
	again, err := Open(h.Root())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(h.redirects, again.redirects); diff != "" {
		t.Errorf("redirects after Open (-created +opened):\n%s", diff)
	}
	for area := range redirects { // ls follows the link
		if here, err := filepath.EvalSymlinks(filepath.Join(h.Root(), string(area))); err != nil || here != h.Dir(area) {
			t.Errorf("link of %s leads to %q, %v", area, here, err)
		}
	}
}

// Whatever refuses, nothing is left behind and what was there stays.
func TestCreateThatFailsLeavesNothing(t *testing.T) {
	tests := []struct {
		name      string
		before    string // a file that is there, below %
		redirects map[Area]string
		kind      error
		text      string
	}{
		{"input cannot be redirected", "", map[Area]string{Input: "/tmp"}, ErrUsage,
			`area "input" cannot be redirected: those that can are bin settings model tmp resource logs lock`},
		{"no such area", "", map[Area]string{"entry": "/tmp"}, ErrUsage,
			`area "entry" cannot be redirected: those that can are bin settings model tmp resource logs lock`},
		{"redirect to nowhere", "", map[Area]string{Logs: "%/absent"}, ErrUsage,
			`redirect of logs to "%/absent": no such folder, create it first`},
		{"redirect without a folder", "", map[Area]string{Bin: ""}, ErrUsage,
			`redirect of bin to "": give a folder`},
		{"redirect into the home", "h/logs/x", map[Area]string{Logs: "%/h/logs"}, ErrUsage,
			`redirect of logs to "%/h/logs": that is inside the home`},
		{"a folder with other contents", "h/letters.txt", nil, ErrUsage,
			`folder "%/h" has other contents (letters.txt): choose an empty or a new one`},
		{"the path is a file", "h", nil, syscall.EEXIST,
			`create "%/h": file exists`},
		{"a parent is a file", "a/b", nil, syscall.ENOTDIR, ``},
		{"an area is a file, found half way", "h/model", nil, syscall.EEXIST,
			`create "%/h/model": file exists`},
		{"a redirected area is in use, found half way", "h/tmp/keep", map[Area]string{Settings: "%", Logs: "%", Tmp: "%"}, fs.ErrExist,
			`link "%/h/tmp": file exists`},
		{"home.json is damaged", "h/home.json", nil, ErrDamaged,
			`home at "%/h" is damaged: home.json:1: invalid character 'w' looking for beginning of value: repair that line or restore the file`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			if tt.before != "" {
				write(t, filepath.Join(dir, tt.before), "was here")
			}
			redirects := map[Area]string{}
			for area, target := range tt.redirects {
				redirects[area] = strings.ReplaceAll(target, "%", dir)
			}
			before := tree(t, dir)
			path := filepath.Join(dir, "h")
			if strings.HasPrefix(tt.before, "a/") {
				path, tt.text = filepath.Join(dir, "a/b/h"), `create "%/a/b": file exists`
				tt.kind = syscall.EEXIST
			}
			_, err := Create(path, redirects)
			wantError(t, err, tt.kind, tt.text, dir)
			if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
				t.Errorf("folder (-before +after):\n%s", diff)
			}
		})
	}
}

func TestCreateCompletesAndNeverResets(t *testing.T) {
	logs := t.TempDir()
	tests := []struct {
		name string
		harm func(t *testing.T, h *Home)
	}{
		{"an area is missing", func(t *testing.T, h *Home) { remove(t, h.Dir(Model)) }},
		{"a redirected area that holds nothing to keep is missing", func(t *testing.T, h *Home) { remove(t, h.Dir(Tmp)) }},
		{"a link is missing and its folder too", func(t *testing.T, h *Home) {
			remove(t, filepath.Join(h.Root(), "logs"))
			remove(t, h.Dir(Logs))
		}},
		{"the lock file is missing", func(t *testing.T, h *Home) {
			remove(t, filepath.Join(h.Root(), "home.lock"))
			remove(t, h.Dir(Tmp))
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newTestHome(t, map[Area]string{Logs: logs, Tmp: logs}, "snooze-0")
			if err := h.Store(Settings, "snooze-0", []byte("{}\n")); err != nil {
				t.Fatal(err)
			}
			tt.harm(t, h)
			if _, err := Open(h.Root()); !errors.Is(err, ErrNotHome) {
				t.Fatalf("Open of an incomplete home: %v", err)
			}
			again, err := Create(h.Root(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if again.ID() != h.ID() {
				t.Errorf("id was %s, is %s", h.ID(), again.ID())
			}
			if diff := cmp.Diff([]string{"snooze-0"}, roleNames(t, again)); diff != "" {
				t.Errorf("roles (-want +got):\n%s", diff)
			}
			if data, err := again.Load(Settings, "snooze-0"); string(data) != "{}\n" {
				t.Errorf("settings are %q, %v", data, err)
			}
			if _, err := Open(h.Root()); err != nil {
				t.Errorf("Open of the completed home: %v", err)
			}
		})
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if _, err := os.Lstat(path); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}

func TestCreateTwiceAtOnceMakesOneHome(t *testing.T) {
	for range 10 {
		path := filepath.Join(t.TempDir(), "a", "home")
		errs := make([]error, 8)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() { _, errs[i] = Create(path, nil) })
		}
		all.Wait()
		made := 0
		for _, err := range errs {
			if err == nil {
				made++
			} else if !errors.Is(err, ErrExists) {
				t.Error(err)
			}
		}
		if made != 1 {
			t.Errorf("%d of 8 made the home, want 1", made)
		}
		if _, err := Open(path); err != nil {
			t.Error(err)
		}
	}
}
