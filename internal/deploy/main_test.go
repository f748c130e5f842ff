package deploy

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ansar-go/ansar/internal/home"
)

func TestMain(m *testing.M) {
	if os.Getenv(victim) != "" {
		beVictim(os.Args[1])
	}
	// Each of them writes trees to the disk. Flags are read later, and win.
	if err := flag.Set("rapid.checks", "30"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// long ago: files of tests have this time unless they say otherwise, so that no
// copy has to wait for the clock.
var long = time.Date(2020, 11, 7, 15, 52, 25, 745e6, time.UTC)

// tempDir returns a folder that is removed when the test ends, whatever the modes
// of what is in it.
func tempDir(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	t.Cleanup(func() {
		if err := removeAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// newHome makes a home with roles, "name executable".
func newHome(t testing.TB, roles ...string) (*home.Home, []Role) {
	t.Helper()
	h, err := home.Create(filepath.Join(tempDir(t), "home"), nil)
	if err != nil {
		t.Fatal(err)
	}
	var list []Role
	for _, role := range roles {
		name, executable, _ := strings.Cut(role, " ")
		if err := h.Add(home.NewRole{Role: home.Role{Name: name, Executable: executable}}); err != nil {
			t.Fatal(err)
		}
		list = append(list, Role{name, executable})
	}
	return h, list
}

// write makes files, folders (path/) and links (path -> dest) below root.
func write(t testing.TB, root string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(root, name)
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		dest, link := strings.CutPrefix(text, "-> ")
		switch {
		case strings.HasSuffix(name, "/"):
			must(t, os.MkdirAll(path, 0o755))
		case link:
			must(t, os.Symlink(dest, path))
		default:
			must(t, os.WriteFile(path, []byte(text), 0o644))
			must(t, os.Chtimes(path, long, long))
		}
	}
}

// read returns what is below root, in the form of write.
func read(t testing.TB, root string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		name := strings.TrimPrefix(path, root+"/")
		switch {
		case d.IsDir():
			files[name+"/"] = ""
		case d.Type() == fs.ModeSymlink:
			dest, err := os.Readlink(path)
			files[name] = "-> " + dest
			return err
		default:
			text, err := os.ReadFile(path)
			files[name] = string(text)
			return err
		}
		return nil
	})
	if !errors.Is(err, fs.ErrNotExist) {
		must(t, err)
	}
	return files
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// checker takes any text, and stores it as it is.
type checker struct {
	home   *home.Home
	refuse string // a role or executable that it does not take
}

func (c *checker) Program(_ context.Context, executable, path string) ([]byte, error) {
	if executable == c.refuse {
		return nil, fmt.Errorf("cannot use executable %s", path)
	}
	return []byte("schema of " + executable), nil
}

func (c *checker) Text(_ context.Context, m *Material) ([]byte, error) {
	if m.Role == c.refuse {
		return nil, fmt.Errorf("%s of %q are wrong", m.Area, m.Role)
	}
	before, _ := c.home.Load(m.Area, m.Role)
	text := before
	if m.File != nil {
		text = m.File.Data
	}
	for _, v := range m.Values {
		if !strings.Contains(string(text), string(v.Data)) {
			text = append(text, v.Data...)
		}
	}
	if string(text) == string(before) {
		return nil, nil
	}
	return text, nil
}

func (c *checker) Fits(context.Context, string) error { return nil }

// drawerOf is a drawer of plans with a checker that takes anything.
func drawerOf(t testing.TB, h *home.Home, roles []Role, build, snapshot string) Drawer {
	t.Helper()
	d, err := NewDeploy(Input{Home: h, Roles: roles, Build: build, Snapshot: snapshot, Checker: &checker{home: h}})
	must(t, err)
	return d
}

func draw(t testing.TB, d Drawer) *Plan {
	t.Helper()
	plan, err := d.Draw(t.Context())
	must(t, err)
	return plan
}

// transfer does what the plan says, and forgets what that replaced.
func transfer(t testing.TB, h *home.Home, plan *Plan) {
	t.Helper()
	kept, err := plan.Transfer(t.Context(), h, nil)
	must(t, err)
	must(t, kept.Done())
}

// replaceTop has TOP stand for the folder of a test.
func replaceTop(text, top string) string { return strings.ReplaceAll(text, "TOP", top) }
