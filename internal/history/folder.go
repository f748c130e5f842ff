package history

import "github.com/fsnotify/fsnotify"

// folderEvents tell of changes in a folder.
type folderEvents struct {
	watcher *fsnotify.Watcher // nil: it tells nothing
	events  <-chan fsnotify.Event
	errors  <-chan error
}

// watchFolder watches the files of a folder. A user has only so many watches:
// where none is left it tells nothing.
func watchFolder(folder string) *folderEvents {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return &folderEvents{}
	}
	if err := watcher.Add(folder); err != nil {
		_ = watcher.Close() // it watches nothing
		return &folderEvents{}
	}
	return &folderEvents{watcher, watcher.Events, watcher.Errors}
}

func (f *folderEvents) close() {
	if f.watcher != nil {
		_ = f.watcher.Close() // nothing was written
	}
}
