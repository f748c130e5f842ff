package home

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"
)

// Whatever the order of commands, the home has the roles of a simple map.
func TestCommandsInAnyOrder(t *testing.T) {
	root, err := os.MkdirTemp("/dev/shm", "ansar-home-test") // thousands of fsyncs, and none of them matters here
	if err != nil {
		root = t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	rapid.Check(t, func(t *rapid.T) {
		h, err := Create(filepath.Join(root, newUUID()), nil)
		if err != nil {
			t.Fatal(err)
		}
		m := &twin{h: h, settings: map[string]string{}, held: map[string]*Lock{}}
		defer m.releaseAll()
		t.Repeat(rapid.StateMachineActions(m))
	})
}

// twin is a home and what should be in it. Each method that takes a *rapid.T
// does a command to both.
type twin struct {
	h        *Home
	settings map[string]string // of each role, "" if none are stored
	held     map[string]*Lock
}

var someRole = rapid.SampledFrom([]string{"a", "a-1", "b", "a-b"})

// draw picks a role, and says whether it exists and whether it runs.
func (m *twin) draw(t *rapid.T) (name string, exists, runs bool) {
	name = someRole.Draw(t, "name")
	_, exists = m.settings[name]
	return name, exists, m.held[name] != nil
}

func (m *twin) Add(t *rapid.T) {
	name, exists, _ := m.draw(t)
	role := NewRole{Role: Role{Name: name, Executable: "x"}}
	settings := rapid.SampledFrom([]string{"", "1", "2"}).Draw(t, "settings")
	if settings != "" {
		role.Settings = []byte(settings)
	}
	err := m.h.Add(role)
	if errors.Is(err, ErrCollision) != exists || err != nil && !exists {
		t.Fatalf("add %s, exists %v: %v", name, exists, err)
	}
	if !exists {
		m.settings[name] = settings
	}
}

func (m *twin) Store(t *rapid.T) {
	name, exists, _ := m.draw(t)
	if err := m.h.Store(Settings, name, []byte("3")); (err == nil) != exists {
		t.Fatalf("store %s, exists %v: %v", name, exists, err)
	}
	if exists {
		m.settings[name] = "3"
	}
}

func (m *twin) Delete(t *rapid.T) {
	name, exists, runs := m.draw(t)
	if err := m.h.Delete(name); (err == nil) != (exists && !runs) {
		t.Fatalf("delete %s, exists %v, runs %v: %v", name, exists, runs, err)
	}
	if exists && !runs {
		delete(m.settings, name)
	}
}

func (m *twin) Start(t *rapid.T) {
	name, exists, runs := m.draw(t)
	lock, err := m.h.Acquire(name)
	if (err == nil) != (exists && !runs) {
		t.Fatalf("start %s, exists %v, runs %v: %v", name, exists, runs, err)
	}
	if err == nil {
		m.held[name] = lock
	}
}

func (m *twin) Stop(t *rapid.T) {
	if name, _, runs := m.draw(t); runs {
		m.held[name].Release()
		delete(m.held, name)
	}
}

// Check compares the two after every command.
func (m *twin) Check(t *rapid.T) {
	roles, err := m.h.Roles()
	if err != nil || len(roles) != len(m.settings) {
		t.Fatalf("roles are %q, %v; want %v", namesOf(roles), err, m.settings)
	}
	for _, role := range roles {
		settings, err := m.h.Load(Settings, role.Name)
		if err != nil && !absent(err) || string(settings) != m.settings[role.Name] {
			t.Fatalf("settings of %s are %q, %v; want %q", role.Name, settings, err, m.settings[role.Name])
		}
		holder, err := m.h.Holder(role.Name)
		if err != nil || (holder != nil) != (m.held[role.Name] != nil) {
			t.Fatalf("holder of %s is %v, %v", role.Name, holder, err)
		}
	}
}

func (m *twin) releaseAll() {
	for _, lock := range m.held {
		lock.Release()
	}
}
