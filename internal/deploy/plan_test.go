package deploy

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/internal/home"
)

// items are the lines of a plan, without sizes.
func items(p *Plan) []string {
	var lines []string
	for _, i := range p.Items() {
		lines = append(lines, fmt.Sprint(i.Op, " ", i.Name))
	}
	return lines
}

// Each folder of a snapshot goes where it belongs, a build to bin, and what has
// no target is named.
func TestPlan(t *testing.T) {
	tests := []struct {
		name            string
		build, snapshot map[string]string
		before          map[string]string // in the home
		items           []string
		found           []string
		warnings        []string
		touched         []string
	}{
		{name: "nothing of nothing", snapshot: map[string]string{}},
		{
			name:  "a build adds and replaces executables, and removes nothing",
			build: map[string]string{"client": "new", "server": "new", "lib/words": "x"}, before: map[string]string{"bin/client": "older", "bin/other": "older"},
			items: []string{"update bin/client", "add bin/lib", "add bin/lib/words", "add bin/server"},
			found: []string{"Detected 3 changing executables (added 2 associated roles)"}, touched: []string{"client-0", "server-0"},
		},
		{
			name: "a file with the same content is the same", build: map[string]string{"client": "same"}, before: map[string]string{"bin/client": "same"},
		},
		{
			name:     "a model is mirrored",
			snapshot: map[string]string{"model-by-role/server-0/words": "new", "model-by-role/server-0/d/e": "new"},
			before:   map[string]string{"model/server-0/words": "older", "model/server-0/x/y": "old", "model/client-0/z": "old"},
			items:    []string{"add model/server-0/d", "add model/server-0/d/e", "update model/server-0/words", "remove model/server-0/x", "remove model/server-0/x/y"},
			found:    []string{`Detected 3 model changes for "server-0"`}, touched: []string{"server-0"},
		},
		{
			name:     "an empty model empties that of the home",
			snapshot: map[string]string{"model-by-role/server-0/": ""}, before: map[string]string{"model/server-0/words": "old"},
			items: []string{"remove model/server-0/words"}, found: []string{`Detected 1 model changes for "server-0"`}, touched: []string{"server-0"},
		},
		{
			name:     "resources touch all roles of the executable, once",
			build:    map[string]string{"client": "new"},
			snapshot: map[string]string{"resource-by-executable/client/logo": "new", "resource-by-executable/server/logo": "new"},
			items:    []string{"add bin/client", "add resource/client/logo", "add resource/server/logo"},
			found: []string{
				"Detected 1 changing executables (added 1 associated roles)",
				`Detected 1 resource changes for "client" (added 0 associated roles)`,
				`Detected 1 resource changes for "server" (added 1 associated roles)`,
			},
			touched: []string{"client-0", "server-0"},
		},
		{
			name:     "resources of an executable that arrives with them need no role",
			build:    map[string]string{"noop": "new"},
			snapshot: map[string]string{"resource-by-executable/noop/logo": "new"},
			items:    []string{"add bin/noop", "add resource/noop/logo"},
			found:    []string{"Detected 1 changing executables (added 0 associated roles)", `Detected 1 resource changes for "noop" (added 0 associated roles)`},
		},
		{
			name: "settings, values over them, and inputs",
			snapshot: map[string]string{
				"settings-by-role/client-0.json": "s", "setting-value-by-role/client-0/v": "+v", "setting-value-by-role/server-0/w.json": "+w",
				"input-by-role/server-0.json": "i", "settings-by-role/.hidden": "",
			},
			items: []string{"update settings/client-0.json", "update settings/server-0.json", "update input/server-0.json"},
			found: []string{
				`Detected settings change for "client-0"`, `Detected 1 setting-value changes for "server-0"`, `Detected input changes for "server-0"`,
			},
			touched: []string{"client-0", "server-0"},
		},
		{
			name: "what has no target is left out",
			snapshot: map[string]string{
				"model-by-role/x/words": "", "model-by-role/client-0": "a file", "settings-by-role/x.json": "", "settings-by-role/client-0": "",
				"settings-by-role/server-0.json/": "", "input-by-role/client-0.json": "-> nowhere", "resource-by-executable/x/y": "",
				"setting-value-by-role/client-0/d/": "", "model-by-rol/x/": "", "model-by-executable/x/": "",
			},
			warnings: []string{
				`Cannot deploy "resource-by-executable/x" (target not found)`,
				`Cannot deploy "model-by-role/client-0" (not a folder)`,
				`Cannot deploy "model-by-role/x" (target not found)`,
				`Cannot deploy "settings-by-role/client-0" (target not found)`,
				`Cannot deploy "settings-by-role/server-0.json" (not a file)`,
				`Cannot deploy "settings-by-role/x.json" (target not found)`,
				`Cannot deploy "setting-value-by-role/client-0/d" (not a file)`,
				`Cannot deploy "input-by-role/client-0.json" (the link leads nowhere)`,
				`Cannot deploy "model-by-executable" (not a folder of a snapshot)`,
				`Cannot deploy "model-by-rol" (not a folder of a snapshot)`,
			},
		},
		{
			name:     "links of a build that lead out of it stand for files, others stay links",
			build:    map[string]string{"client": "-> ../home/home.json", "e": "x", "c": "-> e", "lost": "-> nowhere", "d": "-> ../elsewhere"},
			before:   map[string]string{"../elsewhere/f": "x"},
			items:    []string{"add bin/c", "add bin/client", "add bin/d", "add bin/d/f", "add bin/e"},
			found:    []string{"Detected 4 changing executables (added 1 associated roles)"},
			warnings: []string{`Cannot deploy "lost" (not a file, a folder or a link to one)`},
			touched:  []string{"client-0"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h, roles := newHome(t, "client-0 client", "server-0 server")
			top := filepath.Dir(h.Root())
			write(t, h.Root(), tt.before)
			build, snapshot := "", ""
			if tt.build != nil {
				build = filepath.Join(top, "dist")
				must(t, os.Mkdir(build, 0o755))
				write(t, build, tt.build)
			}
			if tt.snapshot != nil {
				snapshot = filepath.Join(top, "testing")
				must(t, os.Mkdir(snapshot, 0o755))
				write(t, snapshot, tt.snapshot)
				must(t, os.MkdirAll(filepath.Join(snapshot, "model-by-role"), 0o755))
			}
			plan := draw(t, drawerOf(t, h, roles, build, snapshot))
			for what, diff := range map[string]string{
				"items": cmp.Diff(tt.items, items(plan)), "found": cmp.Diff(tt.found, plan.Found),
				"warnings": cmp.Diff(tt.warnings, plan.Warnings), "touched": cmp.Diff(tt.touched, plan.Touched()),
			} {
				if diff != "" {
					t.Errorf("%s (-want +got):\n%s", what, diff)
				}
			}
			if plan.Empty() != (tt.items == nil) {
				t.Errorf("empty: %v", plan.Empty())
			}
			transfer(t, h, plan)
			if again := draw(t, drawerOf(t, h, roles, build, snapshot)); !again.Empty() {
				t.Errorf("the second plan is %v", items(again))
			}
		})
	}
}

// Input that can be none is refused, with what to do.
func TestRefusedFolders(t *testing.T) {
	h, roles := newHome(t, "server-0 server")
	top := filepath.Dir(h.Root())
	write(t, top, map[string]string{
		"dist/x": "", "testing/model-by-role/": "", "empty/": "", "home/bin/inner/": "", "home/bin/snap/model-by-role/": "", "file": "",
		"wide/settings-by-role": "-> ..",
	})
	tests := []struct{ name, build, snapshot, want string }{
		{"a build that is not there", "absent", "", `build folder "TOP/absent" does not exist`},
		{"a build that is a file", "file", "", `build folder "TOP/file" is not a folder`},
		{"a snapshot that is not there", "", "absent", `snapshot folder "TOP/absent" does not exist`},
		{"a snapshot for a build", "testing", "", `build folder "TOP/testing" is a snapshot: give it as --snapshot-path`},
		{"a build for a snapshot", "", "dist", `snapshot folder "TOP/dist" has none of resource-by-executable, model-by-role, settings-by-role, ` +
			`setting-value-by-role, input-by-role: is it a build folder?`},
		{"a build that contains the home", ".", "", `build folder "TOP" contains the home: give one beside it`},
		{"a build inside of the home", "home/bin/inner", "", `build folder "TOP/home/bin/inner" is inside of the home: give one beside it`},
		{"a snapshot inside of the home", "", "home/bin/snap", `snapshot folder "TOP/home/bin/snap/resource-by-executable" is inside of the home: give one beside it`},
		{"a snapshot that contains the home", "", "wide", `snapshot folder "TOP/wide/settings-by-role" contains the home: give one beside it`},
		{"an empty snapshot is one", "", "empty", ""},
		{"bin itself is a build", "home/bin", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := Input{Home: h, Roles: roles, Checker: &checker{home: h}}
			if tt.build != "" {
				in.Build = filepath.Join(top, tt.build)
			}
			if tt.snapshot != "" {
				in.Snapshot = filepath.Join(top, tt.snapshot)
			}
			got := ""
			if _, err := NewDeploy(in); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(replaceTop(tt.want, top), got); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

// What a checker refuses is an error before anything is changed.
func TestWhatIsCheckedFirst(t *testing.T) {
	for _, refuse := range []string{"server", "server-0"} {
		h, roles := newHome(t, "server-0 server")
		top := filepath.Dir(h.Root())
		write(t, top, map[string]string{"dist/server": "new", "testing/settings-by-role/server-0.json": "new"})
		d, err := NewDeploy(Input{
			Home: h, Roles: roles, Build: filepath.Join(top, "dist"), Snapshot: filepath.Join(top, "testing"), Checker: &checker{home: h, refuse: refuse},
		})
		must(t, err)
		if _, err := d.Draw(t.Context()); err == nil {
			t.Errorf("%s is not refused", refuse)
		}
	}
}

// A file that is written again within the same tick of the clock, with the same
// size, is copied again: its copy was not made before the tick was over.
func TestFilesThatChangeFast(t *testing.T) {
	h, roles := newHome(t, "server-0 server")
	build := filepath.Join(filepath.Dir(h.Root()), "dist")
	must(t, os.Mkdir(build, 0o755))
	d := drawerOf(t, h, roles, build, "")
	for i := range 8 {
		text := fmt.Sprintf("%04d", i)
		must(t, os.WriteFile(filepath.Join(build, "server"), []byte(text), 0o755))
		transfer(t, h, draw(t, d))
		if got := read(t, h.Dir(home.Bin))["server"]; got != text {
			t.Fatalf("bin has %q, want %q", got, text)
		}
	}
}

// A file from the future is copied without waiting for it.
func TestFilesOfTheFuture(t *testing.T) {
	h, roles := newHome(t)
	build := filepath.Join(filepath.Dir(h.Root()), "dist")
	write(t, build, map[string]string{"server": "x"})
	future := time.Now().Add(time.Hour)
	must(t, os.Chtimes(filepath.Join(build, "server"), future, future))
	transfer(t, h, draw(t, drawerOf(t, h, roles, build, "")))
	if got := read(t, h.Dir(home.Bin))["server"]; got != "x" {
		t.Errorf("bin has %q", got)
	}
}
