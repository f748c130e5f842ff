package home

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"
)

const (
	recordName = "home.json"
	lockName   = "home.lock"

	// version is that of the layout. Raise it when an older ansar would do
	// harm in a newer home.
	version = 1

	timeLayout = "2006-01-02T15:04:05.000Z"
)

// record is the content of home.json. Members that are not known are kept.
type record struct {
	id        string
	version   int
	created   time.Time
	redirects map[Area]string // where a redirected area really is
	roles     map[string]*Role
	rest      map[string]json.RawMessage
}

// readRecord reads home.json of the home at path. The error matches
// [ErrNotHome], [ErrDamaged], [ErrNewer] or that of the operating system.
func readRecord(path string) (*record, error) {
	name := filepath.Join(path, recordName)
	text, err := os.ReadFile(name)
	switch {
	case absent(err) && holdsWork(path):
		return nil, faultf(ErrDamaged, "home at %q is damaged: %s is missing: put it back, or remove the folder", path, recordName)
	case absent(err):
		return nil, notHome(path)
	case err != nil:
		return nil, cannot("read", name, err)
	}
	r, line, err := decodeRecord(text)
	if err != nil {
		return nil, faultf(ErrDamaged, "home at %q is damaged: %s:%d: %v: repair that line or restore the file", path, recordName, line, err)
	}
	if r.version > version {
		return nil, faultf(ErrNewer, "home at %q has version %d, newer than the %d known here: update ansar", path, r.version, version)
	}
	return r, nil
}

// decodeRecord reads the text of home.json, or says what is wrong in which line.
func decodeRecord(text []byte) (r *record, line int, err error) {
	r = &record{redirects: map[Area]string{}, roles: map[string]*Role{}}
	if err := json.Unmarshal(text, &r.rest); err != nil || r.rest == nil {
		return nil, lineOf(text, offsetOf(err)), describe(err, "an object")
	}
	if err := take(r.rest, "version", &r.version, "a number"); err != nil {
		return nil, lineOfMember(text, "version"), err
	}
	if r.version > version {
		return r, 0, nil // what else there is may mean something else there
	}
	var roles map[string]map[string]json.RawMessage
	for _, m := range []struct {
		name  string
		value any
		want  string
	}{
		{"id", &r.id, "a text"},
		{"created", &r.created, "a time"},
		{"redirects", &r.redirects, "an object of texts"},
		{"roles", &roles, "an object of objects"},
	} {
		if err := take(r.rest, m.name, m.value, m.want); err != nil {
			return nil, lineOfMember(text, m.name), err
		}
	}
	if r.id == "" || r.version < 1 {
		return nil, 1, errors.New("no id or no version")
	}
	for area, target := range r.redirects {
		if !area.Redirectable() || !filepath.IsAbs(target) {
			return nil, lineOfMember(text, "redirects", string(area)), fmt.Errorf("%s cannot be redirected to %q", area, target)
		}
	}
	for name, properties := range roles {
		role, err := decodeRole(name, properties)
		if err != nil {
			return nil, lineOfMember(text, "roles", name), err
		}
		r.roles[name] = role
	}
	return r, 0, nil
}

func decodeRole(name string, properties map[string]json.RawMessage) (*Role, error) {
	role := &Role{Name: name, Properties: properties}
	if err := checkName(name); err != nil {
		return nil, err
	}
	if properties == nil {
		return nil, fmt.Errorf("role %q is not an object", name)
	}
	if err := take(properties, "executable", &role.Executable, "a text"); err != nil {
		return nil, fmt.Errorf("role %q: %w", name, err)
	}
	if err := take(properties, "created", &role.Created, "a time"); err != nil {
		return nil, fmt.Errorf("role %q: %w", name, err)
	}
	if err := checkExecutable(role.Executable); err != nil {
		return nil, fmt.Errorf("role %q: %w", name, err)
	}
	return role, nil
}

// take moves a member, if it is there, out of rest into value.
func take(rest map[string]json.RawMessage, name string, value any, want string) error {
	text, ok := rest[name]
	if !ok {
		return nil
	}
	delete(rest, name)
	if err := json.Unmarshal(text, value); err != nil || string(text) == "null" {
		return fmt.Errorf("%s is not %s", name, want)
	}
	return nil
}

func describe(err error, want string) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return syntax
	}
	return fmt.Errorf("not %s", want)
}

func offsetOf(err error) int64 {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return syntax.Offset
	}
	return 0
}

// encode returns the text of home.json.
func (r *record) encode() []byte {
	var top, redirects, roles members
	for _, area := range Areas() {
		if target, ok := r.redirects[area]; ok {
			redirects.add(string(area), target)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.roles)) {
		var role members
		role.add("executable", r.roles[name].Executable)
		role.add("created", r.roles[name].Created.UTC().Format(timeLayout))
		role.addRest(r.roles[name].Properties)
		roles.add(name, role.object())
	}
	top.add("id", r.id)
	top.add("version", r.version)
	top.add("created", r.created.UTC().Format(timeLayout))
	top.add("redirects", redirects.object())
	top.add("roles", roles.object())
	top.addRest(r.rest)
	return pretty(top.object())
}
