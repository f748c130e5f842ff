package home

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Role is an entry of home.json.
type Role struct {
	Name       string
	Executable string    // plain name of a file, in bin unless a property says otherwise
	Created    time.Time // with milliseconds

	// Properties are the other members, known here or not, as JSON text.
	Properties map[string]json.RawMessage
}

// NewRole is a role to be added, with the text of its files. A file that is nil
// is not written; one that an earlier role of the name left is removed.
type NewRole struct {
	Role
	Settings, Input []byte
}

// Roles returns every role, sorted by name.
func (h *Home) Roles() ([]Role, error) {
	r, err := readRecord(h.root)
	if err != nil {
		return nil, err
	}
	roles := make([]Role, 0, len(r.roles))
	for _, name := range slices.Sorted(maps.Keys(r.roles)) {
		roles = append(roles, *r.roles[name])
	}
	return roles, nil
}

// Role returns the role of that name. The error matches [ErrNoRole] if there is
// none.
func (h *Home) Role(name string) (Role, error) {
	r, err := readRecord(h.root)
	if err != nil {
		return Role{}, err
	}
	role, err := h.find(r, name)
	if err != nil {
		return Role{}, err
	}
	return *role, nil
}

func (h *Home) find(r *record, name string) (*Role, error) {
	if role := r.roles[name]; role != nil {
		return role, nil
	}
	return nil, faultf(ErrNoRole, "role %q (%s) does not exist", name, h.root)
}

// Add adds all the roles or none. Created is set to the time of the call where
// it is zero. Errors to match: [ErrCollision], which names every role that
// exists already; [ErrUsage] for a name that cannot be; [ErrBusy].
func (h *Home) Add(roles ...NewRole) error {
	now := time.Now().UTC().Truncate(time.Millisecond)
	for _, role := range roles {
		if err := role.check(); err != nil {
			return err
		}
	}
	return h.alone(func(r *record) error {
		if err := collisions(r, roles); err != nil {
			return err
		}
		var files []replacement
		for _, role := range roles {
			if role.Created.IsZero() {
				role.Created = now
			}
			r.roles[role.Name] = &role.Role
			for _, f := range []replacement{
				{filepath.Join(h.Dir(Settings), role.Name+Settings.extension()), role.Settings},
				{filepath.Join(h.Dir(Input), role.Name+Input.extension()), role.Input},
			} {
				if f.data != nil {
					files = append(files, f)
				} else if err := os.Remove(f.path); err != nil && !absent(err) {
					return cannot("remove", f.path, err)
				}
			}
		}
		// home.json comes last: before it the files belong to nobody.
		err := h.replace(files...)
		if err == nil {
			err = h.replace(replacement{filepath.Join(h.root, recordName), r.encode()})
		}
		if err != nil {
			for _, f := range files {
				_ = syscall.Unlink(f.path) // never a folder, unlike os.Remove
			}
		}
		return err
	})
}

func (r *Role) check() error {
	if err := checkNewName(r.Name); err != nil {
		return err
	}
	if err := checkExecutable(r.Executable); err != nil {
		return err
	}
	return checkProperties(r.Properties)
}

func collisions(r *record, roles []NewRole) error {
	var names []string
	seen := map[string]bool{}
	for _, role := range roles {
		if seen[role.Name] || r.roles[role.Name] != nil {
			names = append(names, role.Name)
		}
		seen[role.Name] = true
	}
	if names == nil {
		return nil
	}
	slices.Sort(names)
	return faultf(ErrCollision, "collision(s) in new names - %s", strings.Join(slices.Compact(names), ", "))
}

// SetProperty gives a property of every role named a new value, JSON text, or
// removes it if value is nil: of all of them or of none. Errors to match:
// [ErrNoRole]; [ErrUsage] for executable and created, which do not change, and
// for what is not JSON; [ErrBusy].
func (h *Home) SetProperty(property string, value json.RawMessage, roles ...string) error {
	check := value
	if value == nil {
		check = json.RawMessage("null")
	}
	if err := checkProperties(map[string]json.RawMessage{property: check}); err != nil {
		return err
	}
	return h.update(func(r *record) error {
		for _, name := range roles {
			role, err := h.find(r, name)
			if err != nil {
				return err
			}
			if value == nil {
				delete(role.Properties, property)
				continue
			}
			role.Properties[property] = value
		}
		return nil
	})
}

// Property returns the JSON text of a property, executable and created too.
// Errors to match: [ErrNoRole], [ErrNotSet].
func (h *Home) Property(property, role string) (json.RawMessage, error) {
	r, err := h.Role(role)
	if err != nil {
		return nil, err
	}
	switch property {
	case "executable":
		return plainJSON(r.Executable), nil
	case "created":
		return plainJSON(r.Created.UTC().Format(timeLayout)), nil
	}
	if value, ok := r.Properties[property]; ok {
		return value, nil
	}
	return nil, faultf(ErrNotSet, "%q (%s) is not set", property, role)
}

func checkProperties(properties map[string]json.RawMessage) error {
	for name, value := range properties {
		switch {
		case name == "executable", name == "created":
			return faultf(ErrUsage, "property %q cannot be changed", name)
		case name == "":
			return faultf(ErrUsage, "a property needs a name")
		case !json.Valid(value):
			return faultf(ErrUsage, "value of property %q is not JSON", name)
		}
	}
	return nil
}
