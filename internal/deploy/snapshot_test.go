package deploy

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ansar-go/ansar/internal/home"
)

// plain shows texts as they are stored.
func plain(h *home.Home) func(context.Context, home.Area, string) ([]byte, error) {
	return func(_ context.Context, area home.Area, role string) ([]byte, error) {
		data, err := h.Load(area, role)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		return data, err
	}
}

func snapshotOf(t testing.TB, h *home.Home, roles []Role, target string) Drawer {
	t.Helper()
	d, err := NewSnapshot(SnapshotInput{Home: h, Roles: roles, Target: target, Text: plain(h)})
	must(t, err)
	return d
}

// A snapshot has a folder for each role and executable, and files only where the
// home has some. What is no longer in the home goes, in these folders alone.
func TestSnapshot(t *testing.T) {
	h, roles := newHome(t, "client-0 client", "server-0 server", "server-1 server")
	must(t, h.Store(home.Settings, "server-0", []byte("s")))
	must(t, h.Store(home.Input, "client-0", []byte("i")))
	write(t, h.Root(), map[string]string{
		"model/server-0/words": "w", "model/server-0.child/x": "c", "model/gone-0/x": "g", "resource/server/logo": "l", "resource/gone/logo": "l",
	})
	target := filepath.Join(filepath.Dir(h.Root()), "deep/testing")
	write(t, target, map[string]string{
		"settings-by-role/gone-0.json": "g", "model-by-role/gone-0/x": "g", "model-by-role/server-0/old": "o",
		"setting-value-by-role/server-0/v": "v", "other/file": "f", "README": "r", "input-by-role/.keep": "k",
	})
	plan := draw(t, snapshotOf(t, h, roles, target))
	want := []string{
		"Detected 2 resource changes (3 associated roles)", "Detected 6 model changes (3 associated roles)",
		"Detected 2 settings changes (2 associated roles)", "Detected 1 input changes (1 associated roles)",
	}
	if diff := cmp.Diff(want, plan.Found); diff != "" {
		t.Errorf("found (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"server-0"}, plan.Touched()); diff != "" { // of the others nothing is read
		t.Errorf("touched (-want +got):\n%s", diff)
	}
	transfer(t, h, plan)
	after := map[string]string{
		"settings-by-role/": "", "settings-by-role/server-0.json": "s", "input-by-role/": "", "input-by-role/client-0.json": "i", "input-by-role/.keep": "k",
		"model-by-role/": "", "model-by-role/client-0/": "", "model-by-role/server-0/": "", "model-by-role/server-0/words": "w", "model-by-role/server-1/": "",
		"model-by-role/server-0.child/": "", "model-by-role/server-0.child/x": "c",
		"resource-by-executable/": "", "resource-by-executable/client/": "", "resource-by-executable/server/": "", "resource-by-executable/server/logo": "l",
		"setting-value-by-role/": "", "setting-value-by-role/server-0/": "", "setting-value-by-role/server-0/v": "v", "other/": "", "other/file": "f", "README": "r",
	}
	if diff := cmp.Diff(after, read(t, target)); diff != "" {
		t.Errorf("snapshot (-want +got):\n%s", diff)
	}
	if again := draw(t, snapshotOf(t, h, roles, target)); !again.Empty() {
		t.Errorf("the second plan is %v", items(again))
	}
}

// Whatever a home has: a snapshot of it deployed straight away is nothing to do,
// and deployed to a home that was changed or emptied brings all of it back.
func TestSnapshotAndDeployAreIdentity(t *testing.T) {
	h, roles := newHome(t, "server-0 server", "client-0 client")
	top := tempDir(t)
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		target := filepath.Join(top, strconv.Itoa(n))
		model, resource := filepath.Join(h.Root(), "model/server-0"), filepath.Join(h.Root(), "resource/client")
		check(t, removeAll(model))
		check(t, removeAll(resource))
		plant(t, model, randomTree(t, "model"), "m")
		plant(t, resource, randomTree(t, "resource"), "r")
		check(t, h.Store(home.Settings, "server-0", []byte(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "settings"))))
		before := map[string]any{"model": contents(t, model), "resource": contents(t, resource)}
		settings, err := h.Load(home.Settings, "server-0")
		check(t, err)

		snapshot, err := NewSnapshot(SnapshotInput{Home: h, Roles: roles, Target: target, Text: plain(h)})
		check(t, err)
		perform := func(d Drawer) *Plan {
			plan, err := d.Draw(context.Background())
			check(t, err)
			kept, err := plan.Transfer(context.Background(), h, nil)
			check(t, err)
			check(t, kept.Done())
			return plan
		}
		perform(snapshot)
		deploy, err := NewDeploy(Input{Home: h, Roles: roles, Snapshot: target, Checker: &checker{home: h}})
		check(t, err)
		if plan := perform(deploy); !plan.Empty() {
			t.Fatalf("deployed straight away: %v", items(plan))
		}
		check(t, removeAll(model))
		check(t, removeAll(resource))
		plant(t, model, randomTree(t, "other"), "o")
		check(t, h.Store(home.Settings, "server-0", []byte("other")))
		perform(deploy)
		after := map[string]any{"model": contents(t, model), "resource": contents(t, resource)}
		if diff := cmp.Diff(before, after, onlyTimes); diff != "" {
			t.Fatalf("brought back (-want +got):\n%s", diff)
		}
		if now, err := h.Load(home.Settings, "server-0"); err != nil || string(now) != string(settings) {
			t.Fatalf("settings %q (%v), want %q", now, err, settings)
		}
	})
}

// A snapshot that fails half-way is as it was.
func TestFailedSnapshot(t *testing.T) {
	h, roles := newHome(t, "client-0 client", "server-0 server")
	must(t, h.Store(home.Settings, "client-0", []byte("new")))
	must(t, h.Store(home.Settings, "server-0", []byte("new")))
	write(t, h.Root(), map[string]string{"model/server-0/words": "new"})
	target := filepath.Join(filepath.Dir(h.Root()), "testing")
	write(t, target, map[string]string{
		"model-by-role/server-0/words": "older", "model-by-role/x/y": "older", "settings-by-role/client-0.json": "older", "settings-by-role/server-0.json/": "",
	})
	before := read(t, target)
	plan := draw(t, snapshotOf(t, h, roles, target))
	if _, err := plan.Transfer(t.Context(), h, nil); err == nil {
		t.Fatal("a folder was replaced by a file")
	}
	if diff := cmp.Diff(before, read(t, target)); diff != "" {
		t.Errorf("snapshot (-want +got):\n%s", diff)
	}
}

func TestRefusedSnapshots(t *testing.T) {
	h, roles := newHome(t, "server-0 server")
	top := filepath.Dir(h.Root())
	write(t, top, map[string]string{"file": "", "wide/model-by-role": "-> ../home"})
	for target, want := range map[string]string{
		"file":           `snapshot folder "TOP/file" is not a folder`,
		"home/model/s":   `snapshot folder "TOP/home/model/s/resource-by-executable" is inside of the home: give one beside it`,
		"home/bin/x/y/z": `snapshot folder "TOP/home/bin/x/y/z/resource-by-executable" is inside of the home: give one beside it`,
	} {
		_, err := NewSnapshot(SnapshotInput{Home: h, Roles: roles, Target: filepath.Join(top, target), Text: plain(h)})
		if got := errorText(err); got != replaceTop(want, top) {
			t.Errorf("%s: error %q, want %q", target, got, replaceTop(want, top))
		}
	}
	if _, err := os.Stat(filepath.Join(h.Root(), "model/s")); err == nil {
		t.Error("a refused snapshot has made a folder")
	}
}

func errorText(err error) string {
	if err == nil {
		return "no error"
	}
	return err.Error()
}
