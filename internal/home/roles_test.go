package home

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAddKeepsWhatItIsGiven(t *testing.T) {
	h := newTestHome(t, nil)
	began := time.Now().Add(-time.Millisecond)
	err := h.Add(NewRole{
		Role:     Role{Name: "b", Executable: "snooze", Properties: map[string]json.RawMessage{"retry": []byte(`{"regular": 1}`)}},
		Settings: []byte("settings of b\n"),
	}, NewRole{
		Role:  Role{Name: "a", Executable: "noop"},
		Input: []byte("input of a\n"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a", "b"}, roleNames(t, h)); diff != "" {
		t.Errorf("roles (-want +got):\n%s", diff)
	}
	b, err := h.Role("b")
	if err != nil {
		t.Fatal(err)
	}
	if b.Executable != "snooze" || b.Created.Before(began) || b.Created.After(time.Now()) {
		t.Errorf("role b is %+v", b)
	}
	var retry map[string]int
	if err := json.Unmarshal(b.Properties["retry"], &retry); err != nil || retry["regular"] != 1 {
		t.Errorf("retry is %s, %v", b.Properties["retry"], err)
	}
	stored := map[string]string{}
	for _, area := range []Area{Settings, Input} {
		for _, role := range []string{"a", "b"} {
			data, err := h.Load(area, role)
			if err != nil && !absent(err) {
				t.Error(err)
			}
			stored[string(area)+" "+role] = string(data)
		}
	}
	want := map[string]string{"settings a": "", "settings b": "settings of b\n", "input a": "input of a\n", "input b": ""}
	if diff := cmp.Diff(want, stored); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestAddIsAllOrNothing(t *testing.T) {
	tests := []struct {
		name  string
		roles []NewRole
		kind  error
		want  string
	}{
		{"two exist", newRoles("c-0", "b-0", "new-0", "a-0"), ErrCollision, "collision(s) in new names - b-0, c-0"},
		{"one twice among the new", newRoles("new-0", "new-1", "new-0", "new-0"), ErrCollision, "collision(s) in new names - new-0"},
		{"a bad name at the end", newRoles("new-0", "new.1"), ErrUsage, `role name "new.1" has a dot: dots are for sub-roles`},
		{"no executable", append(newRoles("new-0"), NewRole{Role: Role{Name: "x"}}), ErrUsage, `an <executable> is required`},
		{"a path for executable", append(newRoles("new-0"), NewRole{Role: Role{Name: "x", Executable: "/bin/x"}}), ErrUsage, `executable "/bin/x" has a slash: give a plain name`},
		{"a property that is none", []NewRole{{Role: Role{Name: "x", Executable: "x", Properties: map[string]json.RawMessage{"retry": []byte("{")}}}}, ErrUsage, `value of property "retry" is not JSON`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newTestHome(t, nil, "b-0", "c-0")
			before := tree(t, h.Root())
			for i := range tt.roles {
				tt.roles[i].Settings = []byte("{}")
			}
			wantError(t, h.Add(tt.roles...), tt.kind, tt.want, h.Root())
			if diff := cmp.Diff(before, tree(t, h.Root())); diff != "" {
				t.Errorf("home (-before +after):\n%s", diff)
			}
		})
	}
}

// A file that cannot be written leaves neither role nor files of the others.
func TestAddTakesFilesBack(t *testing.T) {
	h := newTestHome(t, nil)
	if err := os.Mkdir(filepath.Join(h.Dir(Settings), "b-0.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	before := tree(t, h.Root())
	roles := newRoles("a-0", "b-0", "c-0")
	for i := range roles {
		roles[i].Settings, roles[i].Input = []byte("{}"), []byte("{}")
	}
	wantError(t, h.Add(roles...), fs.ErrExist, `write "%/settings/b-0.json": file exists`, h.Root())
	if diff := cmp.Diff(before, tree(t, h.Root())); diff != "" {
		t.Errorf("home (-before +after):\n%s", diff)
	}
}

func TestAddForgetsFilesOfAnEarlierRole(t *testing.T) {
	h := newTestHome(t, nil)
	write(t, filepath.Join(h.Dir(Settings), "a-0.json"), "old")
	addRoles(t, h, "a-0")
	if _, err := h.Load(Settings, "a-0"); !absent(err) {
		t.Errorf("settings of the new role: %v, want none", err)
	}
}

func TestProperties(t *testing.T) {
	h := newTestHome(t, nil, "a-0", "b-0")
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	ok(h.SetProperty("storage", json.RawMessage("1024"), "a-0", "b-0"))
	ok(h.SetProperty("storage", nil, "b-0"))
	ok(h.SetProperty("storage", nil, "b-0")) // once more is no error
	ok(h.SetProperty("note", json.RawMessage(`"<x>"`), "a-0"))

	wantError(t, h.SetProperty("storage", json.RawMessage("2"), "a-0", "x-0"), ErrNoRole, `role "x-0" (%) does not exist`, h.Root())
	wantError(t, h.SetProperty("executable", json.RawMessage(`"x"`), "a-0"), ErrUsage, `property "executable" cannot be changed`, h.Root())
	wantError(t, h.SetProperty("created", nil, "a-0"), ErrUsage, `property "created" cannot be changed`, h.Root())
	wantError(t, h.SetProperty("note", json.RawMessage(`x`), "a-0"), ErrUsage, `value of property "note" is not JSON`, h.Root())
	wantError(t, h.SetProperty("", json.RawMessage(`1`), "a-0"), ErrUsage, `a property needs a name`, h.Root())

	for _, tt := range []struct{ property, role, want string }{
		{"storage", "a-0", "1024"}, {"note", "a-0", `"<x>"`}, {"executable", "b-0", `"b"`},
	} {
		if got, err := h.Property(tt.property, tt.role); err != nil || string(got) != tt.want {
			t.Errorf("%s of %s is %s, %v; want %s", tt.property, tt.role, got, err, tt.want)
		}
	}
	_, err := h.Property("storage", "b-0")
	wantError(t, err, ErrNotSet, `"storage" (b-0) is not set`, h.Root())
	_, err = h.Property("storage", "x-0")
	wantError(t, err, ErrNoRole, `role "x-0" (%) does not exist`, h.Root())
	if created, err := h.Property("created", "a-0"); err != nil || len(created) != len(`"2026-01-02T03:04:05.678Z"`) {
		t.Errorf("created is %s, %v", created, err)
	}
}
