package home

import (
	"fmt"
	"io/fs"
	"os"
)

// Load returns the stored bytes of a role in [Settings] or [Input], or of an
// executable in [Schema]. The error matches [fs.ErrNotExist] if nothing is
// stored.
func (h *Home) Load(area Area, name string) ([]byte, error) {
	path, err := h.storedPath(area, name)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path)
	switch {
	case absent(err):
		return nil, fmt.Errorf("no %s of %q in home at %q: %w", area, name, h.root, fs.ErrNotExist)
	case err != nil:
		return nil, cannot("read", path, err)
	}
	return data, nil
}

// Store replaces the stored bytes of a role in [Settings] or [Input], or of an
// executable in [Schema], atomically and durably: after any error, crash or
// power cut a reader finds the old or the new bytes as a whole. Errors to match:
// [ErrNoRole] if there is no such role (for a sub-role, no role above it),
// [ErrBusy].
func (h *Home) Store(area Area, name string, data []byte) error {
	path, err := h.storedPath(area, name)
	if err != nil {
		return err
	}
	return h.alone(func(r *record) error {
		if !area.byExecutable() {
			if _, err := h.find(r, topRole(name)); err != nil {
				return err
			}
		}
		return h.replace(replacement{path, data})
	})
}

func (h *Home) storedPath(area Area, name string) (string, error) {
	if !area.stored() {
		return "", faultf(ErrUsage, "area %s has no stored files: there are %s", area, areaNames(Area.stored))
	}
	return h.Path(area, name)
}
