package importer_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ansar-go/ansar/internal/home"
	"github.com/ansar-go/ansar/internal/importer"
	"github.com/ansar-go/ansar/internal/property"
)

// options of tests: a folder, and an environment of two variables.
func options() *importer.Options {
	return &importer.Options{Dir: "/app", Lookup: func(name string) (string, bool) {
		value, ok := map[string]string{"USER": "kim", "EMPTY": ""}[name]
		return value, ok
	}}
}

// told writes a plan as lines: a role and its properties each, then what is left.
func told(plan *importer.Plan) (lines []string) {
	for _, role := range plan.Roles {
		lines = append(lines, role.Name+" ("+role.Executable+")")
		names := []string{}
		for name := range role.Properties {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			lines = append(lines, fmt.Sprintf("  %s %s", name, role.Properties[name]))
		}
		if role.Settings != nil {
			lines = append(lines, "  secrets "+strings.Join(strings.Fields(string(role.Settings)), " "))
		}
	}
	for _, note := range plan.Left {
		lines = append(lines, note.String())
	}
	return lines
}

func TestRead(t *testing.T) {
	sh, err := property.FindProgram("sh")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"Procfile", "plain.yaml", "order.yaml", "restart.yaml", "ready.yaml", "stop.yaml", "left.yaml", "expand.yaml", "literal.yaml", "merge.yaml"} {
		t.Run(file, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", file))
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(filepath.Join("testdata", file+".want"))
			if err != nil && os.Getenv("UPDATE") == "" {
				t.Fatal(err)
			}
			o := options()
			o.Secrets = map[string]string{"TOKEN": "t"}
			plan, err := importer.Read(file, data, o)
			if err != nil {
				t.Fatal(err)
			}
			got := strings.ReplaceAll(strings.Join(told(plan), "\n")+"\n", sh, "SH")
			if os.Getenv("UPDATE") != "" {
				if err := os.WriteFile(filepath.Join("testdata", file+".want"), []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	yaml := func(lines ...string) string { return strings.Join(lines, "\n") }
	tests := []struct{ file, text, want string }{
		{"Procfile", "", "Procfile:1: there is no process in it"},
		{"Procfile", "# a\n\nweb", "Procfile:3: the line is not <name>: <command>"},
		{"Procfile", "web:", `Procfile:1: process "web" has no command`},
		{"Procfile", "web: a\nweb: b", `Procfile:2: process "web" is there already, in line 1`},
		{"Procfile", "web: a\x00b", `Procfile:1: args[1] has a zero byte`},
		{"Procfile", "-web: a", `Procfile:1: role name "-web" begins with a dash: commands would read it as a flag`},

		{"a.yaml", "", "a.yaml:1: no documents in stream"},
		{"a.yaml", "a: [1", "a.yaml:2: did not find expected ',' or ']'"},
		{"a.yaml", "a: 1\n---\na: 2", "a.yaml:1: expected single document, found multiple"},
		{"a.yaml", "\xff", "a.yaml:1: invalid leading UTF-8 octet (value: 255)"},
		{"a.yaml", "[]", "a.yaml:1: the file is not a mapping"},
		{"a.yaml", "version: 1", "a.yaml:1: there is no process in it"},
		{"a.yaml", "processes: 5", "a.yaml:1: processes is not a mapping"},
		{"a.yaml", "processes:\n  a: 5", `a.yaml:2: process "a" is not a mapping`},
		{"a.yaml", "processes:\n  a:", `a.yaml:2: process "a" has no command`},
		{"a.yaml", "processes:\n  a: {command: }", `a.yaml:2: process "a" has no command`},
		{"a.yaml", "processes:\n  a: {command: ' '}", `a.yaml:2: process "a" has no command`},
		{"a.yaml", "processes:\n  a: {command: [x]}", `a.yaml:2: command is not a text`},
		{"a.yaml", "processes:\n  a.b: {command: x}", `a.yaml:2: role name "a.b" has a dot: dots are for sub-roles`},
		{"a.yaml", "processes:\n  'a{b}': {command: x}", `a.yaml:2: role name "a{b}" has a brace`},
		{"a.yaml", "processes:\n  '': {command: x}", `a.yaml:2: a process has no name`},
		{"a.yaml", "processes:\n  ? [a]\n  : {command: x}", `a.yaml:2: a key of processes is not a text`},
		{"a.yaml", yaml("processes:", "  a: {command: x}", "  a: {command: y}"), `a.yaml:3: processes has "a" twice`},
		{"a.yaml", yaml("processes:", "  a-0: {command: x}", "  a: {command: y, replicas: 2}"), `a.yaml:3: process "a-0" is there already, in line 2`},
		{"a.yaml", "processes: {a: {command: x, entrypoint: [y]}}", `a.yaml:1: process "a" has a command and an entrypoint: give one of them`},
		{"a.yaml", "processes: {a: {entrypoint: []}}", `a.yaml:1: entrypoint of process "a" is empty`},
		{"a.yaml", "processes: {a: {entrypoint: [no-such-program]}}", `a.yaml:1: process "a": cannot use program "no-such-program", it is not in PATH: give the path of it`},
		{"a.yaml", "processes: {a: {entrypoint: [./x]}}", `a.yaml:1: process "a": cannot use program /app/x, no such file`},
		{"a.yaml", "processes: {a: {command: x, environment: [A]}}", `a.yaml:1: an item of environment is not NAME=VALUE`},
		{"a.yaml", "processes: {a: {command: x, environment: [[A]]}}", `a.yaml:1: an item of environment is not a text`},
		{"a.yaml", "processes: {a: {command: x, environment: {'A=': secret}}}", `a.yaml:1: environment: "A=" cannot be the name of a variable`},
		{"a.yaml", "environment: ['=secret']", `a.yaml:1: environment: "" cannot be the name of a variable`},
		{"a.yaml", "shell: {shell_command: no-such-shell}", `a.yaml:1: cannot use program "no-such-shell", it is not in PATH: give the path of it`},
		{"a.yaml", "disable_env_expansion: perhaps", `a.yaml:1: disable_env_expansion: "perhaps" is neither true nor false`},
		{"a.yaml", "processes: {a: {command: x, depends_on: {a: {}}}}", `a.yaml:1: processes wait for each other: a after a`},
		{"a.yaml", "processes: {a: {command: x, depends_on: {b: {}}}}", `a.yaml:1: process "a" depends on "b", which is not there`},
		{"a.yaml", "processes: {a: {command: x, depends_on: {b: {condition: soon}}}}", `a.yaml:1: condition: "soon" is not known`},
		{"a.yaml", "processes: {a: {command: x, availability: {restart: soon}}}", `a.yaml:1: restart: "soon" is not one of no, always, on_failure, exit_on_failure`},
		{"a.yaml", "processes: {a: {command: x, availability: {restart: always, backoff_seconds: -1}}}", `a.yaml:1: backoff_seconds: "-1" is not a whole number of 0 or more`},
		{"a.yaml", "processes: {a: {command: x, replicas: 0}}", `a.yaml:1: replicas: give 1 to 1000`},
		{"a.yaml", "processes: {a: {command: x, replicas: 2000000}}", `a.yaml:1: replicas: give 1 to 1000`},
		{"a.yaml", "processes: {a: {command: x, shutdown: {signal: 99}}}", `a.yaml:1: signal: there is no signal 99`},
		{"a.yaml", "processes: {a: {command: x, readiness_probe: {}}}", `a.yaml:1: readiness_probe of process "a" has neither exec nor http_get`},
		{"a.yaml", "processes: {a: {command: x, readiness_probe: {exec: {}}}}", `a.yaml:1: exec of process "a" has no command`},
		{"a.yaml", "processes: {a: {command: x, readiness_probe: {exec: {command: y}, http_get: {port: 1}}}}",
			`a.yaml:1: process "a": exec and http are two of an either-or: give one of them`},
		{"a.yaml", "processes: {a: {command: x, readiness_probe: {http_get: {scheme: ftp}}}}",
			`a.yaml:1: process "a": http: "ftp://127.0.0.1/" is not a URL that begins with http://`},
		{"a.yaml", "processes: {a: {command: x, readiness_probe: {http_get: {port: 1}}, ready_log_line: y}}",
			`a.yaml:1: process "a" has a readiness_probe and a ready_log_line: give one of them`},
		{"a.yaml", "processes: {a: {command: x, ready_log_line: y, readiness_probe: {http_get: {port: 1}}}}",
			`a.yaml:1: process "a" has a readiness_probe and a ready_log_line: give one of them`},
		{"a.yaml", "a: &a\n  <<: *a\nprocesses: *a", "a.yaml:1: <<: leads too deep"},
		{"a.yaml", "a: *b", "a.yaml:1: unknown anchor 'b' referenced"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			_, err := importer.Read(tt.file, []byte(tt.text), options())
			if err == nil {
				t.Fatalf("no error, want %s", tt.want)
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestFormats(t *testing.T) {
	tests := []struct{ file, format, text string }{
		{"Procfile", "", "web: true"},
		{"Procfile.dev", "", "web: true"},
		{"a.yml", "", "processes: {web: {command: 'true'}}"},
		{"A.YAML", "", "processes: {web: {command: 'true'}}"},
		{"Procfile", importer.ProcessCompose, "processes: {web: {command: 'true'}}"},
		{"a.yaml", importer.Procfile, "web: true"},
	}
	for _, tt := range tests {
		t.Run(tt.file+" "+tt.format, func(t *testing.T) {
			plan, err := importer.Read(tt.file, []byte(tt.text), &importer.Options{Format: tt.format})
			if err != nil || len(plan.Roles) != 1 || plan.Roles[0].Name != "web" {
				t.Errorf("plan %v, error %v", plan, err)
			}
		})
	}
}

// Aliases that double what they stand for at each step cost no more than they
// are worth.
func TestBomb(t *testing.T) {
	text := "a0: &a0 {x: 1}\n"
	for i := range 19 {
		text += fmt.Sprintf("a%d: &a%d {<<: [*a%d, *a%d]}\n", i+1, i+1, i, i)
	}
	_, err := importer.Read("f.yaml", []byte(text+"processes: *a19\n"), options())
	if err == nil || !strings.HasSuffix(err.Error(), ": <<: leads too deep") {
		t.Errorf("error %v", err)
	}
}

// Whatever a file says, reading it ends, and what comes of it can be added: names
// and properties are right.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // a folder
		}
		f.Add(text, true)
		f.Add(text, false)
	}
	f.Fuzz(func(t *testing.T, text []byte, yaml bool) {
		o := options()
		o.Format = importer.Procfile
		if yaml {
			o.Format = importer.ProcessCompose
		}
		plan, err := importer.Read("f", text, o)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f:") || strings.ContainsAny(err.Error(), "\n\x00") {
				t.Errorf("error %q", err)
			}
			return
		}
		var all []home.Role
		for _, role := range plan.Roles {
			all = append(all, role.Role)
		}
		for _, role := range all {
			s, err := property.Of(role)
			if err != nil || !s.Plain() || !json.Valid(role.Properties["command"]) {
				t.Errorf("role %q: %v", role.Name, err)
			}
			for _, name := range s.After() {
				if !slices.ContainsFunc(all, func(r home.Role) bool { return r.Name == name }) {
					t.Errorf("role %q is after %q, which is not there", role.Name, name)
				}
			}
		}
	})
}
