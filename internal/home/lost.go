package home

import (
	"os"
	"path/filepath"
)

// holdsWork reports whether an area in the folder path holds what roles were
// given or have left there. Then the folder is a home, whatever else it lacks.
func holdsWork(path string) bool {
	for _, area := range []Area{Settings, Input, Model, History, Logs} {
		entries, _ := os.ReadDir(filepath.Join(path, string(area))) // there or not
		for _, e := range entries {
			if !isLeftover(e.Name()) {
				return true
			}
		}
	}
	return false
}

// checkTarget refuses a redirected area whose target is gone. [Create] can make
// one that was never complete, and one that holds nothing to keep; any other
// would come back empty.
func (h *Home) checkTarget(area Area) error {
	target, redirected := h.redirects[area]
	if !redirected {
		return nil
	}
	_, err := os.Readlink(filepath.Join(h.root, string(area))) // made after the target
	if area == Tmp || area == Locks || area.private() && err != nil {
		target = filepath.Dir(target)
	}
	if _, err := os.Stat(target); absent(err) {
		return faultf(ErrNotHome, "home at %q is incomplete: %s is redirected to %q, which is missing: put it back", h.root, area, target)
	}
	return nil
}
