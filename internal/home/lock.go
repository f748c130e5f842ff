package home

import (
	"fmt"
	"os"
	"path/filepath"
)

// Lock is held by a process of a role for as long as it lives.
type Lock struct {
	home *Home
	role string
	file *fileLock
}

// Acquire takes the lock of a role, or of a sub-role, and writes the process id
// into it, with what tells the process from a later one with the same id. It
// does not wait. The lock ends with [Lock.Release] or with the process, however
// that ends; children do not inherit it.
//
// Errors to match: [ErrLocked], a *[LockedError] that says who runs;
// [ErrNoRole]; [ErrNotHome].
func (h *Home) Acquire(role string) (*Lock, error) {
	path, err := h.Path(Locks, role)
	if err != nil {
		return nil, err
	}
	file, err := h.take(path, role)
	if err != nil {
		return nil, err
	}
	if _, err := h.Role(topRole(role)); err != nil {
		_ = os.Remove(path) // still ours: removed before anybody else can hold it
		file.close()
		return nil, err
	}
	file.sign()
	return &Lock{h, role, file}, nil
}

// take opens and locks the lock file at path, if it is free.
func (h *Home) take(path, role string) (*fileLock, error) {
	for {
		file, err := openLock(path, true)
		if absent(err) {
			return nil, notHome(h.root)
		}
		if err != nil {
			return nil, cannot("lock", path, err)
		}
		if h.beforeLock != nil {
			h.beforeLock(path)
		}
		taken, err := file.try()
		if taken && file.current() {
			return file, nil
		}
		if !taken && err == nil {
			var holder *Holder
			if holder, err = file.holder(); err == nil && holder != nil {
				file.close()
				return nil, &LockedError{role, *holder}
			}
		}
		file.close()
		if err != nil {
			return nil, cannot("lock", path, err)
		}
		// Once more: what was held is free now, or what was opened is no longer
		// the file at path, because the role was deleted since.
	}
}

// Release gives the lock back. The file stays, empty.
func (l *Lock) Release() {
	l.file.blank()
	l.file.close()
}

// EmptyTmp removes everything in the tmp folder of the role and returns its
// path. Only who holds the lock can, at the start of the role.
func (l *Lock) EmptyTmp() (string, error) {
	path := filepath.Join(l.home.Dir(Tmp), l.role)
	if err := os.RemoveAll(path); err != nil {
		return "", cannot("empty", path, err)
	}
	return l.home.Folder(Tmp, l.role)
}

// Holder returns the process that holds the lock of a role or sub-role, nil if
// none does: also after a crash, whatever the file still says. It asks and never
// takes the lock, so that it cannot make a start fail. It needs no more than to
// read the home.
func (h *Home) Holder(role string) (*Holder, error) {
	path, err := h.Path(Locks, role)
	if err != nil {
		return nil, err
	}
	file, err := openLock(path, false)
	if absent(err) {
		return nil, nil // never started
	}
	if err != nil {
		return nil, cannot("read", path, err)
	}
	defer file.close()
	holder, err := file.holder()
	if err != nil {
		return nil, cannot("read", path, err)
	}
	return holder, nil
}

// Alive reports whether the process is still there. It takes no lock and never
// mistakes a later process with the same id for it. For a holder that is not
// visible here the answer is always false.
func (p *Holder) Alive() bool {
	start, ok := processStart(p.PID)
	return p.Visible && ok && start == p.start
}

func (p *Holder) String() string { return fmt.Sprint(p.PID) }
