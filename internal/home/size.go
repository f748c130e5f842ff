package home

import (
	"fmt"
	"io/fs"
	"path/filepath"
)

// Size counts what is in a folder. Folders includes the folder itself.
type Size struct {
	Folders, Files int
	Bytes          int64 // of the contents of files
}

// Add returns the sum of two sizes.
func (s Size) Add(t Size) Size {
	return Size{s.Folders + t.Folders, s.Files + t.Files, s.Bytes + t.Bytes}
}

// String returns the size as listings show it: (folders/files/bytes).
func (s Size) String() string { return fmt.Sprintf("(%d/%d/%d)", s.Folders, s.Files, s.Bytes) }

// LogSize counts the log folder of a role. It is zero while there is none. What
// is rotated away during the count is not counted; links are not followed.
func (h *Home) LogSize(role string) (Size, error) {
	path, err := h.Path(Logs, role)
	if err != nil {
		return Size{}, err
	}
	var size Size
	err = filepath.WalkDir(path, func(path string, d fs.DirEntry, err error) error {
		if absent(err) {
			return nil
		}
		if err != nil {
			return err
		}
		if d.IsDir() {
			size.Folders++
			return nil
		}
		info, err := d.Info()
		if absent(err) {
			return nil
		}
		if err != nil {
			return err
		}
		size.Files++
		size.Bytes += info.Size()
		return nil
	})
	if err != nil {
		return Size{}, cannot("read", path, err)
	}
	return size, nil
}
