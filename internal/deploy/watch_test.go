package deploy

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// hang is how long anything may take; what takes longer hangs.
const hang = time.Minute

// watched is a Watch under test.
type watched struct {
	deployed chan struct{}
	ended    chan error
}

// watching watches folders until the test ends. The deployment at the beginning
// has come.
func watching(t *testing.T, folders ...string) *watched {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	w := &watched{make(chan struct{}), make(chan error, 1)}
	go func() {
		w.ended <- Watch(ctx, folders, func() bool {
			select {
			case w.deployed <- struct{}{}:
			case <-ctx.Done():
			}
			return false
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-w.ended; err != nil {
			t.Errorf("the watch ends with %v", err)
		}
	})
	w.await(t, "the beginning")
	return w
}

// await waits for the next deployment.
func (w *watched) await(t *testing.T, after string) {
	t.Helper()
	select {
	case <-w.deployed:
	case err := <-w.ended:
		w.ended <- nil
		t.Fatalf("the watch has ended: %v", err)
	case <-time.After(hang):
		t.Fatalf("no deployment after %s", after)
	}
}

// Each kind of change is seen, wherever it is: the next change is made once the
// deployment of the one before has come, so that none is taken for another.
func TestWatchSeesEveryChange(t *testing.T) {
	top := t.TempDir()
	write(t, top, map[string]string{
		"dist/client": "1", "testing/model-by-role/server-0/": "", "outside/program": "1", "outside/folder/f": "1",
		"dist/program": "-> ../outside/program", "dist/folder": "-> ../outside/folder",
	})
	w := watching(t, filepath.Join(top, "dist"), filepath.Join(top, "testing"))
	for _, change := range []struct {
		name string
		do   func() error
	}{
		{"a file written", func() error { return os.WriteFile(filepath.Join(top, "dist/client"), []byte("2"), 0o755) }},
		{"a file renamed", func() error { return os.Rename(filepath.Join(top, "dist/client"), filepath.Join(top, "dist/server")) }},
		{"a mode", func() error { return os.Chmod(filepath.Join(top, "dist/server"), 0o700) }},
		{"a file removed", func() error { return os.Remove(filepath.Join(top, "dist/server")) }},
		{"new folders", func() error { return os.MkdirAll(filepath.Join(top, "testing/model-by-role/x/y/z"), 0o755) }},
		{"a file in a new folder", func() error {
			return os.WriteFile(filepath.Join(top, "testing/model-by-role/x/y/z/f"), []byte("1"), 0o644)
		}},
		{"what a link leads to", func() error { return os.WriteFile(filepath.Join(top, "outside/program"), []byte("2"), 0o755) }},
		{"what is in a folder that a link leads to", func() error {
			return os.WriteFile(filepath.Join(top, "outside/folder/f"), []byte("2"), 0o755)
		}},
		{"a folder that goes", func() error { return os.RemoveAll(filepath.Join(top, "dist")) }},
		{"and comes back", func() error { return os.Mkdir(filepath.Join(top, "dist"), 0o755) }},
		{"a file in it", func() error { return os.WriteFile(filepath.Join(top, "dist/client"), []byte("3"), 0o755) }},
		{"a folder that is replaced by another", func() error {
			write(t, top, map[string]string{"next/client": "4"})
			return errors.Join(os.RemoveAll(filepath.Join(top, "dist")), os.Rename(filepath.Join(top, "next"), filepath.Join(top, "dist")))
		}},
		{"a file in that", func() error { return os.WriteFile(filepath.Join(top, "dist/client"), []byte("5"), 0o755) }},
	} {
		must(t, change.do())
		w.await(t, change.name)
	}
}

// What lies beside the folders is not watched.
func TestWatchHeedsNothingElse(t *testing.T) {
	w := &watch{folders: []string{"/w/dist", "/w/testing"}, links: map[string]bool{"/out/program": true}}
	for path, want := range map[string]bool{
		"/w/dist": true, "/w/dist/a/b": true, "/w/testing": true, "/out/program": true,
		"/w": false, "/w/other": false, "/w/dist2": false, "/out/other": false, "/out": false,
	} {
		if got := w.concerns(event(path)); got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
}

func TestWatchOfWhatIsNotThere(t *testing.T) {
	err := Watch(t.Context(), []string{filepath.Join(t.TempDir(), "a/b/c")}, func() bool { t.Error("it deploys"); return false })
	if err == nil {
		t.Error("it can be watched")
	}
}

// A path that changes after each of five deployments is a loop; one that changes
// now and then, or although nothing was deployed, is not.
func TestLoopGuard(t *testing.T) {
	type change struct {
		path     string
		deployed bool
		after    time.Duration
	}
	soon, late := 300*time.Millisecond, 5*time.Second
	repeat := func(n int, c ...change) (list []change) {
		for range n {
			list = append(list, c...)
		}
		return list
	}
	tests := []struct {
		name    string
		changes []change
		want    string
	}{
		{"the same path five times", repeat(5, change{"a", true, soon}), "a"},
		{"four times", repeat(4, change{"a", true, soon}), ""},
		{"not at once", repeat(50, change{"a", true, late}), ""},
		{"nothing was deployed", repeat(50, change{"a", false, soon}), ""},
		{"two paths in turn", repeat(50, change{"a", true, soon}, change{"b", true, soon}), ""},
		{"with a pause in between", append(repeat(4, change{"a", true, soon}), append([]change{{"a", true, late}}, repeat(4, change{"a", true, soon})...)...), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			guard, got := &loopGuard{}, ""
			for _, c := range tt.changes {
				if path := guard.see([]string{c.path}, c.deployed, c.after); path != "" {
					got = path
				}
			}
			if got != tt.want {
				t.Errorf("loop of %q, want %q", got, tt.want)
			}
		})
	}
}

// A deployment that changes what it is made from is told so, and ends.
func TestWatchEndsALoop(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "dist")
	must(t, os.Mkdir(folder, 0o755))
	n := 0
	err := Watch(t.Context(), []string{folder}, func() bool {
		n++
		must(t, os.WriteFile(filepath.Join(folder, "count"), []byte{byte(n)}, 0o644))
		return true
	})
	if !errors.Is(err, ErrLoop) || n != loopLimit {
		t.Errorf("after %d deployments: %v", n, err)
	}
}

func event(path string) fsnotify.Event { return fsnotify.Event{Name: path, Op: fsnotify.Write} }
