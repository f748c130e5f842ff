package home

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestOpenSaysWhatIsWrong(t *testing.T) {
	const head = "{\n    \"id\": \"x\",\n    \"version\": 1,\n"
	damaged := func(line, what string) string {
		return `home at "%" is damaged: home.json:` + line + `: ` + what + `: repair that line or restore the file`
	}
	const newer = `home at "%" has version 2, newer than the 1 known here: update ansar`
	tests := []struct {
		name string
		text string
		kind error
		want string
	}{
		{"empty file", "", ErrDamaged, damaged("1", "unexpected end of JSON input")},
		{"cut off", head, ErrDamaged, damaged("4", "unexpected end of JSON input")},
		{"a comma too many", head + "    \"roles\": {},\n}\n", ErrDamaged, damaged("5", "invalid character '}' looking for beginning of object key string")},
		{"not an object", "[]", ErrDamaged, damaged("1", "not an object")},
		{"null", "null", ErrDamaged, damaged("1", "not an object")},
		{"no id", "{\"version\": 1}", ErrDamaged, damaged("1", "no id or no version")},
		{"version is a text", "{\n\"id\": \"x\",\n\"version\": \"one\"}", ErrDamaged, damaged("3", "version is not a number")},
		{"roles are a list", head + "    \"roles\": []\n}", ErrDamaged, damaged("4", "roles is not an object of objects")},
		{"a role is a text", head + "    \"roles\": {\n        \"a\": {\"executable\": \"a\"},\n        \"b\": \"b\"\n    }\n}", ErrDamaged, damaged("4", "roles is not an object of objects")},
		{"a role without executable", head + "    \"roles\": {\n        \"a\": {\"executable\": \"a\"},\n        \"b\": {}\n    }\n}", ErrDamaged, damaged("6", `role "b": an <executable> is required`)},
		{"a role with a slash", head + "    \"roles\": {\n        \"../b\": {\"executable\": \"a\"}\n    }\n}", ErrDamaged, damaged("5", `role name "../b" has a dot: dots are for sub-roles`)},
		{"a time that is none", head + "    \"roles\": {\n        \"b\": {\"executable\": \"a\",\n        \"created\": \"now\"}\n    }\n}", ErrDamaged, damaged("5", `role "b": created is not a time`)},
		{"input redirected by hand", head + "    \"redirects\": {\n        \"input\": \"/tmp\"\n    }\n}", ErrDamaged, damaged("5", `input cannot be redirected to "/tmp"`)},
		{"a newer version, however different", "{\"id\": 7, \"version\": 2, \"roles\": []}", ErrNewer, newer},
		{"a newer version", "{\"id\": \"x\", \"version\": 2, \"redirects\": {\"vault\": \"/v\"}}", ErrNewer, newer},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newTestHome(t, nil)
			file := write(t, filepath.Join(h.Root(), "home.json"), tt.text)
			_, err := Open(h.Root())
			wantError(t, err, tt.kind, tt.want, h.Root())
			// No command repairs it by forgetting what it holds.
			_, createErr := Create(h.Root(), nil)
			for _, err := range []error{createErr, h.Add(newRoles("a-0")...), h.Delete("a-0"), h.SetProperty("p", nil, "a-0"), Destroy(h.Root())} {
				wantError(t, err, tt.kind, tt.want, h.Root())
			}
			if text, err := os.ReadFile(file); err != nil || string(text) != tt.text {
				t.Errorf("home.json is now %q, %v", text, err)
			}
		})
	}
}

func TestOpenOfWhatIsNoHome(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "file"), "")
	for _, name := range []string{"absent", "file", "."} {
		path := filepath.Join(dir, name)
		_, err := Open(path)
		wantError(t, err, ErrNotHome, `home at "%" does not exist or is incomplete`, path)
	}
	h := newTestHome(t, nil)
	remove(t, h.Dir(History))
	_, err := Open(h.Root())
	wantError(t, err, ErrNotHome, `home at "%" does not exist or is incomplete (no folder "%/history": create completes it)`, h.Root())
}

func TestRecordKeepsWhatItDoesNotKnow(t *testing.T) {
	const text = `{
    "id": "0d1f6f4c-5d6c-4ca6-9b5b-b4eb96d6d21c",
    "version": 1,
    "created": "2026-01-02T03:04:05.678Z",
    "redirects": {
        "bin": "/opt/<bin>"
    },
    "roles": {
        "a-0": {
            "executable": "a",
            "created": "2026-01-02T03:04:05.000Z",
            "later": [
                1,
                {
                    "x": 12345678901234567890
                }
            ],
            "retry": {
                "first_steps": []
            }
        },
        "b & c": {
            "executable": "b.py",
            "created": "2026-01-02T03:04:05.000Z"
        }
    },
    "colour": "blue",
    "later": null
}
`
	r, line, err := decodeRecord([]byte(text))
	if err != nil {
		t.Fatalf("line %d: %v", line, err)
	}
	if diff := cmp.Diff(text, string(r.encode())); diff != "" {
		t.Errorf("home.json (-read +written):\n%s", diff)
	}
}

func TestRecordRoundTrips(t *testing.T) {
	name := rapid.StringMatching(`[a-z0-9_<&é -]{1,8}`).Filter(func(s string) bool { return checkName(s) == nil })
	value := rapid.SampledFrom([]string{`null`, `1`, `"<x>"`, `{"a": [1, 2.50, true]}`, `[]`, `12345678901234567890`})
	rapid.Check(t, func(t *rapid.T) {
		r := &record{id: newUUID(), version: version, created: time.Now(), redirects: map[Area]string{}, roles: map[string]*Role{}}
		for _, n := range rapid.SliceOfN(name, 0, 5).Draw(t, "roles") {
			role := &Role{Name: n, Executable: "x", Created: time.UnixMilli(rapid.Int64Range(0, 1<<41).Draw(t, "created")).UTC(), Properties: map[string]json.RawMessage{}}
			for _, p := range rapid.SliceOfN(name, 0, 3).Draw(t, "properties") {
				role.Properties[p] = json.RawMessage(value.Draw(t, "value"))
			}
			r.roles[n] = role
		}
		text := r.encode()
		back, line, err := decodeRecord(text)
		if err != nil {
			t.Fatalf("line %d: %v\n%s", line, err, text)
		}
		if diff := cmp.Diff(string(text), string(back.encode())); diff != "" {
			t.Fatalf("home.json (-first +second):\n%s", diff)
		}
		if len(back.roles) != len(r.roles) {
			t.Fatalf("%d roles became %d", len(r.roles), len(back.roles))
		}
	})
}

// What is damaged is an error with a line that exists, and never a panic.
func FuzzRecord(f *testing.F) {
	h := newTestHome(f, nil, "snooze-0", "zombie-0")
	text, err := os.ReadFile(filepath.Join(h.Root(), "home.json"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add(text[:len(text)/2])
	f.Add([]byte(strings.Replace(string(text), `"snooze"`, `{}`, 1)))
	f.Fuzz(func(t *testing.T, text []byte) {
		_, line, err := decodeRecord(text)
		if err != nil && (line < 1 || line > 1+strings.Count(string(text), "\n")) {
			t.Errorf("error %v is in line %d of %q", err, line, text)
		}
	})
}
