package deploy

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ansar-go/ansar/internal/home"
)

// TransferOptions adjust [Plan.Transfer]. A nil *TransferOptions means the
// defaults.
type TransferOptions struct {
	// Log is told each step. If nil, nobody is.
	Log func(format string, args ...any)

	// Copied is told how many bytes were copied, by several goroutines. If nil,
	// nobody is.
	Copied func(n int64)
}

func (o *TransferOptions) log(format string, args ...any) {
	if o != nil && o.Log != nil {
		o.Log(format, args...)
	}
}

func (o *TransferOptions) copied() func(int64) {
	if o == nil || o.Copied == nil {
		return func(int64) {}
	}
	return o.Copied
}

// Transfer does what the plan says. New files are made beside their places
// first, all of them; then each takes its place at once. Roles of the plan must
// not run meanwhile, save that nobody minds a running executable.
//
// After an error, which may be that of ctx, everything is as before, as far as
// that can be; the error says what is not. After a kill each file is the old or
// the new one, and the next plan is about the rest.
func (p *Plan) Transfer(ctx context.Context, h *home.Home, o *TransferOptions) (*Kept, error) {
	k := &Kept{folders: map[string]bool{}}
	stages := make([]*stage, len(p.Parts))
	for i, part := range p.Parts {
		stages[i] = &stage{part: part, aliases: map[string]string{}, opened: map[string]fs.FileMode{}}
	}
	err := p.copy(ctx, stages, o)
	if err == nil {
		err = p.move(ctx, h, stages, k, o)
	} else {
		for _, s := range stages {
			err = joined(err, s.discard())
			if s.made {
				_ = os.Remove(s.part.Target) // still empty, or what is in it is not ours
			}
		}
	}
	if err == nil {
		return k, nil
	}
	if undone := k.Revert(); undone != nil {
		err = fmt.Errorf("%w; and not everything could be put back: %w", err, undone)
	}
	return nil, joined(err, k.Done())
}

// copy makes all new files.
func (p *Plan) copy(ctx context.Context, stages []*stage, o *TransferOptions) error {
	if p.base != "" {
		if err := os.MkdirAll(p.base, 0o777); err != nil { // the user's umask decides
			return cannot("create", p.base, err)
		}
	}
	var jobs []job
	for _, s := range stages {
		if n, _ := s.part.deltas(); n > 0 {
			o.log("File transfer (%d deltas) to %s", n, s.part.Target)
		}
		more, err := s.prepare()
		if err != nil {
			return err
		}
		jobs = append(jobs, more...)
	}
	if err := copyAll(ctx, jobs, o.copied()); err != nil {
		return err
	}
	for _, s := range stages {
		if err := s.complete(); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// move brings all to its place. What a program declares is forgotten before the
// program is replaced, so that a kill in between leaves nothing that is wrong.
func (p *Plan) move(ctx context.Context, h *home.Home, stages []*stage, k *Kept, o *TransferOptions) error {
	err := p.forget(h, k)
	for _, s := range stages {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = s.transfer(k, o)
		}
		err = joined(err, s.discard())
	}
	if err = joined(err, k.sync()); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(p.schemas)) {
		if p.schemas[name] == nil {
			continue
		}
		if err := h.Store(home.Schema, name, p.schemas[name]); err != nil {
			return err
		}
	}
	for _, c := range p.copies {
		if err := c.write(k); err != nil {
			return err
		}
	}
	for _, text := range p.Texts {
		if err := ctx.Err(); err != nil {
			return err
		}
		o.log("Store %s of %q from %s", text.Area, text.Role, strings.Join(text.From, ", "))
		if err := k.store(h, text.Area, text.Role, text.Data, text.Role); err != nil {
			return err
		}
	}
	return nil
}

// forget removes what the home knows of programs that are replaced.
func (p *Plan) forget(h *home.Home, k *Kept) error {
	for _, name := range p.Executables {
		if _, err := h.Load(home.Schema, name); err != nil {
			continue // there is nothing, or what there is cannot be a program
		}
		if err := k.store(h, home.Schema, name, nil, p.Parts[0].players[name]...); err != nil { // bin comes first
			return err
		}
	}
	return nil
}

// transfer brings one part to its place.
func (s *stage) transfer(k *Kept, o *TransferOptions) error {
	p := &place{folder: s.part.keptFolder()}
	k.places = append(k.places, p)
	all, moved := s.part.deltas()
	if all > 0 {
		o.log("Move %d aliases to targets", moved)
		if err := s.move(k, p); err != nil {
			return err
		}
	}
	o.log("Clear %d aliases", len(s.part.leftover))
	for _, name := range s.part.leftover {
		if err := removeAll(s.part.target(name)); err != nil {
			return err
		}
	}
	if all > 0 {
		o.log("Completed transfer to \"%s\"", s.part.Target)
	}
	return nil
}

// store replaces a stored file of the home, or removes it if data is nil.
func (k *Kept) store(h *home.Home, area home.Area, name string, data []byte, roles ...string) error {
	path, err := h.Path(area, name)
	if err != nil {
		return err
	}
	before, err := h.Load(area, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	absent := err != nil
	put := func(data []byte, none bool) error {
		if !none {
			return h.Store(area, name, data)
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return cannot("remove", path, err)
		}
		return nil
	}
	if err := put(data, data == nil); err != nil {
		return err
	}
	k.add(&kept{roles: roles, target: path, undo: func(*kept) error { return put(before, absent) }})
	return nil
}

// clearFolders removes what a deployment that was killed has left directly in
// folders: what it had replaced. Nobody else may be deploying.
func clearFolders(folders ...string) error {
	var errs []error
	for _, folder := range folders {
		entries, err := os.ReadDir(folder)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return cannot("read", folder, err)
		}
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), aliasPrefix) || strings.HasPrefix(e.Name(), keptPrefix) {
				errs = append(errs, removeAll(filepath.Join(folder, e.Name())))
			}
		}
	}
	return joined(errs...)
}
