package deploy

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// move brings what is staged to its place, and says in k what that replaced.
func (s *stage) move(k *Kept, p *place) error {
	if s.made {
		k.add(&kept{roles: s.part.roles, target: s.part.Target, undo: undoAdd})
		k.folders[filepath.Dir(s.part.Target)] = true
	}
	for i := range s.part.Changes {
		c := &s.part.Changes[i]
		if c.Inside || c.Op == Chmod && c.New.Kind == Folder {
			continue
		}
		if err := s.moveOne(c, k, p); err != nil {
			return err
		}
	}
	for _, c := range slices.Backward(s.part.Changes) { // of folders last, inner ones first: they may forbid the rest
		if c.Op == Chmod && c.New.Kind == Folder {
			if err := s.chmod(&c, k); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *stage) moveOne(c *Change, k *Kept, p *place) error {
	target := s.part.target(c.Path)
	if c.Op == Chmod {
		return s.chmod(c, k)
	}
	k.folders[s.part.target(path.Dir(c.Path))] = true
	e := &kept{roles: s.part.users(c), target: target}
	var err error
	switch c.Op {
	case Add:
		e.undo = undoAdd
		if err = rename(s.aliases[c.Path], target); err != nil {
			err = cannot("write", target, err)
		}
	case Update:
		e.undo = undoReplace
		e.old, err = p.replace(s.aliases[c.Path], target)
	case Remove:
		e.undo = undoRemove
		e.old, err = p.keep(target)
	}
	if errors.Is(err, fs.ErrNotExist) && c.Op == Remove {
		return nil // gone by itself
	}
	if err == nil {
		k.add(e)
	}
	return err
}

func (s *stage) chmod(c *Change, k *Kept) error {
	target := s.part.target(c.Path)
	if err := os.Chmod(target, c.New.Mode); err != nil {
		return cannot("change the mode of", target, err)
	}
	delete(s.opened, target)
	k.add(&kept{roles: s.part.users(c), target: target, mode: c.Old.Mode, undo: undoMode})
	return nil
}
