package home

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// furnish gives a role or sub-role something in every area.
func furnish(t testing.TB, h *Home, name string) {
	t.Helper()
	for _, area := range []Area{Settings, Input, History, Locks} {
		path, err := h.Path(area, name)
		if err != nil {
			t.Fatal(err)
		}
		write(t, path, string(area)+" of "+name)
	}
	for _, area := range []Area{Model, Tmp, Logs} {
		folder, err := h.Folder(area, name)
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(folder, "a", "b"), string(area)+" of "+name)
	}
}

// owned lists what is kept for anybody in the areas of roles.
func owned(t testing.TB, h *Home) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, area := range []Area{Settings, Input, History, Locks, Model, Tmp, Logs} {
		for name, what := range tree(t, h.Dir(area)) {
			if name != originName {
				found[string(area)+"/"+name] = what
			}
		}
	}
	return found
}

func TestDeleteRemovesOneRoleAndNobodyElse(t *testing.T) {
	elsewhere := t.TempDir()
	tests := []struct {
		name      string
		redirects map[Area]string
	}{
		{"in the home", nil},
		{"in redirected areas", map[Area]string{Settings: elsewhere, Model: elsewhere, Tmp: elsewhere, Logs: elsewhere, Locks: elsewhere}},
	}
	// Neighbours in spelling, and sub-roles with names that look like files.
	others := []string{"a-1", "a-01", "a", "ba-0", "a-0-a-0", "A-0", "a-0 ", "json"}
	subs := []string{"a-0.child", "a-0.child.grandchild", "a-0.json", "a-0.a-1"}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newTestHome(t, tt.redirects, append([]string{"a-0"}, others...)...)
			for _, name := range others {
				furnish(t, h, name)
				furnish(t, h, name+".a-0")
			}
			write(t, filepath.Join(h.Dir(Resource), "a", "shared"), "resource")
			want := owned(t, h)
			for _, name := range append(subs, "a-0") {
				furnish(t, h, name)
			}
			if err := h.Delete("a-0"); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, owned(t, h)); diff != "" {
				t.Errorf("what others own (-before +after):\n%s", diff)
			}
			if _, err := h.Role("a-0"); !errors.Is(err, ErrNoRole) {
				t.Errorf("the deleted role: %v", err)
			}
			if len(roleNames(t, h)) != len(others) {
				t.Errorf("roles left: %q", roleNames(t, h))
			}
			if text, err := os.ReadFile(filepath.Join(h.Dir(Resource), "a", "shared")); err != nil || string(text) != "resource" {
				t.Errorf("resource: %q, %v", text, err)
			}
		})
	}
}

func TestDeleteDoesNotFollowLinks(t *testing.T) {
	outside := t.TempDir()
	keep := write(t, filepath.Join(outside, "keep"), "precious")
	h := newTestHome(t, nil, "a-0", "b-0")
	for link, target := range map[string]string{
		filepath.Join(h.Dir(Model), "a-0"):         outside,
		filepath.Join(h.Dir(Settings), "a-0.json"): keep,
		filepath.Join(h.Dir(Logs), "a-0.sub"):      outside,
	} {
		if err := os.Symlink(target, link); err != nil {
			t.Fatal(err)
		}
	}
	tmp, err := h.Folder(Tmp, "a-0")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(tmp, "inside")); err != nil {
		t.Fatal(err)
	}
	if err := h.Delete("a-0"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{}, owned(t, h)); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
	if text, err := os.ReadFile(keep); err != nil || string(text) != "precious" {
		t.Errorf("outside: %q, %v", text, err)
	}

	// A whole area that somebody moved by hand is left alone, and named.
	remove(t, h.Dir(Model))
	write(t, filepath.Join(outside, "b-0", "x"), "precious")
	if err := os.Symlink(outside, h.Dir(Model)); err != nil {
		t.Fatal(err)
	}
	err = h.Delete("b-0")
	if err == nil || !strings.Contains(err.Error(), "symbolic link that no redirect made") {
		t.Errorf("delete through a link: %v", err)
	}
	if len(tree(t, filepath.Join(outside, "b-0"))) != 1 || len(roleNames(t, h)) != 1 {
		t.Error("a refused delete removed something")
	}
}

func TestDeleteRefusesBeforeItRemoves(t *testing.T) {
	tests := []struct {
		name  string
		held  []string
		roles []string
		kind  error
		want  string
	}{
		{"unknown roles", nil, []string{"a-0", "x-0"}, ErrNoRole, `role "x-0" (%) does not exist`},
		{"a sub-role", nil, []string{"a-0.sub"}, ErrNoRole, `role "a-0.sub" (%) does not exist`},
		{"a running role", []string{"b-0"}, []string{"a-0", "b-0"}, ErrLocked, `currently running - b-0 (PID): stop them first`},
		{"a running sub-role and role", []string{"a-0.sub", "b-0"}, []string{"b-0", "a-0"}, ErrLocked, `currently running - a-0.sub (PID), b-0 (PID): stop them first`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newTestHome(t, nil, "a-0", "b-0")
			p := startPeer(t, "lock", h.Root())
			for _, name := range []string{"a-0", "a-0.sub", "b-0"} {
				furnish(t, h, name)
			}
			for _, name := range tt.held {
				if got := p.ask("acquire " + name); got != "won" {
					t.Fatal(got)
				}
			}
			before := owned(t, h)
			err := h.Delete(tt.roles...)
			wantError(t, err, tt.kind, strings.ReplaceAll(tt.want, "PID", itoa(p.cmd.Process.Pid)), h.Root())
			after := owned(t, h)
			for name := range before {
				if strings.HasPrefix(name, "lock/") { // the content of a lock file is whoever came last
					before[name], after[name] = "", after[name][:0]
				}
			}
			if diff := cmp.Diff(before, after); diff != "" {
				t.Errorf("home (-before +after):\n%s", diff)
			}
			if got := roleNames(t, h); len(got) != 2 {
				t.Errorf("roles: %q", got)
			}
		})
	}
}

// An interrupted delete leaves the role listed, and can be repeated.
func TestDeleteCanBeRepeated(t *testing.T) {
	h := newTestHome(t, nil, "a-0", "b-0")
	furnish(t, h, "a-0")
	if state := run(t, "kill before rename", h.Root(), "delete", "a-0"); !state.Killed {
		t.Fatalf("the child was not killed: %+v", state)
	}
	if diff := cmp.Diff([]string{"a-0", "b-0"}, roleNames(t, h)); diff != "" {
		t.Fatalf("roles after the kill (-want +got):\n%s", diff)
	}
	if left := tree(t, h.Dir(Model)); len(left) != 0 {
		t.Errorf("home.json was to change last, and there is still %q", left)
	}
	if err := h.Delete("a-0"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{}, owned(t, h)); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
}
