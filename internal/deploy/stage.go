package deploy

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"syscall"
)

// stage is a part whose new files lie beside their places, under aliases.
type stage struct {
	part    *Part
	aliases map[string]string      // path of a change: where its new file or folder is
	top     []string               // aliases that are to be moved
	folders []*Change              // new folders, outer ones first
	opened  map[string]fs.FileMode // folders of the target that were made writable, and their modes before
	made    bool                   // the target was not there
}

// job is a file to be copied.
type job struct {
	change      *Change
	path, alias string
}

// prepare makes what is quickly made: the folder itself, new folders, links. It
// returns what there is to copy.
func (s *stage) prepare() ([]job, error) {
	if len(s.part.Changes) == 0 {
		return nil, nil
	}
	err := os.Mkdir(s.part.Target, 0o700)
	if err != nil && !isFolder(s.part.Target) {
		return nil, cannot("create", s.part.Target, err)
	}
	s.made = err == nil
	var jobs []job
	for i := range s.part.Changes {
		c := &s.part.Changes[i]
		if c.Op != Chmod && !c.Inside {
			if err := s.open(path.Dir(c.Path)); err != nil {
				return nil, err
			}
		}
		if c.Op != Add && c.Op != Update {
			continue
		}
		alias := s.alias(c)
		switch c.New.Kind {
		case File:
			jobs = append(jobs, job{c, s.part.source(c.Path), alias})
		case Folder:
			if err := os.Mkdir(alias, 0o700); err != nil {
				return nil, cannot("create", alias, err)
			}
			s.folders = append(s.folders, c)
		case Link:
			if err := os.Symlink(c.New.Dest, alias); err != nil {
				return nil, cannot("link", alias, err)
			}
		}
	}
	return jobs, nil
}

// alias gives a change the place where it is made.
func (s *stage) alias(c *Change) string {
	alias, ok := s.aliases[path.Dir(c.Path)]
	if ok && c.Inside {
		alias = filepath.Join(alias, path.Base(c.Path))
	} else {
		alias = filepath.Join(s.part.target(path.Dir(c.Path)), aliasPrefix+random())
		s.top = append(s.top, alias)
	}
	s.aliases[c.Path] = alias
	return alias
}

// open makes a folder of the target writable, for as long as it is worked in.
func (s *stage) open(folder string) error {
	name := s.part.target(folder)
	if _, ok := s.opened[name]; ok {
		return nil
	}
	info, err := os.Stat(name)
	if err != nil {
		return cannot("write", name, err)
	}
	if mode := info.Mode().Perm(); mode&0o300 != 0o300 {
		if err := os.Chmod(name, mode|0o700); err != nil {
			return cannot("write", name, err)
		}
		s.opened[name] = mode
	}
	return nil
}

// complete gives new folders their modes, once all is in them.
func (s *stage) complete() error {
	for _, c := range slices.Backward(s.folders) {
		alias := s.aliases[c.Path]
		if err := syncFolder(alias); err != nil {
			return err
		}
		if err := os.Chmod(alias, c.New.Mode); err != nil {
			return cannot("write", alias, err)
		}
	}
	return nil
}

// discard removes what was not moved, and closes what was opened.
func (s *stage) discard() error {
	var errs []error
	for _, alias := range s.top {
		errs = append(errs, removeAll(alias))
	}
	for name, mode := range s.opened {
		if err := os.Chmod(name, mode); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, cannot("write", name, err))
		}
	}
	return joined(errs...)
}

// copyAll copies files, several at a time, and stops at the first error.
func copyAll(ctx context.Context, jobs []job, counted func(int64)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	queue := make(chan job)
	var workers sync.WaitGroup
	for range min(len(jobs), max(4, runtime.GOMAXPROCS(0))) {
		workers.Go(func() {
			for j := range queue {
				node, err := copyFile(ctx, j.path, j.alias, counted)
				if err != nil {
					cancel(err)
					return
				}
				j.change.New = node
			}
		})
	}
feed:
	for _, j := range jobs {
		select {
		case queue <- j:
		case <-ctx.Done():
			break feed
		}
	}
	close(queue)
	workers.Wait()
	return context.Cause(ctx)
}

// removeAll removes a name and what is below it, whatever the modes of folders.
func removeAll(name string) error {
	err := os.RemoveAll(name)
	if errors.Is(err, syscall.EACCES) {
		_ = filepath.WalkDir(name, func(path string, d fs.DirEntry, _ error) error {
			if d != nil && d.IsDir() {
				_ = os.Chmod(path, 0o700) // what cannot be removed then is told below
			}
			return nil
		})
		err = os.RemoveAll(name)
	}
	if err != nil && !errors.Is(err, syscall.ENOTDIR) { // then there is no such name either
		return cannot("remove", name, err)
	}
	return nil
}

func random() string {
	b := make([]byte, 8)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
