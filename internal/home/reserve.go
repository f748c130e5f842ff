package home

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	// reserveWait is how long a command waits for another that works on the
	// same role.
	reserveWait = 30 * time.Second

	// changeSuffix ends the name of the file that a reservation locks.
	changeSuffix = ".change"

	// keeperSuffix ends the name of the lock of who starts a component again.
	keeperSuffix = ".keeper"
)

// Reservation keeps other commands from changing the state of roles: from
// starting, stopping, changing or removing them. It does not keep anybody from
// reading, and is not the lock that says that a role runs.
//
// It ends with [Reservation.Release] or with the process, however that ends;
// children do not inherit it. Its methods may be called from any goroutine.
type Reservation struct {
	home *Home
	seen os.FileInfo // home.json, when the roles were known to exist

	mu    sync.Mutex           // guards the fields below
	files map[string]*fileLock // nil: there is no space for the file
}

// Reserve reserves roles for a command, all of them or none, in an order that
// keeps two commands from waiting for each other. It waits for commands that
// have reserved one of them, 30 seconds at most or until ctx ends; if ctx has
// ended before, it takes only what is free.
//
// Errors to match: [ErrBusy], which names the process that has the role and its
// command; [ErrNoRole], perhaps because the role was removed during the wait;
// [ErrNotHome]; the error of ctx.
func (h *Home) Reserve(ctx context.Context, command string, roles ...string) (*Reservation, error) {
	roles = slices.Compact(slices.Sorted(slices.Values(roles)))
	limited, cancel := context.WithTimeout(ctx, h.reserveWait)
	defer cancel()
	r := &Reservation{home: h, files: map[string]*fileLock{}}
	text := signature(command)
	for _, role := range roles {
		if err := checkName(role); err != nil {
			r.Release()
			return nil, err
		}
		file, err := h.waitChange(limited, role)
		if err != nil {
			r.Release()
			if ctx.Err() != nil {
				err = ctx.Err()
			}
			return nil, err
		}
		if file != nil {
			file.write(text)
		}
		r.files[role] = file
	}
	if err := r.check(roles); err != nil {
		r.Release()
		return nil, err
	}
	return r, nil
}

// check sees to it that the roles exist, now that nobody can remove them.
func (r *Reservation) check(roles []string) error {
	r.seen = r.home.recordInfo()
	record, err := readRecord(r.home.root)
	if err != nil {
		return err
	}
	if record.id != r.home.id {
		return faultf(ErrNotHome, "home at %q was replaced by another", r.home.root)
	}
	for _, role := range roles {
		if _, err := r.home.find(record, role); err != nil {
			r.seen = nil
			return err
		}
	}
	return nil
}

// Release gives roles back, all that are left if none is named. A role that is
// not reserved is no error. The file stays, empty, unless the role is gone. A
// nil *Reservation has no roles.
func (r *Reservation) Release(roles ...string) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(roles) == 0 {
		for role := range r.files {
			roles = append(roles, role)
		}
	}
	exists := r.exists()
	for _, role := range roles {
		file := r.files[role]
		delete(r.files, role)
		if file == nil {
			continue
		}
		if exists(role) {
			file.blank()
		} else if file.current() {
			_ = os.Remove(file.path) // still ours: removed before anybody else can hold it
		}
		file.close()
	}
}

// Has reports whether all the roles are still reserved.
func (r *Reservation) Has(roles ...string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !slices.ContainsFunc(roles, func(role string) bool { _, ok := r.files[role]; return !ok })
}

// exists tells which roles are still there. It reads home.json only if that has
// changed.
func (r *Reservation) exists() func(role string) bool {
	now := r.home.recordInfo()
	if now != nil && r.seen != nil && os.SameFile(now, r.seen) && now.ModTime().Equal(r.seen.ModTime()) {
		return func(string) bool { return true }
	}
	record, err := readRecord(r.home.root)
	return func(role string) bool {
		if err != nil {
			return !errors.Is(err, ErrNotHome) // of a home that cannot be read all stays as it is
		}
		return record.roles[role] != nil
	}
}

func (h *Home) recordInfo() os.FileInfo {
	info, err := os.Lstat(filepath.Join(h.root, recordName))
	if err != nil {
		return nil
	}
	return info
}

// waitChange locks the file of a role's reservation, and waits for it. Where there
// is no space for the file it is nil: nobody else can have it either, and on a full
// disk roles must be stopped and deleted all the same.
func (h *Home) waitChange(ctx context.Context, role string) (*fileLock, error) {
	path := filepath.Join(h.Dir(Locks), role+changeSuffix)
	for {
		file, err := openLock(path, true)
		switch {
		case absent(err):
			return nil, notHome(h.root)
		case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
			return nil, nil
		case err != nil:
			return nil, cannot("lock", path, err)
		}
		if err := waitLockContext(ctx, file); err != nil {
			if errors.Is(err, errWaited) {
				return nil, h.busyRole(role, path)
			}
			return nil, cannot("lock", path, err)
		}
		if file.current() {
			return file, nil
		}
		file.close() // of a role that was deleted while we waited
	}
}

// busyRole is the error of a role that another command has reserved.
func (h *Home) busyRole(role, path string) error {
	by := "another command"
	if file, err := openLock(path, false); err == nil {
		if holder, err := file.holder(); err == nil && holder != nil {
			by = "process " + holder.String()
		}
		if text, ok := file.read(); ok && text.Command != "" {
			by += fmt.Sprintf(" (%s)", text.Command)
		}
		file.close()
	}
	return faultf(ErrBusy, "role %q is being changed by %s: try again when it has ended", role, by)
}

// isChange and isKeeper tell the lock files beside those of roles. Only roles,
// whose names have no dot, have them.
func isChange(name string) bool { return topRole(name)+changeSuffix == name }
func isKeeper(name string) bool { return topRole(name)+keeperSuffix == name }

// lockedName is what people call the holder of a lock file.
func lockedName(name string) string {
	if isKeeper(name) {
		return "keeper of " + strings.TrimSuffix(name, keeperSuffix)
	}
	return name
}
