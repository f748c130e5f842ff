package logstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Follow returns what [Read] returns, and then the lines that are written from
// then on, as they come, until ctx ends, [Query.Count] lines were returned, or no
// folder is left. None is missed and none comes twice, across rotations, too. It
// waits for changes of the files; a folder that is not there yet is waited for.
//
// The lines of several sources are in the order of time, except for those that
// come later than [Query.Hold].
func Follow(ctx context.Context, q *Query, sources ...Source) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		f := &follower{merge: newMerge(q, true, sources), states: map[*cursor]state{}}
		defer f.close()
		f.run(yield, func() error { return f.follow(ctx, yield) })
	}
}

// state is what is known about the folder of a source.
type state int

const (
	awaited state = iota // not there yet
	watched
	gone
)

type follower struct {
	*merge
	watcher *fsnotify.Watcher
	states  map[*cursor]state
	changed map[*cursor]bool
}

func (f *follower) follow(ctx context.Context, yield func(Line, error) bool) (err error) {
	if f.watcher, err = fsnotify.NewBufferedWatcher(64); err != nil {
		return watchError("its files", err)
	}
	defer f.watcher.Close()
	for _, c := range f.cursors { // before anything is read
		if err := f.watch(c); err != nil {
			return err
		}
	}
	if err := f.open(); err != nil {
		return err
	}
	if f.query.Tail > 0 && len(f.cursors) > 1 {
		if err := f.storedTail(yield); err != nil || f.done {
			return err
		}
	}
	for ctx.Err() == nil {
		wait, err := f.arrived(yield)
		if err != nil || f.done {
			return err
		}
		if wait == 0 && f.allGone() {
			return nil
		}
		if err := f.await(ctx, wait); err != nil {
			return err
		}
	}
	return nil
}

// watch has changes of a source told: of its folder, or where that is not there
// yet, of the nearest one above it.
func (f *follower) watch(c *cursor) error {
	own := filepath.Clean(c.source.Folder)
	folder, below := own, ""
	for {
		err := f.watcher.Add(folder)
		switch {
		case errors.Is(err, fs.ErrNotExist) && folder != filepath.Dir(folder):
			folder, below = filepath.Dir(folder), folder
		case err != nil:
			return watchError(folder, err)
		case folder == own:
			f.states[c] = watched
			// Who removes the folder is told of there: it has files that are
			// open, and tells nothing itself until they are closed.
			return f.watcher.Add(filepath.Dir(own))
		default:
			if _, err := os.Lstat(below); err != nil {
				return nil
			}
			folder, below = own, "" // it was made meanwhile
		}
	}
}

// watchError says what could not be watched, and what helps.
func watchError(what string, err error) error {
	limit := ""
	switch {
	case errors.Is(err, syscall.EMFILE):
		limit = "max_user_instances"
	case errors.Is(err, syscall.ENOSPC):
		limit = "max_user_watches"
	default:
		return &fs.PathError{Op: "watch", Path: what, Err: reason(err)}
	}
	return fmt.Errorf("watch %s: %w (raise fs.inotify.%s with sysctl)", what, reason(err), limit)
}

// arrived shows the lines that have come, but for those that are held back: these
// for at most so long, 0 if there are none.
func (f *follower) arrived(yield func(Line, error) bool) (time.Duration, error) {
	for c := range f.changed {
		if err := c.refresh(); err != nil {
			return 0, err
		}
	}
	for _, c := range f.cursors {
		if c.has {
			continue
		}
		if err := c.next(); err != nil {
			return 0, err
		}
	}
	f.changed = map[*cursor]bool{}
	for first, _, all := f.first(); first != nil; first, _, all = f.first() {
		if wait := f.early(first, all); wait > 0 {
			return wait, nil
		}
		if !f.show(yield, Line{first.source.Name, first.line}) {
			return 0, nil
		}
		if err := first.next(); err != nil {
			return 0, err
		}
	}
	return 0, nil
}

// early returns how long the first line is to be held back, for one of a source
// that has none now.
func (f *follower) early(first *cursor, all bool) time.Duration {
	if all {
		return 0
	}
	age := time.Since(first.time.time())
	if age < -f.query.hold() {
		return 0 // of another clock
	}
	return max(0, f.query.hold()-age)
}

func (f *follower) allGone() bool {
	for _, c := range f.cursors {
		if f.states[c] != gone {
			return false
		}
	}
	return true
}

// await returns at a change, or after wait if that is not 0.
func (f *follower) await(ctx context.Context, wait time.Duration) error {
	var held <-chan time.Time
	if wait > 0 {
		held = time.After(wait)
	}
	if f.query.Idle != nil {
		f.query.Idle()
	}
	select {
	case <-ctx.Done():
		return nil
	case <-held:
		return nil
	case event := <-f.watcher.Events:
		if err := f.note(event); err != nil {
			return err
		}
	case err := <-f.watcher.Errors:
		if err := f.noteError(err); err != nil {
			return err
		}
	}
	for {
		select {
		case event := <-f.watcher.Events:
			if err := f.note(event); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

// note learns what an event is about.
func (f *follower) note(event fsnotify.Event) error {
	for _, c := range f.cursors {
		folder := filepath.Clean(c.source.Folder)
		switch {
		case f.states[c] == awaited:
			if err := f.watch(c); err != nil {
				return err
			}
			f.changed[c] = f.states[c] == watched
		case event.Name == folder && event.Has(fsnotify.Remove|fsnotify.Rename):
			f.states[c] = gone
			f.changed[c] = true
		case filepath.Dir(event.Name) == folder:
			f.changed[c] = true
		}
	}
	return nil
}

// noteError takes events that were too many for something that may have changed
// anywhere.
func (f *follower) noteError(err error) error {
	if !errors.Is(err, fsnotify.ErrEventOverflow) {
		return err
	}
	for _, c := range f.cursors {
		f.changed[c] = true
	}
	return nil
}
