package doctor

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/internal/home"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// each is a way to spoil a sound home, and the lines that tell of it. HOME stands
// for the folder of the home.
var each = []struct {
	name  string
	spoil func(t *testing.T, h *home.Home, m *machine)
	want  []string
}{
	{"nothing", func(*testing.T, *home.Home, *machine) {}, nil},
	{"a line of home.json is no JSON", func(t *testing.T, h *home.Home, _ *machine) {
		text, err := os.ReadFile(filepath.Join(h.Root(), "home.json"))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(h.Root(), "home.json"), strings.Replace(string(text), `"version": 1`, `"version": x`, 1))
	}, []string{`damaged: home at "HOME" is damaged: home.json:3: invalid character 'x' looking for beginning of value: ` +
		`repair that line or restore the file: no command can use this home until then`}},
	{"a folder that an area is redirected to is gone", func(t *testing.T, h *home.Home, _ *machine) {
		text, err := os.ReadFile(filepath.Join(h.Root(), "home.json"))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(h.Root(), "home.json"), strings.Replace(string(text), `"redirects": {}`, `"redirects": {"bin": "/absent/bin"}`, 1))
	}, []string{`missing: home at "HOME" is incomplete: bin is redirected to "/absent/bin", which is missing: put it back: no command can use this home until then`}},
	{"a property that cannot be", func(t *testing.T, h *home.Home, _ *machine) {
		set(t, h, "storage", `"lots"`, "noop-1")
	}, []string{`damaged: HOME/home.json:11: role "noop-1": property "storage": "lots" is not a number of bytes`}},
	{"settings with a fault in the second line", func(t *testing.T, h *home.Home, _ *machine) {
		write(t, filepath.Join(h.Dir(home.Settings), "noop-0.json"), "{\n  x\n}\n")
	}, []string{"damaged: HOME/settings/noop-0.json:2: invalid character 'x' looking for beginning of object key string: " +
		"repair the line, or replace the file with ansar settings --role-name=noop-0"}},
	{"settings that are torn", func(t *testing.T, h *home.Home, _ *machine) {
		write(t, filepath.Join(h.Dir(home.Settings), "noop-0.json"), "{\n  \"a\": 1,\n")
	}, []string{"damaged: HOME/settings/noop-0.json:2: unexpected end of JSON input: "}},
	{"input that is empty", func(t *testing.T, h *home.Home, _ *machine) {
		write(t, filepath.Join(h.Dir(home.Input), "noop-0.json"), "\n")
	}, []string{"damaged: HOME/input/noop-0.json:1: it is empty: "}},
	{"input that is a list", func(t *testing.T, h *home.Home, _ *machine) {
		write(t, filepath.Join(h.Dir(home.Input), "noop-0.json"), "[]\n")
	}, []string{"damaged: HOME/input/noop-0.json:1: it is not an object of JSON: "}},
	{"a line of history that is none, and a torn one", func(t *testing.T, h *home.Home, _ *machine) {
		write(t, filepath.Join(h.Dir(home.History), "noop-0.jsonl"), `{"run":1,"event":"begin"}`+"\nwhat\n"+`{"run":1,"ev`)
	}, []string{
		"damaged: HOME/history/noop-0.jsonl:2: this is no record of a run: ",
		"damaged: HOME/history/noop-0.jsonl:3: the last record is torn: its writer was killed: ",
	}},
	{"a declaration that cannot be read", func(t *testing.T, h *home.Home, _ *machine) {
		write(t, filepath.Join(h.Dir(home.Schema), "noop.binpb"), "junk")
	}, []string{"damaged: HOME/schema/noop.binpb: what the program declares cannot be read: bad thing: remove the file: the program is asked again"}},
	{"a declaration that can", func(t *testing.T, h *home.Home, _ *machine) {
		write(t, filepath.Join(h.Dir(home.Schema), "noop.binpb"), "good")
	}, nil},
	{"an executable that is gone", func(t *testing.T, h *home.Home, _ *machine) {
		if err := os.Remove(filepath.Join(h.Dir(home.Bin), "noop")); err != nil {
			t.Fatal(err)
		}
	}, []string{"missing: cannot use executable HOME/bin/noop, no such file, needed by noop-0, noop-1: put it into HOME/bin"}},
	{"a plain program that is gone", func(t *testing.T, h *home.Home, _ *machine) {
		set(t, h, "command", `{"program": "/absent/program"}`, "noop-0")
	}, []string{"missing: role noop-0: cannot use program /absent/program, no such file: install it, or name another with ansar set command"}},
	{"a plain program whose folder is gone", func(t *testing.T, h *home.Home, _ *machine) {
		set(t, h, "command", `{"program": "/bin/sh", "dir": "/absent/folder"}`, "noop-0")
	}, []string{"missing: /absent/folder: role noop-0 is to work in this folder, which is none: "}},
	{"a role after one that does not exist", func(t *testing.T, h *home.Home, _ *machine) {
		set(t, h, "after", `["db"]`, "noop-0")
	}, []string{"missing: role noop-0 is after db, which does not exist: "}},
	{"roles that wait for each other", func(t *testing.T, h *home.Home, _ *machine) {
		set(t, h, "after", `["noop-1"]`, "noop-0")
		set(t, h, "after", `["noop-0"]`, "noop-1")
	}, []string{"damaged: roles wait for each other: noop-0 after noop-1 after noop-0: "}},
	{"an area that is a link of somebody's", func(t *testing.T, h *home.Home, _ *machine) {
		move(t, h.Dir(home.Logs), h.Root()+"-logs")
	}, []string{"redirect: HOME/logs: it is a link, and home.json knows of none: "}},
	{"a home that others can read", func(t *testing.T, h *home.Home, _ *machine) {
		if err := os.Chmod(h.Root(), 0o755); err != nil {
			t.Fatal(err)
		}
	}, []string{"open: HOME: others can look into it: its mode is -rwxr-xr-x: "}},
	{"a lock of a process that was killed", func(t *testing.T, h *home.Home, _ *machine) {
		write(t, filepath.Join(h.Dir(home.Locks), "noop-0"), `{"pid":4242,"since":"2026-01-02T03:04:05.678Z"}`)
	}, []string{"lock: HOME/lock/noop-0: process 4242 held it since 2026-01-02T03:04:05.678Z and ended without giving it back: nothing: it is free"}},
	{"files of a role that was removed", func(t *testing.T, h *home.Home, _ *machine) {
		write(t, filepath.Join(h.Dir(home.Settings), "gone-0.json"), "{}")
		write(t, filepath.Join(h.Dir(home.Locks), "gone-0.keeper"), "")
	}, []string{
		"leftover: HOME/lock/gone-0.keeper: there is no role gone-0: ",
		"leftover: HOME/settings/gone-0.json: there is no role gone-0: ",
	}},
	{"a sub-role", func(t *testing.T, h *home.Home, _ *machine) {
		write(t, filepath.Join(h.Dir(home.Locks), "noop-0.worker"), "")
	}, nil},
	{"what a killed writer left", func(t *testing.T, h *home.Home, m *machine) {
		write(t, filepath.Join(h.Dir(home.Settings), ".noop-0.json4711"), "{")
		m.now = func() time.Time { return time.Now().Add(2 * time.Minute) }
	}, []string{"leftover: HOME/settings/.noop-0.json4711: its writer was killed before "}},
	{"what a writer has begun to write", func(t *testing.T, h *home.Home, _ *machine) {
		write(t, filepath.Join(h.Dir(home.Settings), ".noop-0.json4711"), "{")
	}, nil},
	{"a disk that is full", func(_ *testing.T, _ *home.Home, m *machine) {
		m.disk = func(string) (space, error) { return space{1, 3 << 20, 1 << 20, true}, nil }
	}, []string{"disk: HOME/logs: only 3.0 MiB are left on its disk: "}},
	{"a disk that the logs may fill", func(t *testing.T, h *home.Home, m *machine) {
		set(t, h, "storage", `"1GiB"`, "noop-0", "noop-1")
		m.disk = func(string) (space, error) { return space{1, 1 << 30, 1 << 20, true}, nil }
	}, []string{"disk: HOME/logs: 1.0 GiB are left on its disk, and the logs of all roles may grow by 2.0 GiB: "}},
	{"a disk without room for files", func(_ *testing.T, _ *home.Home, m *machine) {
		m.disk = func(string) (space, error) { return space{1, 1 << 40, 7, true}, nil }
	}, []string{"disk: HOME/logs: only 7 more files fit on its disk: "}},
	{"a disk that counts no files", func(_ *testing.T, _ *home.Home, m *machine) {
		m.disk = func(string) (space, error) { return space{1, 1 << 40, 0, false}, nil }
	}, nil},
	{"a limit that is too low", func(_ *testing.T, _ *home.Home, m *machine) {
		m.limits = func() []limit {
			return []limit{{"open files", 70, 4, 64, "raise it"}, {"others", 72, 4, 64, "raise it"}}
		}
	}, []string{"limit: the limit on open files is 70, and 2 roles may need 72: raise it"}},
	{"a clock that went back", func(_ *testing.T, _ *home.Home, m *machine) {
		m.now = func() time.Time { return time.Now().Add(-time.Hour) }
	}, []string{"clock: HOME/"}},
}

func set(t *testing.T, h *home.Home, property, value string, roles ...string) {
	t.Helper()
	if err := h.SetProperty(property, json.RawMessage(value), roles...); err != nil {
		t.Fatal(err)
	}
}

func move(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(to, from); err != nil {
		t.Fatal(err)
	}
}

// Each thing that can be wrong is told, once, and nothing else is.
func TestFindings(t *testing.T) {
	for _, tt := range each {
		t.Run(tt.name, func(t *testing.T) {
			h, m := sound(t), roomy()
			tt.spoil(t, h, &m)
			report := look(t, h, Options{}, m)
			var got []string
			notes := 0
			for i, f := range report.Findings {
				line := strings.ReplaceAll(f.String(), h.Root(), "HOME")
				if i < len(tt.want) && strings.HasPrefix(line, tt.want[i]) {
					line = tt.want[i] // as much of it as is expected
				}
				got = append(got, line)
				if f.Advice == "" {
					t.Errorf("no advice: %s", line)
				}
				if f.Note {
					notes++
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if want := len(report.Findings) == notes; report.Healthy != want {
				t.Errorf("healthy: %v, want %v", report.Healthy, want)
			}
		})
	}
}

// Every kind is found by some test above, but for orphans, which have their own.
func TestEveryKindIsTested(t *testing.T) {
	tested := map[Kind]bool{Orphan: true}
	for _, tt := range each {
		for _, line := range tt.want {
			kind, _, _ := strings.Cut(line, ":")
			tested[Kind(kind)] = true
		}
	}
	for _, kind := range order {
		if !tested[kind] {
			t.Errorf("no test finds %s", kind)
		}
	}
}

func TestNoHomeIsAnError(t *testing.T) {
	if _, err := Examine(t.Context(), t.TempDir(), nil); !errors.Is(err, home.ErrNotHome) {
		t.Errorf("error %v, want one that matches ErrNotHome", err)
	}
}

// A real machine can be asked, and has nothing to say against a sound home but
// what it lacks itself.
func TestThisMachine(t *testing.T) {
	report, err := Examine(t.Context(), sound(t).Root(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		if f.Kind != Disk && f.Kind != Limit {
			t.Errorf("found: %v", f)
		}
	}
	if report.Roles != 2 || report.Running != 0 {
		t.Errorf("%d roles, %d running; want 2, none", report.Roles, report.Running)
	}
}
