package home

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Delete removes roles and all that a home keeps for them and for their
// sub-roles: settings, input, model, tmp, logs, history and lock, wherever these
// areas are. Symbolic links are removed and not followed.
//
// A role is gone when home.json names it no more, which is the last step: after
// an error, or a kill, the roles are still listed and Delete can be repeated.
//
// The caller may have reserved the roles; a reservation of another command is an
// error.
//
// Errors to match: [ErrNoRole] and [ErrLocked], both before anything is
// removed; [ErrBusy].
func (h *Home) Delete(roles ...string) error {
	if len(roles) == 0 {
		return nil
	}
	r, err := readRecord(h.root)
	if err != nil {
		return err
	}
	for _, name := range roles {
		if _, err := h.find(r, name); err != nil {
			return err
		}
	}
	for _, area := range Areas() {
		if err := h.checkLink(area); err != nil {
			return err
		}
	}
	locks, err := h.lockAll(roles)
	if err != nil {
		return err
	}
	defer locks.release()
	for _, area := range []Area{Model, Tmp, Logs, History} {
		if err := h.clear(area, roles); err != nil {
			return err
		}
	}
	err = h.update(func(r *record) error {
		for _, area := range []Area{Settings, Input} {
			if err := h.clear(area, roles); err != nil {
				return err
			}
		}
		for _, name := range roles {
			delete(r.roles, name)
		}
		return nil
	})
	if err == nil {
		locks.remove()
	}
	return err
}

// checkLink refuses an area that somebody has made a symbolic link: what is
// behind it was not made by the home.
func (h *Home) checkLink(area Area) error {
	dir := h.Dir(area)
	info, err := os.Lstat(dir)
	if err == nil && info.Mode().Type() == fs.ModeSymlink && !area.byExecutable() {
		return fmt.Errorf("remove from %q: it is a symbolic link that no redirect made", dir)
	}
	return nil
}

// clear removes what an area keeps for the roles and their sub-roles.
func (h *Home) clear(area Area, roles []string) error {
	names, err := h.kept(area, roles)
	if err != nil {
		return err
	}
	for _, name := range names {
		path := filepath.Join(h.Dir(area), name)
		if err := os.RemoveAll(path); err != nil {
			return cannot("remove", path, err)
		}
	}
	return nil
}

// kept returns the file names in an area that belong to the roles or their
// sub-roles.
func (h *Home) kept(area Area, roles []string) ([]string, error) {
	entries, err := os.ReadDir(h.Dir(area))
	if absent(err) {
		return nil, notHome(h.root)
	}
	if err != nil {
		return nil, cannot("read", h.Dir(area), err)
	}
	owners := map[string]bool{}
	for _, role := range roles {
		owners[role] = true
	}
	var names []string
	for _, e := range entries {
		stem, ok := strings.CutSuffix(e.Name(), area.extension())
		if ok && slices.ContainsFunc(lineage(stem), func(name string) bool { return owners[name] }) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// heldLocks keep roles from starting while they are removed.
type heldLocks []*fileLock

func (l heldLocks) release() {
	for _, file := range l {
		if isChange(filepath.Base(file.path)) && file.current() {
			_ = os.Remove(file.path) // made for this moment
		}
		file.blank()
		file.close()
	}
}

// remove removes the lock files, while they are still held.
func (l heldLocks) remove() {
	for _, file := range l {
		if file.current() {
			_ = os.Remove(file.path)
		}
	}
}

// lockAll takes the locks of the roles and of their sub-roles, or none. What the
// caller has reserved stays so.
func (h *Home) lockAll(roles []string) (heldLocks, error) {
	names, err := h.kept(Locks, roles)
	if err != nil {
		return nil, err
	}
	for _, role := range roles { // one that never ran has no lock file yet
		names = append(names, role)
		if topRole(role) == role {
			names = append(names, role+changeSuffix)
		}
	}
	slices.Sort(names)
	var locks heldLocks
	var pids []string
	for _, name := range slices.Compact(names) {
		path := filepath.Join(h.Dir(Locks), name)
		file, err := h.take(path, name)
		var locked *LockedError
		switch {
		case errors.As(err, &locked) && isChange(name):
			if locked.Holder.PID != os.Getpid() { // otherwise the caller has the reservation
				locks.release()
				return nil, h.busyRole(strings.TrimSuffix(name, changeSuffix), path)
			}
		case errors.As(err, &locked):
			pids = append(pids, fmt.Sprintf("%s (%v)", lockedName(name), &locked.Holder))
		case err != nil:
			locks.release()
			return nil, err
		default:
			file.sign()
			locks = append(locks, file)
		}
	}
	if pids != nil {
		locks.release()
		return nil, faultf(ErrLocked, "currently running - %s: stop them first", strings.Join(pids, ", "))
	}
	return locks, nil
}
