package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/proctest"
)

// Roles whose home is moved away are known at its new place, where their log
// goes on, and are stopped from there. Nothing is made at the old place.
func TestMovedHome(t *testing.T) {
	h := target(t, &attack{runs: true})
	old, moved := h.home.Root(), filepath.Join(h.dir, "moved")
	if err := os.Rename(old, moved); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = h.command("--force", "stop", "moved").Output() }) // the mark tells what it could not stop
	if status, text := h.try("stop"); status != 1 || !strings.Contains(text, "does not exist or is incomplete, and 5 of its processes run (ansar doctor tells which and what to do)\n") {
		t.Errorf("stop at the old place: status %d, %s", status, text)
	}
	if status, text := h.try("doctor"); status != 1 || strings.Count(text, ": if the home was moved, stop the role there; if it is lost, ansar doctor --fix ends the process\n") != 5 {
		t.Errorf("doctor at the old place: status %d, %s", status, text)
	}
	var err error
	if h.home, err = home.Open(moved); err != nil {
		t.Fatal(err)
	}
	want := []string{"up-job", "up-kept", "up-snooze"}
	if running := h.settled(); !slices.Equal(running, want) {
		t.Errorf("%v run, want %v", running, want)
	}
	if got := h.ansar("status", "moved"); got != lines(want) {
		t.Errorf("status: %q, want %q", got, want)
	}
	if status, text := h.try("start", "up-snooze", "moved"); status != 1 || !strings.Contains(text, "running") {
		t.Errorf("a second start: status %d, %s", status, text)
	}
	h.ansar("stop", "up-.*", "moved")
	if running := h.settled(); len(running) > 0 {
		t.Errorf("%v run after the stop", running)
	}
	if got := h.ansar("log", "up-snooze", "moved"); !strings.Contains(got, "Received Stop") {
		t.Errorf("the log does not tell of the stop: %s", got)
	}
	if _, err := os.Lstat(old); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("there is something at the old place: %v", err)
	}
	h.ansar("status", "moved") // who looks next records what could not be at the old place
	h.recorded()
	h.ansar("start", "up-.*", "moved")
	if running := h.settled(); !slices.Equal(running, want) {
		t.Errorf("%v run after the next start, want %v", running, want)
	}
}

// Roles whose home is removed can be found, and ended.
func TestRemovedHome(t *testing.T) {
	h := target(t, &attack{runs: true})
	if err := os.RemoveAll(h.home.Root()); err != nil {
		t.Fatal(err)
	}
	if status, text := h.try("stop"); status != 1 || !strings.Contains(text, "and 5 of its processes run") {
		t.Errorf("stop: status %d, %s", status, text)
	}
	if status, text := h.try("doctor", "--fix"); status != 1 || strings.Count(text, "goes on, and its home cannot be used (ended)\n") == 0 {
		t.Errorf("doctor: status %d, %s", status, text)
	}
	if left := proctest.Gone(os.Getenv(markVariable), orphanLimit); len(left) > 0 {
		t.Errorf("%v are left", left)
	}
	if status, text := h.try("stop"); status != 1 || !strings.HasSuffix(text, "does not exist or is incomplete\n") {
		t.Errorf("stop: status %d, %s", status, text)
	}
	if _, err := os.Lstat(h.home.Root()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("there is something where the home was: %v", err)
	}
	h.ansar("create")
}
