package home

import (
	"os"
	"path/filepath"
	"time"
)

// lockWait is how long a command waits for another that changes the home.
const lockWait = 10 * time.Second

// Home is an open home. It holds no file and no lock and needs no closing; its
// methods may be called from any goroutine.
type Home struct {
	root      string
	id        string
	redirects map[Area]string
	wait      time.Duration // for home.lock

	reserveWait time.Duration // for roles that another command works on

	beforeRename, beforeLock func(path string) // for tests: called if not nil
}

// Open opens the home at path. Errors to match: [ErrNotHome] if it is missing
// or a part of it is, [ErrDamaged] if home.json cannot be understood or is lost,
// [ErrNewer] if a later ansar made it.
func Open(path string) (*Home, error) {
	root, err := filepath.Abs(path)
	if err != nil {
		return nil, cannot("find", path, err)
	}
	r, err := readRecord(root)
	if err != nil {
		return nil, err
	}
	h := newHome(root, r)
	for _, area := range Areas() {
		if err := h.checkTarget(area); err != nil {
			return nil, err
		}
		info, err := os.Stat(h.Dir(area))
		if err != nil && !absent(err) {
			return nil, cannot("read", h.Dir(area), err)
		}
		if err != nil || !info.IsDir() {
			return nil, faultf(ErrNotHome, "%v (no folder %q: create completes it)", notHome(root), h.Dir(area))
		}
	}
	return h, nil
}

func newHome(root string, r *record) *Home {
	return &Home{root: root, id: r.id, redirects: r.redirects, wait: lockWait, reserveWait: reserveWait}
}

// Root returns the absolute path of the home.
func (h *Home) Root() string { return h.root }

// ID returns the UUID of the home.
func (h *Home) ID() string { return h.id }

// Dir returns the absolute path of an area, where it really is if it is
// redirected.
func (h *Home) Dir(area Area) string {
	if target, ok := h.redirects[area]; ok {
		return target
	}
	return filepath.Join(h.root, string(area))
}

// Path returns where an area keeps the file or the folder of name, there or
// not: a role or sub-role, or an executable in [Bin], [Resource] and [Schema].
// A name that cannot be is an error that matches [ErrUsage].
func (h *Home) Path(area Area, name string) (string, error) {
	check := checkAnyRole
	if area.byExecutable() {
		check = checkExecutable
	}
	if err := check(name); err != nil {
		return "", err
	}
	return filepath.Join(h.Dir(area), name+area.extension()), nil
}

// Folder returns the path of the folder of name in [Model], [Tmp], [Logs] or
// [Resource], and makes it, mode 0700, where it is missing.
func (h *Home) Folder(area Area, name string) (string, error) {
	if !area.folders() {
		return "", faultf(ErrUsage, "area %s has no folders: there are %s", area, areaNames(Area.folders))
	}
	path, err := h.Path(area, name)
	if err != nil {
		return "", err
	}
	switch err := os.Mkdir(path, 0o700); {
	case err == nil, isFolder(path):
		return path, nil
	case absent(err):
		return "", notHome(h.root)
	default:
		return "", cannot("create", path, err)
	}
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
