package logstore

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Segments begin small and grow with what is kept: wherever a disk turns out to be
// full, there is an oldest one that is no large part of the log.
const (
	smallest   = 64 << 10 // of a segment, unless the budget is small
	budgetPart = 16       // of the budget, the largest segment
	keptPart   = 8        // of what is kept, the next segment
)

// nextLimit returns how large a segment may get that begins now.
func (w *Writer) nextLimit() int64 {
	largest := w.budget / budgetPart
	return min(max(w.kept/keptPart, smallest), largest)
}

// rotate begins a segment where nothing is owed to the current.
func (w *Writer) rotate() {
	if w.flush() == nil {
		w.turn()
	}
}

// turn begins a segment, and removes the oldest that are over budget. Where the
// current cannot be renamed, it goes on and may grow by another part.
func (w *Writer) turn() {
	before := ""
	if n := len(w.old); n > 0 {
		before = w.old[n-1].name
	}
	// Rename first: lumberjack then finds no file to rename, and only opens.
	name := nextName(before, time.Now())
	err := os.Rename(currentPath(w.folder), filepath.Join(w.folder, name))
	if err != nil && (!errors.Is(err, fs.ErrNotExist) || w.moved()) {
		w.limit = w.size + w.nextLimit()
		return
	}
	if err == nil {
		w.old = append(w.old, segment{name, w.size})
		w.kept += w.size
	}
	w.size, w.newest = 0, stamp{}
	w.limit = w.nextLimit()
	for w.kept+w.limit > w.budget && w.removeOldest() {
	}
	_ = w.out.Rotate() // if it opened nothing, the next write does
	w.file, _ = os.Stat(currentPath(w.folder))
}

// removeOldest removes the oldest segment but the current, if there is one.
func (w *Writer) removeOldest() bool {
	for len(w.old) > 0 {
		oldest := w.old[0]
		w.old = w.old[1:]
		w.kept -= oldest.size
		err := os.Remove(filepath.Join(w.folder, oldest.name))
		if err == nil || errors.Is(err, fs.ErrNotExist) {
			return true
		}
	}
	return false
}
