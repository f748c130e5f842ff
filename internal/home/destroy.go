package home

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Destroy removes the home at path: its areas, the folders that were made for
// redirected ones, home.json, and the folder itself unless somebody put other
// things into it. Shared folders, and whatever a symbolic link leads to, stay.
// Folders that name another home as their own, because this one is a copy, stay
// as well.
//
// home.json goes last: after an error, or a kill, Destroy can be repeated.
//
// Errors to match: [ErrNotHome] if there is no home.json that names a home;
// [ErrDamaged] and [ErrNewer] as for [Open]; [ErrLocked] if a role runs, before
// anything is removed; [ErrBusy].
func Destroy(path string) error {
	root, err := filepath.Abs(path)
	if err != nil {
		return cannot("find", path, err)
	}
	if info, err := os.Lstat(root); err == nil && info.Mode().Type() == fs.ModeSymlink {
		return fmt.Errorf("destroy %q: it is a symbolic link: give the folder that it leads to", root)
	}
	r, err := readRecord(root)
	if errors.Is(err, ErrNotHome) && clearRest(root) {
		return nil
	}
	if err != nil {
		return err
	}
	h := newHome(root, r)
	return h.alone(func(*record) error {
		locks, err := h.lockEverything()
		if err != nil {
			return err
		}
		defer locks.release()
		for _, area := range Areas() {
			if err := h.remove(area); err != nil {
				return err
			}
		}
		sweep(root)
		for _, name := range []string{recordName, lockName} {
			if err := os.Remove(filepath.Join(root, name)); err != nil {
				return cannot("remove", filepath.Join(root, name), err)
			}
		}
		return removeRoot(root)
	})
}

// removeRoot removes the folder of a home, if it is empty.
func removeRoot(root string) error {
	err := os.Remove(root)
	if errors.Is(err, syscall.ENOTEMPTY) || errors.Is(err, syscall.EEXIST) || errors.Is(err, syscall.EBUSY) {
		return nil // holds what is not ours, or is a mount point
	}
	if err != nil {
		return cannot("remove", root, err)
	}
	return nil
}

// clearRest removes what is left of a home where Destroy was killed between
// home.json and the end, or Create at its beginning: home.lock alone. It reports
// whether that was so.
func clearRest(root string) bool {
	if !alone(root) {
		return false
	}
	lock, err := lockHome(root, lockWait, true)
	if err != nil {
		return false
	}
	defer lock.unlock()
	return alone(root) && os.Remove(filepath.Join(root, lockName)) == nil && removeRoot(root) == nil
}

// alone reports whether home.lock is all that there is in a folder.
func alone(root string) bool {
	entries, err := os.ReadDir(root)
	return err == nil && len(entries) == 1 && entries[0].Name() == lockName && entries[0].Type().IsRegular()
}

// lockEverything takes every lock that there is.
func (h *Home) lockEverything() (heldLocks, error) {
	if h.checkLink(Locks) != nil || !isFolder(h.Dir(Locks)) {
		return nil, nil // an earlier Destroy came this far
	}
	r, err := readRecord(h.root)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(h.Dir(Locks))
	if err != nil {
		return nil, cannot("read", h.Dir(Locks), err)
	}
	var names []string
	for name := range r.roles {
		names = append(names, name)
	}
	for _, e := range entries {
		if e.Type().IsRegular() && checkAnyRole(e.Name()) == nil {
			names = append(names, e.Name())
		}
	}
	return h.lockAll(names)
}

// remove removes an area: the folder or link in the home, and the folder that
// was made for it elsewhere.
func (h *Home) remove(area Area) error {
	if target, ok := h.redirects[area]; ok && h.made(area, target) {
		if err := removeMade(target); err != nil {
			return cannot("remove", target, err)
		}
	}
	here := filepath.Join(h.root, string(area))
	if err := os.RemoveAll(here); err != nil {
		return cannot("remove", here, err)
	}
	return nil
}

// removeMade removes a folder that was made for an area. What says so goes last:
// without it, nobody would remove the rest after a kill.
func removeMade(target string) error {
	entries, err := os.ReadDir(target)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() == originName {
			continue
		}
		if err := os.RemoveAll(filepath.Join(target, e.Name())); err != nil {
			return err
		}
	}
	return os.RemoveAll(target)
}

// made reports whether target is the folder that was made for an area of this
// home.
func (h *Home) made(area Area, target string) bool {
	if !area.private() || filepath.Base(target) != "ansar-"+string(area)+"-"+h.id {
		return false
	}
	if info, err := os.Lstat(target); err != nil || !info.IsDir() {
		return false
	}
	if entries, err := os.ReadDir(target); err == nil && len(entries) == 0 {
		return true // as its name says; a Destroy that was killed has emptied it
	}
	text, err := os.ReadFile(filepath.Join(target, originName))
	var o origin
	if err != nil || json.Unmarshal(text, &o) != nil || o.ID != h.id || o.Area != area {
		return false
	}
	if o.Home == h.root {
		return true
	}
	other, err := readRecord(o.Home)
	return err != nil || other.id != h.id // the home was moved; otherwise it was copied
}
