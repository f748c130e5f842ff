package deploy

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ansar-go/ansar/internal/home"
)

// SnapshotInput is what a plan of a snapshot is made from.
type SnapshotInput struct {
	Home   *home.Home
	Roles  []Role
	Target string // a folder, there or not

	// Text returns the settings or the input of a role, as it may be shown, or
	// nil if it has none.
	Text func(ctx context.Context, area home.Area, role string) ([]byte, error)
}

// snapshot makes plans of snapshots.
type snapshot struct {
	SnapshotInput
	crew  *crew
	equal known
}

// NewSnapshot returns what draws plans of snapshots: of the settings, inputs,
// models and resources of a home, in the layout that a deployment reads. What the
// target has and the home has not is removed, in these folders alone.
//
// A role must not change its model while that is copied: it is touched.
func NewSnapshot(in SnapshotInput) (Drawer, error) {
	target, err := filepath.Abs(in.Target)
	if err != nil {
		return nil, cannot("find", in.Target, err)
	}
	if info, err := os.Stat(target); err == nil && !info.IsDir() {
		return nil, errors.New("snapshot folder \"" + in.Target + "\" is not a folder")
	}
	in.Target = target
	s := &snapshot{in, newCrew(in.Roles), known{}}
	for _, f := range folders {
		if err := apart("snapshot", filepath.Join(target, f), in.Home.Root(), in.Home.Dir(home.Model), in.Home.Dir(home.Resource)); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *snapshot) theHome() *home.Home { return s.Home }
func (s *snapshot) nothing() string     { return "Nothing to snapshot" }

func (s *snapshot) places() (locked, littered []string) {
	locked, littered = []string{s.Home.Root()}, []string{s.Home.Dir(home.Tmp)}
	if isFolder(s.Target) {
		locked = append(locked, s.Target)
	}
	for _, f := range folders {
		littered = append(littered, filepath.Join(s.Target, f))
	}
	return locked, littered
}

// Draw implements [Drawer].
func (s *snapshot) Draw(ctx context.Context) (*Plan, error) {
	d := &drawing{drawer: &drawer{crew: s.crew}, plan: &Plan{schemas: map[string][]byte{}, base: s.Target}, touched: map[string]bool{}}
	models := map[string]bool{}
	for role := range s.crew.executables {
		models[role] = true
	}
	if err := s.area(ctx, d, home.Resource, resourceFolder, s.crew.players, nil); err != nil {
		return nil, err
	}
	players := map[string][]string{}
	for role := range models {
		players[role] = []string{role}
	}
	if err := s.area(ctx, d, home.Model, modelFolder, players, players); err != nil {
		return nil, err
	}
	for _, a := range []struct {
		area   home.Area
		folder string
	}{{home.Settings, settingsFolder}, {home.Input, inputFolder}} {
		if err := s.texts(ctx, d, a.area, a.folder); err != nil {
			return nil, err
		}
	}
	return d.plan, nil
}

// area compares the folders of roles or executables with those of the target.
// Each of the owners has one there, be it empty.
func (s *snapshot) area(ctx context.Context, d *drawing, area home.Area, folder string, owners, touched map[string][]string) error {
	part := &Part{Name: folder, Source: s.Home.Dir(area), Target: filepath.Join(s.Target, folder), players: touched, reading: true}
	source, err := scan(ctx, part.Source, false)
	if err != nil {
		return err
	}
	for name := range source.tree {
		if owners[topRole(topName(name))] == nil && owners[topName(name)] == nil {
			delete(source.tree, name)
		}
	}
	for owner := range owners {
		if source.tree[owner].Kind != Folder {
			source.tree[owner] = Node{Kind: Folder, Mode: 0o700}
		}
	}
	for _, name := range source.skipped {
		if _, ours := source.tree[name]; ours {
			d.plan.Warnings = append(d.plan.Warnings, "Cannot snapshot \""+string(area)+"/"+name+"\" (not a file, a folder or a link)")
		}
	}
	if err := s.equal.compare(ctx, part, source, true); err != nil {
		return err
	}
	d.keep(part)
	if n, _ := part.deltas(); n > 0 {
		d.found("Detected %d %s changes (%d associated roles)", n, area, s.associated(part, owners))
	}
	return nil
}

// associated counts the roles that changes are of.
func (s *snapshot) associated(part *Part, owners map[string][]string) int {
	roles := map[string]bool{}
	for i := range part.Changes {
		for _, role := range owners[topName(part.Changes[i].Path)] {
			roles[role] = true
		}
	}
	return len(roles)
}

// texts compares settings or inputs with the files of the target.
func (s *snapshot) texts(ctx context.Context, d *drawing, area home.Area, folder string) error {
	wanted := map[string]bool{}
	before := len(d.plan.copies)
	for _, role := range s.Roles {
		data, err := s.Text(ctx, area, role.Name)
		if err != nil {
			return err
		}
		if data == nil {
			continue
		}
		c := &textCopy{name: folder + "/" + role.Name + ".json", path: filepath.Join(s.Target, folder, role.Name+".json"), data: data}
		wanted[filepath.Base(c.path)] = true
		if c.from, err = s.Home.Path(area, role.Name); err != nil {
			return err
		}
		now, err := os.ReadFile(c.path)
		if err == nil && string(now) == string(data) {
			continue
		}
		c.there = err == nil
		d.plan.copies = append(d.plan.copies, c)
	}
	entries, err := os.ReadDir(filepath.Join(s.Target, folder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return cannot("read", filepath.Join(s.Target, folder), err)
	}
	for _, e := range entries {
		if !wanted[e.Name()] && !strings.HasPrefix(e.Name(), ".") {
			path := filepath.Join(s.Target, folder, e.Name())
			d.plan.copies = append(d.plan.copies, &textCopy{name: folder + "/" + e.Name(), path: path, there: true})
		}
	}
	if n := len(d.plan.copies) - before; n > 0 {
		d.found("Detected %d %s changes (%d associated roles)", n, area, n)
	}
	slices.SortFunc(d.plan.copies[before:], func(a, b *textCopy) int { return strings.Compare(a.name, b.name) })
	return nil
}
