package home

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStoreAndLoad(t *testing.T) {
	h := newTestHome(t, map[Area]string{Settings: t.TempDir()}, "a-0")
	for area, names := range map[Area][]string{
		Settings: {"a-0", "a-0.sub"},
		Input:    {"a-0", "a-0.sub.sub"},
		Schema:   {"snooze", "analyzer.py"},
	} {
		for _, name := range names {
			if _, err := h.Load(area, name); !absent(err) {
				t.Errorf("%s of %s: %v, want none", area, name, err)
			}
			for _, data := range []string{"first\n", "second, and longer\n", "", "\x00\xff"} {
				if err := h.Store(area, name, []byte(data)); err != nil {
					t.Fatal(err)
				}
				if got, err := h.Load(area, name); err != nil || string(got) != data {
					t.Errorf("%s of %s: %q, %v; want %q", area, name, got, err, data)
				}
			}
			path, err := h.Path(area, name)
			if err != nil || mode(t, path) != 0o600 {
				t.Errorf("%s: mode %v, want -rw-------", path, mode(t, path))
			}
		}
	}
}

func TestStoreAndLoadRefuse(t *testing.T) {
	h := newTestHome(t, nil, "a-0")
	tests := []struct {
		name string
		area Area
		of   string
		kind error
		want string
	}{
		{"a role that is not there", Settings, "x-0", ErrNoRole, `role "x-0" (%) does not exist`},
		{"a sub-role of a role that is not there", Input, "x-0.sub", ErrNoRole, `role "x-0" (%) does not exist`},
		{"an area of folders", Model, "a-0", ErrUsage, `area model has no stored files: there are settings input schema`},
		{"an area of appended files", History, "a-0", ErrUsage, `area history has no stored files: there are settings input schema`},
		{"a path for a role", Settings, "../x", ErrUsage, `role name "../x" is empty or has an empty part`},
		{"a path for an executable", Schema, "../x", ErrUsage, `executable "../x" has a slash: give a plain name`},
		{"the folder above", Schema, "..", ErrUsage, `executable ".." is not the name of a file`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantError(t, h.Store(tt.area, tt.of, nil), tt.kind, tt.want, h.Root())
		})
	}
	_, err := h.Load(Input, "a-0")
	wantError(t, err, fs.ErrNotExist, `no input of "a-0" in home at "%": file does not exist`, h.Root())
}

func TestFolder(t *testing.T) {
	h := newTestHome(t, map[Area]string{Logs: t.TempDir(), Resource: t.TempDir()}, "a-0")
	for _, tt := range []struct {
		area Area
		name string
	}{{Model, "a-0"}, {Tmp, "a-0.sub"}, {Logs, "a-0"}, {Logs, "a-0.sub"}, {Resource, "analyzer.py"}} {
		for range 2 {
			got, err := h.Folder(tt.area, tt.name)
			if want := filepath.Join(h.Dir(tt.area), tt.name); err != nil || got != want {
				t.Errorf("got %q, %v; want %q", got, err, want)
			}
			if mode(t, got) != fs.ModeDir|0o700 {
				t.Errorf("%s: mode %v", got, mode(t, got))
			}
		}
	}
	_, err := h.Folder(Settings, "a-0")
	wantError(t, err, ErrUsage, `area settings has no folders: there are model tmp resource logs`, h.Root())
	write(t, filepath.Join(h.Dir(Model), "b-0"), "")
	_, err = h.Folder(Model, "b-0")
	wantError(t, err, fs.ErrExist, `create "%/model/b-0": file exists`, h.Root())
	remove(t, h.Root())
	_, err = h.Folder(Tmp, "a-0")
	wantError(t, err, ErrNotHome, `home at "%" does not exist or is incomplete`, h.Root())
}

func TestParseArea(t *testing.T) {
	for _, area := range Areas() {
		if got, err := ParseArea(string(area)); err != nil || got != area {
			t.Errorf("%s: %v, %v", area, got, err)
		}
	}
	_, err := ParseArea("entry")
	wantError(t, err, ErrUsage, `no area "entry" in a home: there are bin settings input model tmp resource logs lock history schema`, "%")
}

func TestLogSize(t *testing.T) {
	h := newTestHome(t, nil, "a-0", "b-0")
	size := func(role string) Size {
		t.Helper()
		size, err := h.LogSize(role)
		if err != nil {
			t.Fatal(err)
		}
		return size
	}
	if got := size("a-0"); got != (Size{}) {
		t.Errorf("before it ran: %v", got)
	}
	folder, err := h.Folder(Logs, "a-0")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, "1.log"), "12345")
	write(t, filepath.Join(folder, "old", "0.log"), "1234567")
	if err := os.Symlink(filepath.Dir(folder), filepath.Join(folder, "loop")); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Folder(Logs, "a-0.sub"); err != nil {
		t.Fatal(err)
	}
	got := size("a-0")
	got.Bytes -= int64(len(filepath.Dir(folder))) // a link counts as long as its target
	want := Size{Folders: 2, Files: 3, Bytes: 12}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("size (-want +got):\n%s", diff)
	}
	if got := want.Add(Size{1, 3, 3987}).String(); got != "(3/6/3999)" {
		t.Errorf("sum is %s", got)
	}
}

func TestLookup(t *testing.T) {
	h := newTestHome(t, nil)
	bin := h.Dir(Bin)
	if err := os.Chmod(write(t, filepath.Join(bin, "snooze"), "#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(bin, "plain"), "")
	for name, target := range map[string]string{"link": "snooze", "broken": "absent", "null": "/dev/null"} {
		if err := os.Symlink(target, filepath.Join(bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(bin, "folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"snooze", "link"} {
		if got, err := h.Lookup(name); err != nil || got != filepath.Join(bin, name) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	tests := []struct {
		name string
		kind error
		want string
	}{
		{"", ErrUsage, "an <executable> is required"},
		{"./snooze", ErrUsage, "the <executable> must be the name of a loadable file to be found in %/bin"},
		{"..", ErrUsage, "the <executable> must be the name of a loadable file to be found in %/bin"},
		{"/bin/sh", ErrUsage, "the <executable> must be the name of a loadable file to be found in %/bin"},
		{"absent", ErrNotExecutable, "cannot use executable %/bin/absent, no such file"},
		{"broken", ErrNotExecutable, "cannot use executable %/bin/broken, no such file"},
		{"plain", ErrNotExecutable, "cannot use executable %/bin/plain, unexpected permissions -rw-------"},
		{"folder", ErrNotExecutable, "cannot use executable %/bin/folder, it is a folder"},
		{"null", ErrNotExecutable, "cannot use executable %/bin/null, unexpected permissions Dcrw-rw-rw-"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := h.Lookup(tt.name)
			wantError(t, err, tt.kind, tt.want, h.Root())
		})
	}
}
