package deploy

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ansar-go/ansar/internal/home"
)

// drawing is a plan in the making.
type drawing struct {
	*drawer
	plan    *Plan
	touched map[string]bool
	fresh   []string // roles whose executable changes
}

func (d *drawing) found(format string, args ...any) {
	d.plan.Found = append(d.plan.Found, fmt.Sprintf(format, args...))
}

func (d *drawing) warn(name, why string) {
	d.plan.Warnings = append(d.plan.Warnings, fmt.Sprintf("Cannot deploy %q (%s)", name, why))
}

// touch counts those of the roles that nothing has touched so far.
func (d *drawing) touch(roles ...string) (added int) {
	for _, role := range roles {
		if !d.touched[role] {
			d.touched[role] = true
			added++
		}
	}
	return added
}

// build compares the build with bin.
func (d *drawing) build(ctx context.Context) error {
	if d.Build == "" {
		return nil
	}
	part := &Part{Name: "bin", Source: d.Build, Target: d.Home.Dir(home.Bin), players: d.crew.players, shared: true}
	if realPath(part.Source) == realPath(part.Target) {
		return nil
	}
	source, err := d.part(ctx, part, false, true)
	if err != nil {
		return err
	}
	for _, name := range source.skipped {
		d.warn(name, "not a file, a folder or a link to one")
	}
	for i := range part.Changes {
		name := topName(part.Changes[i].Path)
		if slices.Contains(d.plan.Executables, name) {
			continue
		}
		d.plan.Executables = append(d.plan.Executables, name)
		if players := d.crew.players[name]; len(players) > 0 {
			schema, err := d.Checker.Program(ctx, name, part.source(name))
			if err != nil {
				return err
			}
			d.plan.schemas[name] = schema
			d.fresh = append(d.fresh, players...)
		}
	}
	d.keep(part)
	if n := len(d.plan.Executables); n > 0 {
		d.found("Detected %d changing executables (added %d associated roles)", n, d.touch(d.fresh...))
	}
	return nil
}

func (d *drawing) keep(part *Part) {
	if len(part.Changes)+len(part.leftover) > 0 {
		d.plan.Parts = append(d.plan.Parts, part)
	}
}

// snapshot compares the folders of a snapshot with those of the roles.
func (d *drawing) snapshot(ctx context.Context) error {
	if d.Snapshot == "" {
		return nil
	}
	materials := map[string]*Material{} // by path in the home
	for _, folder := range folders {
		entries, err := os.ReadDir(filepath.Join(d.Snapshot, folder))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return cannot("read", filepath.Join(d.Snapshot, folder), err)
		}
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), ".") {
				continue
			}
			if err := d.entry(ctx, folder, e.Name(), materials); err != nil {
				return err
			}
		}
	}
	d.strangers()
	return d.texts(ctx, materials)
}

// strangers warns of folders that look like those of a snapshot.
func (d *drawing) strangers() {
	entries, _ := os.ReadDir(d.Snapshot) // it was read before
	for _, e := range entries {
		if e.IsDir() && strings.Contains(e.Name(), "-by-") && !slices.Contains(folders, e.Name()) {
			d.warn(e.Name(), "not a folder of a snapshot")
		}
	}
}

// entry looks at one file or folder, which is for one role or executable.
func (d *drawing) entry(ctx context.Context, folder, name string, materials map[string]*Material) error {
	path, shown := filepath.Join(d.Snapshot, folder, name), folder+"/"+name
	area, owner, roles, ok := d.crew.target(folder, name)
	if !ok && folder == resourceFolder {
		ok = d.binary(name)
	}
	if !ok {
		d.warn(shown, "target not found")
		return nil
	}
	info, err := os.Stat(path)
	file := folder == settingsFolder || folder == inputFolder
	switch {
	case err != nil && broken(err):
		d.warn(shown, "the link leads nowhere")
		return nil
	case err != nil:
		return cannot("read", path, err)
	case file && !info.Mode().IsRegular():
		d.warn(shown, "not a file")
		return nil
	case !file && !info.IsDir():
		d.warn(shown, "not a folder")
		return nil
	}
	if area == home.Settings || area == home.Input {
		return d.material(area, owner, path, materials)
	}
	return d.mirror(ctx, &Part{Source: path, owner: owner, roles: roles, shared: area == home.Resource}, area, shown)
}

// binary reports whether bin has an executable, or gets it.
func (d *drawing) binary(name string) bool {
	_, err := d.Home.Lookup(name)
	return err == nil || slices.Contains(d.plan.Executables, name)
}

// mirror compares a folder with that of a role or executable.
func (d *drawing) mirror(ctx context.Context, part *Part, area home.Area, shown string) error {
	target, err := d.Home.Path(area, part.owner)
	if err != nil {
		return err
	}
	part.Name, part.Target = string(area)+"/"+part.owner, target
	source, err := d.part(ctx, part, true, false)
	if err != nil {
		return err
	}
	for _, name := range source.skipped {
		d.warn(shown+"/"+name, "not a file, a folder or a link")
	}
	d.keep(part)
	n, _ := part.deltas()
	switch {
	case n == 0:
	case area == home.Resource:
		d.found("Detected %d resource changes for %q (added %d associated roles)", n, part.owner, d.touch(part.roles...))
	default:
		d.touch(part.roles...)
		d.found("Detected %d model changes for %q", n, part.owner)
	}
	return nil
}
