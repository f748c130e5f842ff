package home

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/google/renameio/v2"
)

// replacement is a file to be replaced by new content.
type replacement struct {
	path string
	data []byte
}

// isLeftover reports whether name is that of a temporary file, which a writer
// leaves that is killed between write and rename: .<name>.json<digits>. No role
// has a file of such a name, none begins with a dot.
func isLeftover(name string) bool {
	stem := strings.TrimRight(name, "0123456789")
	return strings.HasPrefix(name, ".") && stem != name &&
		(strings.HasSuffix(stem, ".json") || strings.HasSuffix(stem, ".binpb"))
}

// replace writes every file, each of them atomically and durably: when it
// returns nil, all of them survive a power cut. After an error each file holds
// its old or its new content. The caller holds home.lock, so that a temporary
// file that is met belongs to nobody any more.
func (h *Home) replace(files ...replacement) error {
	var folders []string
	swept := map[string]bool{}
	for _, f := range files {
		if dir := filepath.Dir(f.path); !swept[dir] {
			swept[dir] = true
			folders = append(folders, dir)
			sweep(dir)
		}
		if err := h.replaceOne(f); err != nil {
			if absent(err) {
				return notHome(h.root)
			}
			return cannot("write", f.path, err)
		}
	}
	for _, dir := range folders {
		if err := syncFolder(dir); err != nil {
			return cannot("write", dir, err)
		}
	}
	return nil
}

func (h *Home) replaceOne(f replacement) error {
	p, err := renameio.NewPendingFile(f.path, renameio.WithTempDir(filepath.Dir(f.path)))
	if err != nil {
		return err
	}
	defer func() { _ = p.Cleanup() }() // does nothing after the rename
	if _, err := p.Write(f.data); err != nil {
		return err
	}
	if h.beforeRename != nil {
		h.beforeRename(f.path)
	}
	return p.CloseAtomicallyReplace()
}

// sweep removes what killed writers left in dir. It is housekeeping: where it
// cannot, the write that follows says why.
func sweep(dir string) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if e.Type().IsRegular() && isLeftover(e.Name()) {
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) { // some file systems have no sync of folders
		return err
	}
	return nil
}

// absent reports whether err says that there is no such file or folder.
func absent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}
