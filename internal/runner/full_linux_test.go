package runner

import (
	"errors"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/proctest"
)

// A disk that fills up costs the oldest lines, and neither the program, nor its
// last words, nor its end.
func TestFullDisk(t *testing.T) {
	disk := t.TempDir()
	err := syscall.Mount("small", disk, "tmpfs", 0, "size=1m,mode=755")
	if errors.Is(err, syscall.EPERM) {
		t.Skip("mounting is not permitted here")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) }() // the folder cannot be removed otherwise, and that is told
	r := &role{T: t, mark: proctest.Mark(t)}
	if r.home, err = home.Create(filepath.Join(disk, "home"), nil); err != nil {
		t.Fatal(err)
	}
	if err := r.home.Add(home.NewRole{Role: home.Role{Name: "web", Executable: "sh"}}); err != nil {
		t.Fatal(err)
	}
	r.start(r.shell(`yes "some words that nobody needs, again and again" | head -c 5000000; echo; echo last words; exit 3`))
	if got := r.events(); got != "started ready" {
		t.Errorf("events: %s", got)
	}
	r.await()
	lines := r.printed()
	if n := len(lines); n < 1000 || lines[n-1] != "^last words" {
		t.Errorf("%d lines, the last ones are %q", n, lines[max(0, n-3):])
	}
	end := r.last()
	if end.ExitStatus == nil || *end.ExitStatus != 3 {
		t.Errorf("ending: %+v", end)
	}
	if got := strings.Join(end.LastLines, "\n"); !strings.HasSuffix(got, "last words") {
		t.Errorf("last lines: %s", got)
	}
}
