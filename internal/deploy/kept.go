package deploy

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// kept is what a change has replaced, and how it is put back.
type kept struct {
	roles  []string // whose files these are
	target string
	old    string // where the replaced file or folder is; empty: there was none
	mode   fs.FileMode
	undo   func(*kept) error
}

// place is where replaced files of one part go: a hidden folder of the area, so
// that no role sees them in a folder of its own.
type place struct {
	folder string
	made   bool
}

// name returns a new name in the place.
func (p *place) name() (string, error) {
	if !p.made {
		if err := os.Mkdir(p.folder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return "", cannot("create", p.folder, err)
		}
		p.made = true
	}
	return filepath.Join(p.folder, random()), nil
}

// keep moves a name out of the way.
func (p *place) keep(target string) (string, error) {
	name, err := p.name()
	if err != nil {
		return "", err
	}
	err = rename(target, name)
	if errors.Is(err, syscall.EXDEV) { // something is mounted in between
		name = filepath.Join(filepath.Dir(target), keptPrefix+random())
		err = rename(target, name)
	}
	if err != nil {
		return "", cannot("replace", target, err)
	}
	return name, nil
}

// rename moves a name. A folder that may not be written is made writable for
// that: its entry for the folder above changes.
func rename(from, to string) error {
	err := os.Rename(from, to)
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	info, statErr := os.Lstat(from)
	if statErr != nil || !info.IsDir() || os.Chmod(from, info.Mode().Perm()|0o700) != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		_ = os.Chmod(from, info.Mode().Perm()) // the rename says what is wrong
		return err
	}
	return os.Chmod(to, info.Mode().Perm())
}

// replace puts alias in the place of target, at once, and keeps that. Where the
// system cannot swap names, a file is still replaced at once; between two kinds
// there is a moment without either.
func (p *place) replace(alias, target string) (string, error) {
	err := swap(alias, target)
	if err == nil {
		old, err := p.keep(alias)
		if err != nil {
			_ = swap(alias, target) // the first error says what is wrong
		}
		return old, err
	}
	if !errors.Is(err, syscall.ENOSYS) && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) && !errors.Is(err, syscall.EPERM) {
		return "", cannot("replace", target, err)
	}
	if old, err := p.link(target); err == nil {
		if err := os.Rename(alias, target); err == nil {
			return old, nil
		}
	}
	old, err := p.keep(target)
	if err != nil {
		return "", err
	}
	if err := rename(alias, target); err != nil {
		_ = rename(old, target) // the first error says what is wrong
		return "", cannot("replace", target, err)
	}
	return old, nil
}

func (p *place) link(target string) (string, error) {
	name, err := p.name()
	if err != nil {
		return "", err
	}
	return name, os.Link(target, name)
}

// Kept is what a transfer has replaced. It must be given up with [Kept.Done].
type Kept struct {
	entries []*kept
	places  []*place
	folders map[string]bool // whose names have changed
}

func (k *Kept) add(e *kept) { k.entries = append(k.entries, e) }

// Revert puts back what was replaced for any of the roles; without roles,
// everything. It goes on after an error, and returns all of them.
func (k *Kept) Revert(roles ...string) error {
	var errs []error
	var rest []*kept
	for i := len(k.entries) - 1; i >= 0; i-- {
		e := k.entries[i]
		if len(roles) > 0 && !slices.ContainsFunc(e.roles, func(r string) bool { return slices.Contains(roles, r) }) {
			rest = append(rest, e)
			continue
		}
		if err := writable(filepath.Dir(e.target), func() error { return e.undo(e) }); err != nil {
			errs = append(errs, cannot("put back", e.target, err))
		}
	}
	slices.Reverse(rest)
	k.entries = rest
	return joined(append(errs, k.sync())...)
}

// Done removes what was kept.
func (k *Kept) Done() error {
	var errs []error
	for _, e := range k.entries {
		if e.old != "" {
			errs = append(errs, removeAll(e.old))
		}
	}
	for _, p := range k.places {
		if p.made {
			errs = append(errs, removeAll(p.folder))
		}
	}
	k.entries, k.places = nil, nil
	return joined(errs...)
}

func (k *Kept) sync() error {
	var errs []error
	for folder := range k.folders {
		if err := syncFolder(folder); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return joined(errs...)
}

// writable calls do, and once more with the folder made writable if that was
// what stood in the way.
func writable(folder string, do func() error) error {
	err := do()
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	info, statErr := os.Stat(folder)
	if statErr != nil || os.Chmod(folder, info.Mode().Perm()|0o700) != nil {
		return err
	}
	return joined(do(), os.Chmod(folder, info.Mode().Perm()))
}

func undoAdd(e *kept) error { return removeAll(e.target) }

func undoRemove(e *kept) error { return rename(e.old, e.target) }

func undoMode(e *kept) error { return os.Chmod(e.target, e.mode) }

func undoReplace(e *kept) error {
	if err := swap(e.old, e.target); err == nil {
		return removeAll(e.old)
	}
	if err := os.Rename(e.old, e.target); err == nil {
		return nil
	}
	if err := removeAll(e.target); err != nil {
		return err
	}
	return rename(e.old, e.target)
}
