package deploy

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ansar-go/ansar/internal/home"
)

// Input is what a plan is made from.
type Input struct {
	Home     *home.Home
	Roles    []Role
	Build    string // a folder; empty: none
	Snapshot string // a folder; empty: none
	Checker  Checker
}

// Checker knows what the programs of a home take. It changes nothing.
type Checker interface {
	// Program checks the file that an executable with roles is about to be
	// replaced by, and returns what it declares; nil if it declares nothing. What
	// is checked later is checked against it.
	Program(ctx context.Context, executable, path string) ([]byte, error)

	// Text returns what a file of settings or input becomes, or nil if it stays
	// as it is.
	Text(ctx context.Context, m *Material) ([]byte, error)

	// Fits checks what the home has for a role whose executable is replaced, and
	// which gets no new settings. The error becomes a warning.
	Fits(ctx context.Context, role string) error
}

// Material is what a snapshot has for the settings or the input of a role.
type Material struct {
	Area   home.Area // Settings or Input
	Role   string
	File   *Content  // nil: there is none
	Values []Content // fields of it, which win over the file
}

// Content is a file of a snapshot.
type Content struct {
	Name string // of the file
	Path string // of the file
	Data []byte
}

// drawer makes plans of deployments.
type drawer struct {
	Input
	crew  *crew
	equal known
}

// NewDeploy returns what draws plans of deployments. An input that can be none is
// an error.
func NewDeploy(in Input) (Drawer, error) {
	d := &drawer{Input: in, crew: newCrew(in.Roles), equal: known{}}
	for _, f := range []struct {
		path *string
		what string
	}{{&d.Build, "build"}, {&d.Snapshot, "snapshot"}} {
		if *f.path == "" {
			continue
		}
		absolute, err := folderOf(f.what, *f.path)
		if err != nil {
			return nil, err
		}
		*f.path = absolute
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	return d, nil
}

func (d *drawer) theHome() *home.Home { return d.Home }
func (d *drawer) nothing() string     { return "Nothing to deploy" }

func (d *drawer) places() (locked, littered []string) {
	bin, resource := d.Home.Dir(home.Bin), d.Home.Dir(home.Resource)
	return []string{d.Home.Root(), bin, resource}, []string{bin, resource, d.Home.Dir(home.Model), d.Home.Dir(home.Tmp)}
}

// folderOf returns the absolute path of a folder that must be there.
func folderOf(what, path string) (string, error) {
	info, err := os.Stat(path)
	switch {
	case os.IsNotExist(err):
		return "", fmt.Errorf("%s folder %q does not exist", what, path)
	case err != nil:
		return "", cannot("read", path, err)
	case !info.IsDir():
		return "", fmt.Errorf("%s folder %q is not a folder", what, path)
	}
	return filepath.Abs(path)
}

// check refuses folders that contain what they are to feed, or the other way
// round, and those that were taken for each other.
func (d *drawer) check() error {
	if d.Build != "" {
		if slices.ContainsFunc(folders, func(f string) bool { return isFolder(filepath.Join(d.Build, f)) }) {
			return fmt.Errorf("build folder %q is a snapshot: give it as --snapshot-path", d.Build)
		}
		if err := apart("build", d.Build, d.Home.Root(), d.Home.Dir(home.Bin)); err != nil {
			return err
		}
	}
	if d.Snapshot == "" {
		return nil
	}
	entries, err := os.ReadDir(d.Snapshot)
	if err != nil {
		return cannot("read", d.Snapshot, err)
	}
	known := func(e os.DirEntry) bool { return slices.Contains(folders, e.Name()) }
	if len(entries) > 0 && !slices.ContainsFunc(entries, known) {
		return fmt.Errorf("snapshot folder %q has none of %s: is it a build folder?", d.Snapshot, strings.Join(folders, ", "))
	}
	for _, f := range folders {
		if err := apart("snapshot", filepath.Join(d.Snapshot, f), d.Home.Root(), d.Home.Dir(home.Model), d.Home.Dir(home.Resource)); err != nil {
			return err
		}
	}
	return nil
}

// apart refuses a folder that contains one of others, or lies within one. The
// same folder is nothing to do.
func apart(what, path string, others ...string) error {
	real := realPath(path)
	if slices.ContainsFunc(others, func(other string) bool { return realPath(other) == real }) {
		return nil
	}
	for _, other := range others {
		other = realPath(other)
		switch {
		case within(real, other):
			return fmt.Errorf("%s folder %q contains the home: give one beside it", what, path)
		case within(other, real):
			return fmt.Errorf("%s folder %q is inside of the home: give one beside it", what, path)
		}
	}
	return nil
}

// realPath returns a path without links; of what is not there yet, the path.
func realPath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// Draw implements [Drawer].
func (d *drawer) Draw(ctx context.Context) (*Plan, error) {
	p := &drawing{drawer: d, plan: &Plan{schemas: map[string][]byte{}}, touched: map[string]bool{}}
	if err := p.build(ctx); err != nil {
		return nil, err
	}
	if err := p.snapshot(ctx); err != nil {
		return nil, err
	}
	p.unchanged(ctx)
	return p.plan, nil
}

// part compares two folders.
func (d *drawer) part(ctx context.Context, part *Part, mirror, follow bool) (*scanner, error) {
	source, err := scan(ctx, part.Source, follow)
	if err != nil {
		return nil, err
	}
	return source, d.equal.compare(ctx, part, source, mirror)
}

// known is what is known of files that differ in their time: whether they have
// the same content.
type known map[pair]bool

// pair is two files, as they are.
type pair struct {
	source, target         string
	sourceTime, targetTime int64
}

// compare finds what makes the target of a part like its source.
func (k known) compare(ctx context.Context, part *Part, source *scanner, mirror bool) error {
	target, err := scan(ctx, part.Target, false)
	if err != nil {
		return err
	}
	part.leftover = target.leftover
	part.Changes, err = compare(source.tree, target.tree, mirror, func(name string) (bool, error) {
		key := pair{part.source(name), part.target(name), source.tree[name].Time.UnixNano(), target.tree[name].Time.UnixNano()}
		if equal, known := k[key]; known {
			return equal, nil
		}
		equal, err := sameContent(ctx, key.source, key.target)
		if err == nil {
			k[key] = equal
		}
		return equal, err
	})
	return err
}
