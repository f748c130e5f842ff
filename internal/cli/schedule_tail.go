package cli

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/fsnotify/fsnotify"
)

// copyGrowing prints a file from its begin on, and what is added to it until ctx is
// done: what is there then is still printed. The file may not be there yet, its folder
// must be.
func (e *env) copyGrowing(ctx context.Context, path string) error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return &failure{err}
	}
	defer watcher.Close()
	if err := watcher.Add(filepath.Dir(path)); err != nil {
		return &failure{err}
	}
	var file *os.File
	defer func() {
		if file != nil {
			_ = file.Close()
		}
	}()
	for {
		over := ctx.Err() != nil // what is there now is all
		if file == nil {
			if file, err = os.Open(path); errors.Is(err, fs.ErrNotExist) {
				file = nil
			} else if err != nil {
				return &failure{err}
			}
		}
		if file != nil {
			if _, err := io.Copy(printer{e}, file); err != nil {
				return err
			}
		}
		if over {
			return nil
		}
		select {
		case <-ctx.Done():
		case <-watcher.Events:
		case err := <-watcher.Errors:
			return &failure{err}
		}
	}
}
