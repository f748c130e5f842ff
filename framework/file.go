package framework

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
	"golang.org/x/sys/unix"
)

// replaceFile gives a file new content, atomically and durably: after an error
// it has its old content, and nothing else is left.
func replaceFile(path string, data []byte, mode fs.FileMode) error {
	f, err := renameio.NewPendingFile(path, renameio.WithTempDir(filepath.Dir(path)), renameio.WithPermissions(mode))
	if err != nil {
		return err
	}
	defer func() { _ = f.Cleanup() }() // does nothing after the rename
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.CloseAtomicallyReplace()
}

// createFile makes a file with its content all at once. If it is there already
// it stays as it is, which is no error.
func createFile(path string, data []byte, mode fs.FileMode) error {
	f, err := renameio.NewPendingFile(path, renameio.WithTempDir(filepath.Dir(path)), renameio.WithPermissions(mode))
	if err != nil {
		return err
	}
	defer func() { _ = f.Cleanup() }() // after a rename it does nothing
	if _, err := f.Write(data); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	err = os.Link(f.Name(), path) // unlike a rename, it never replaces
	if err == nil || errors.Is(err, fs.ErrExist) {
		return nil
	}
	return f.CloseAtomicallyReplace() // a file system without hard links
}

// mayWrite returns an error if writeOutput would not be allowed to do its work.
func mayWrite(path string) error {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	needed := filepath.Dir(path) // a file is replaced by another in the same folder
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		if info.IsDir() {
			return errFolder(path)
		}
		needed = path
	}
	if err := unix.Access(needed, unix.W_OK); err != nil {
		return &fs.PathError{Op: "write", Path: path, Err: err}
	}
	return nil
}

func errFolder(path string) error { return fmt.Errorf("write %s: it is a folder", path) }

// writeOutput writes a result to the file that the user has named. A regular
// file is replaced atomically; anything else, such as a device or a pipe, is
// written to.
func writeOutput(path string, data []byte) error {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real // the file is replaced, not the link to it
	}
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(path); err == nil {
		if info.IsDir() {
			return errFolder(path)
		}
		if !info.Mode().IsRegular() {
			return writeInto(path, data)
		}
		mode = info.Mode().Perm()
	}
	return replaceFile(path, data, mode)
}

func writeInto(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}
