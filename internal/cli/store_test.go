package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/internal/home"
)

// Where one file cannot be stored, those before it are as they were.
func TestStoreIsAllOrNothing(t *testing.T) {
	h, err := home.Create(filepath.Join(t.TempDir(), "home"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Add(home.NewRole{Role: home.Role{Name: "first", Executable: "program"}, Settings: []byte("before")}); err != nil {
		t.Fatal(err)
	}
	err = store(h, []change{
		{home.Settings, "first", []byte("after")},
		{home.Settings, "deleted", []byte("after")}, // by somebody else, in between
	})
	const want = `cannot store settings for "deleted"`
	if text, status := explain("update", err); !strings.HasPrefix(text, `command "update" failed, `+want) || status != statusFailed {
		t.Errorf("got %s, %d", text, status)
	}
	if text, err := h.Load(home.Settings, "first"); err != nil || string(text) != "before" {
		t.Errorf("the first is %q, %v", text, err)
	}
}

// What cannot be put back is named, in one line.
func TestPutBackNamesWhatItCannot(t *testing.T) {
	h, err := home.Create(filepath.Join(t.TempDir(), "home"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Add(home.NewRole{Role: home.Role{Name: "first", Executable: "program"}, Settings: []byte("after")}); err != nil {
		t.Fatal(err)
	}
	left := putBack(h, []change{
		{home.Settings, "first", []byte("before")},
		{home.Settings, "deleted", []byte("before")},
		{home.Input, "deleted", []byte("before")},
	})
	if diff := cmp.Diff([]string{`settings of "deleted"`, `input of "deleted"`}, left); diff != "" {
		t.Errorf("not put back (-want +got):\n%s", diff)
	}
	if text, err := h.Load(home.Settings, "first"); err != nil || string(text) != "before" {
		t.Errorf("the first is %q, %v", text, err)
	}
}
